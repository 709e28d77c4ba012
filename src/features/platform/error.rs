//! What can go wrong with platform keys, and the one place that turns it into a [`Problem`].

use crate::domain::platform::KEYS_PER_USER;
use crate::domain::problem::{Code, Problem};
use crate::domain::vault::Fault;
use crate::features::accounts;
use crate::infra::crypto::{KeysError, SealError};
use crate::infra::db;

/// Names of the form fields that a problem can point to.
pub mod field {
    pub const LABEL: &str = "label";
    pub const EXPIRES: &str = "expires";
    pub const OVERLAP: &str = "overlap";
    pub const KEY: &str = "key";
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Label(Fault),
    #[error("unknown lifetime")]
    UnknownLifetime,
    #[error("unknown overlap")]
    UnknownOverlap,
    #[error("too many keys")]
    TooMany,
    #[error("no such key")]
    Absent,
    /// The form was sent before: its key was made and shown then.
    #[error("the key of this form was made already")]
    MadeAlready,
    #[error("no whole key in the text")]
    NotAKey,
    #[error("the operating system has no randomness to give")]
    Randomness,
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("a sealed value does not open")]
    Seal(#[from] SealError),
    #[error(transparent)]
    Account(#[from] accounts::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let unprocessable = |field: &str, detail: String| Self::new(Code::Unprocessable).detail(detail).field(field);
        match error {
            Error::Label(fault) => unprocessable(field::LABEL, fault.to_string()),
            Error::UnknownLifetime => unprocessable(field::EXPIRES, "Pick one of the times in the list.".to_owned()),
            Error::UnknownOverlap => unprocessable(field::OVERLAP, "Pick one of the times in the list.".to_owned()),
            Error::TooMany => unprocessable(
                field::LABEL,
                format!("{KEYS_PER_USER} keys are the most that one account keeps. Revoke one first."),
            ),
            Error::NotAKey => unprocessable(
                field::KEY,
                "This is no whole key. Paste all of it, from spectr_ to its last character; a piece cannot be told from chance."
                    .to_owned(),
            ),
            Error::Absent => Self::new(Code::NotFound).detail("This key was revoked, perhaps in another tab."),
            Error::MadeAlready => {
                Self::new(Code::Conflict).detail("This form was sent before. Its key was made and shown then.")
            }
            Error::Account(error) => error.into(),
            Error::Db(error) => error.into(),
            Error::Keys(error) => error.into(),
            error @ (Error::Seal(_) | Error::Randomness) => {
                tracing::error!(%error, "platform keys: an action did not happen");
                Self::new(Code::Internal)
            }
        }
    }
}
