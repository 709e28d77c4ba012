//! Why a privacy action did not happen, and the one place where that becomes a [`Problem`].

use super::erasure;
use crate::domain::problem::{Code, Problem};
use crate::features::{accounts, outbox, reports};
use crate::infra::crypto::{KeysError, SealError};
use crate::infra::db;

/// What can go wrong in this feature beside a field that has to be mended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("too many requests; wait {retry_after} seconds")]
    Throttled { retry_after: u64 },
    #[error("the database cannot be used: {0}")]
    Db(#[from] db::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Accounts(#[from] accounts::Error),
    #[error(transparent)]
    Outbox(#[from] outbox::Error),
    #[error(transparent)]
    Reports(#[from] reports::Error),
    #[error("a file of the data folder cannot be used: {0}")]
    File(#[from] std::io::Error),
    #[error("the operating system has no randomness to give")]
    Randomness,
    /// There is no such account, or its rows are gone already.
    #[error("there is no such account")]
    NoAccount,
    #[error(transparent)]
    Interrupted(#[from] erasure::Interrupted),
    #[error("{0}")]
    Unreadable(&'static str),
    #[error("the export was called off")]
    CalledOff,
    /// As many exports as the server makes at once are being made.
    #[error("too many exports at once")]
    ExportsBusy,
    #[error(transparent)]
    Erase(#[from] outbox::EraseError),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Accounts(error) => error.into(),
            Error::Reports(error) => error.into(),
            Error::Throttled { retry_after } => Self::new(Code::RateLimited).retry_after(retry_after),
            Error::NoAccount => Self::new(Code::NotFound),
            Error::CalledOff => Self::new(Code::Conflict).detail("The download was called off while it was made."),
            Error::ExportsBusy => Self::new(Code::Busy)
                .detail("Several people's data is being put together right now. Try again in a minute.")
                .retry_after(30),
            Error::File(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                tracing::error!("privacy: the disk of the data folder is full");
                Self::new(Code::DiskFull)
            }
            Error::Db(error) | Error::Keys(KeysError::Db(error)) | Error::Outbox(outbox::Error::Db(error)) => {
                error.into()
            }
            error => {
                tracing::error!(%error, "privacy: an action did not happen");
                Self::new(Code::Internal)
            }
        }
    }
}
