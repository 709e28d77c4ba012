//! Who pays for a call: the user's key, or the operator's trial key where the user has none of that
//! provider. Decided once, before the call; never changed by what happens to it.

use crate::domain::chat::{ChatRequest, Credential};
use crate::domain::ids::{ProviderKeyId, UserId};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::vault::{self, OpenedKey};
use crate::infra::http::Target;
use secrecy::SecretString;
use url::Url;

/// What a call is paid and authorised with. Dropped, and with it the opened key wiped, as soon as
/// the provider has taken the request.
pub(super) enum Payer {
    Byok(OpenedKey),
    Trial(SecretString),
    /// Nobody pays a server of our own.
    Echo(Echo),
}

/// A server of our own on loopback, started for one call, and the key that it takes.
pub struct Echo {
    pub base: Url,
    pub secret: SecretString,
}

impl Payer {
    /// # Errors
    /// `no_key` when there is neither a key of the user nor a trial.
    pub(super) async fn find(app: &App, user: UserId, request: &ChatRequest) -> Result<Self, Problem> {
        match vault::open_for_call(app, user, request.provider, request.key_id).await {
            Ok(key) => Ok(Self::Byok(key)),
            // A key that was named and is not there is an error, not a reason to use another.
            Err(problem) if problem.code == Code::NoKey && request.key_id.is_none() => {
                let trial = app.config.trial_keys.get(&request.provider);
                trial.cloned().map(Self::Trial).ok_or(problem)
            }
            Err(problem) => Err(problem),
        }
    }

    pub(super) const fn credential(&self) -> Credential {
        match self {
            Self::Byok(_) => Credential::Byok,
            Self::Trial(_) => Credential::Trial,
            Self::Echo(_) => Credential::None,
        }
    }

    pub(super) const fn key_id(&self) -> Option<ProviderKeyId> {
        match self {
            Self::Byok(key) => Some(key.id),
            Self::Trial(_) | Self::Echo(_) => None,
        }
    }

    pub(super) fn secret(&self) -> Option<&SecretString> {
        match self {
            Self::Byok(key) => key.secret(),
            Self::Trial(secret) => Some(secret),
            Self::Echo(echo) => Some(&echo.secret),
        }
    }

    /// The key's own address, through the egress guard, or the operator's base.
    ///
    /// # Errors
    /// `no_key` for a key without an address whose provider has none.
    pub(super) fn target(&self, app: &App, request: &ChatRequest) -> Result<Target, Problem> {
        match self {
            Self::Byok(OpenedKey {
                base_url: Some(url), ..
            }) => return Ok(Target::User(url.clone())),
            Self::Echo(echo) => return Ok(Target::Own(echo.base.clone())),
            Self::Byok(_) | Self::Trial(_) => {}
        }
        let base = app.config.provider_bases.get(&request.provider);
        base.cloned().map(Target::Operator).ok_or_else(|| Code::NoKey.into())
    }

    /// The provider's refusal of a trial key is not the user's to mend.
    pub(super) fn explain(credential: Credential, problem: Problem) -> Problem {
        let is_about_key = matches!(
            problem.code,
            Code::KeyRefused | Code::ProviderPermission | Code::ProviderBilling
        );
        if credential == Credential::Trial && is_about_key {
            return Problem::new(Code::ProviderDown).detail(
                "This server's trial key does not work there. Add a key of your own under Settings, API keys.",
            );
        }
        problem
    }
}
