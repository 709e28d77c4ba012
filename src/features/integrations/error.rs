//! What can go wrong with integrations, and the one place that turns it into a [`Problem`].

use crate::domain::problem::{Code, Problem};
use crate::domain::vault::Fault;
use crate::features::accounts;
use crate::infra::crypto::{KeysError, SealError};
use crate::infra::db;

/// Names of the form fields that a problem can point to.
pub mod field {
    pub const KEY: &str = "key";
    pub const PROJECT: &str = "project";
    pub const CONSENT: &str = "consent";
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{fault}")]
    Typed { field: &'static str, fault: Fault },
    #[error("the consent was not given")]
    ConsentMissing,
    #[error("no key is kept")]
    Absent,
    /// LangSmith does not take the key, or cannot be reached.
    #[error("the key does not work: {0}")]
    Refused(Problem),
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
        match error {
            Error::Typed { field, fault } => Self::new(Code::Unprocessable).detail(fault.to_string()).field(field),
            Error::ConsentMissing => Self::new(Code::Unprocessable)
                .detail("Tick this to switch it on: nothing is sent without your consent.")
                .field(field::CONSENT),
            Error::Absent => {
                Self::new(Code::NotFound).detail("Save a key first; it may have been removed in another tab.")
            }
            Error::Refused(problem) => problem,
            Error::Account(error) => error.into(),
            Error::Db(error) => error.into(),
            Error::Keys(error) => error.into(),
            error @ Error::Seal(_) => {
                tracing::error!(%error, "integrations: a key cannot be opened");
                Code::Internal.into()
            }
        }
    }
}
