//! Why an account's action did not happen, and the one place where that becomes a [`Problem`].

use crate::domain::privacy::rights::Limit;
use crate::domain::problem::{Code, Problem};
use crate::features::outbox;
use crate::infra::crypto::{Busy, KeysError, SealError};
use crate::infra::db;

/// What can go wrong in this feature beside a field that has to be mended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("too many attempts; wait {retry_after} seconds")]
    Throttled { retry_after: u64 },
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error("the database cannot be used: {0}")]
    Db(#[from] db::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the operating system has no randomness to give")]
    Randomness,
    #[error(transparent)]
    Outbox(#[from] outbox::Error),
    #[error(transparent)]
    Erase(#[from] outbox::EraseError),
    #[error("{0}")]
    Unreadable(&'static str),
    /// The person did not enter the password lately.
    #[error("the password has to be entered again")]
    StepUpNeeded,
    /// Somebody said "this was not me".
    #[error("held until a new password is set by mail")]
    Frozen,
    /// The person stopped this use of the data.
    #[error("restricted: {}", .0.name())]
    Restricted(Limit),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Throttled { retry_after } => Self::new(Code::RateLimited)
                .detail(format!("The next attempt is possible in {retry_after} seconds."))
                .retry_after(retry_after),
            Error::Busy(busy) => busy.into(),
            Error::StepUpNeeded => Self::new(Code::Forbidden).detail("Enter your password again first."),
            Error::Frozen => Self::new(Code::Frozen),
            Error::Restricted(limit) => {
                Self::new(Code::Restricted).detail(format!("You stopped \u{201c}{}\u{201d}.", limit.name()))
            }
            Error::Db(error) | Error::Keys(KeysError::Db(error)) | Error::Outbox(outbox::Error::Db(error)) => {
                error.into()
            }
            error => {
                tracing::error!(%error, "accounts: an action did not happen");
                Self::new(Code::Internal)
            }
        }
    }
}
