//! What can go wrong with saved reports, and the one place that turns it into a [`Problem`].

use super::{NAME_MAX_CHARS, REPORTS_PER_USER};
use crate::domain::problem::{Code, Problem};
use crate::domain::reports::saved::MAX_BYTES;
use crate::infra::crypto::{KeysError, SealError};
use crate::infra::db;

/// Names of the fields that a problem can point to.
pub mod field {
    pub const NAME: &str = "name";
    pub const REPORT: &str = "report";
}

/// Why a name cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    #[error("Give it a name by which you find it again.")]
    Missing,
    #[error("The name is longer than {NAME_MAX_CHARS} characters.")]
    TooLong,
    #[error("The name holds a control character. Type it by hand.")]
    Character,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Name(#[from] NameFault),
    /// The document is not in the form in which reports are kept; what is wrong.
    #[error("no document of a report: {0}")]
    Form(&'static str),
    #[error("the document is too long")]
    TooLarge,
    #[error("too many reports")]
    TooMany,
    #[error("no such report")]
    Absent,
    #[error("the person restricted all use of their data")]
    Restricted,
    /// What was sealed is no document any more.
    #[error("a saved report cannot be read")]
    Damaged,
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("a sealed value does not open")]
    Seal(#[from] SealError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let unprocessable = |field: &str, detail: String| Self::new(Code::Unprocessable).detail(detail).field(field);
        match error {
            Error::Name(fault) => unprocessable(field::NAME, fault.to_string()),
            Error::Form(what) => unprocessable(
                field::REPORT,
                format!("This is not what the analyzer makes of a report: {what}. Load the page anew and save again."),
            ),
            Error::TooLarge => Self::new(Code::TooLarge)
                .detail(format!(
                    "At most {} KiB of one report are kept. Keep less of it: causes without names of tests, or counts only.",
                    MAX_BYTES / 1024
                ))
                .field(field::REPORT),
            Error::TooMany => unprocessable(
                field::REPORT,
                format!("{REPORTS_PER_USER} reports are the most that one account keeps. Delete one that you do not need first."),
            ),
            Error::Absent => Self::new(Code::NotFound).detail("This report was deleted, perhaps in another tab."),
            Error::Restricted => Code::Restricted.into(),
            Error::Db(error) => error.into(),
            Error::Keys(error) => error.into(),
            error @ (Error::Seal(_) | Error::Damaged) => {
                tracing::error!(%error, "saved reports: one cannot be opened");
                Self::new(Code::Internal)
            }
        }
    }
}
