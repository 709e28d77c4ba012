//! What can go wrong in the vault, and the one place that turns it into a [`Problem`].

use crate::domain::problem::{Code, Problem};
use crate::domain::vault::{Fault, KEYS_PER_USER};
use crate::features::accounts;
use crate::infra::crypto::{KeysError, SealError};
use crate::infra::db;
use crate::infra::http::Denied;

/// Names of the form fields that a problem can point to.
pub mod field {
    pub const PROVIDER: &str = "provider";
    pub const LABEL: &str = "label";
    pub const KEY: &str = "key";
    pub const NEW_KEY: &str = "new_key";
    pub const BASE_URL: &str = "base_url";
}

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("{fault}")]
    Typed { field: &'static str, fault: Fault },
    #[error("unknown provider")]
    UnknownProvider,
    #[error("the address may not be dialled: {0}")]
    Denied(#[from] Denied),
    #[error("another host needs the key again")]
    OtherHost,
    #[error("the key does not work: {problem}")]
    Refused { field: &'static str, problem: Problem },
    #[error("too many keys")]
    TooMany,
    #[error("no such key")]
    Absent,
    #[error("no key for the provider")]
    NoKey,
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("a sealed value does not open")]
    Seal(#[from] SealError),
    #[error(transparent)]
    Account(#[from] accounts::Error),
    #[error("what was sealed is not what it should be")]
    Damaged,
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let unprocessable = || Self::new(Code::Unprocessable);
        match error {
            VaultError::Typed { field, fault } => unprocessable().detail(fault.to_string()).field(field),
            VaultError::UnknownProvider => unprocessable()
                .detail("Pick one of the providers in the list.")
                .field(field::PROVIDER),
            VaultError::Denied(denied) => denied.into(),
            VaultError::OtherHost => unprocessable()
                .detail("The address has another host. Enter the key again, so that it is never sent where you did not mean it to go.")
                .field(field::NEW_KEY),
            VaultError::Refused { field, problem } => problem.field(field),
            VaultError::TooMany => unprocessable()
                .detail(format!("{KEYS_PER_USER} keys are the most that one account keeps. Delete one first."))
                .field(field::KEY),
            VaultError::Absent => Self::new(Code::NotFound).detail("This key was deleted, perhaps in another tab."),
            VaultError::NoKey => Code::NoKey.into(),
            VaultError::Db(error) => error.into(),
            VaultError::Account(error) => error.into(),
            VaultError::Keys(error) => error.into(),
            error @ (VaultError::Seal(_) | VaultError::Damaged) => {
                tracing::error!(%error, "a key of the vault cannot be opened");
                Code::Internal.into()
            }
        }
    }
}
