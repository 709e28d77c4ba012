//! Trial usage: the operator's own keys, a number of calls per person and day, for providers of which
//! the person has no key. A trial call is labelled as one from its first event to its row, and
//! nothing ever changes silently from one credential to the other.

use super::error::VaultError;
use super::queries;
use crate::domain::ids::UserId;
use crate::domain::providers::Provider;
use crate::features::App;
use crate::features::usage;

/// What is left of today's trial calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Providers that the operator pays for and of which the person has no key.
    pub providers: Vec<Provider>,
    pub per_day: i64,
    pub left: i64,
}

/// The person's trial calls; `None` where the operator offers none.
///
/// # Errors
/// When the database cannot be read.
pub async fn trial(app: &App, user: UserId) -> Result<Option<Trial>, VaultError> {
    let keys = &app.config.trial_keys;
    if keys.is_empty() || app.config.trial_calls_per_day == 0 {
        return Ok(None);
    }
    let mut conn = app.db.acquire().await?;
    let owned = queries::list(&mut conn, user).await?;
    let used = usage::trial_calls_today(&mut conn, user, app.clock.now()).await?;
    let per_day = i64::from(app.config.trial_calls_per_day);
    let is_owned = |provider: Provider| owned.iter().any(|row| row.provider == provider.id());
    Ok(Some(Trial {
        providers: Provider::ALL
            .into_iter()
            .filter(|provider| keys.contains_key(provider) && !is_owned(*provider))
            .collect(),
        per_day,
        left: (per_day - used).max(0),
    }))
}
