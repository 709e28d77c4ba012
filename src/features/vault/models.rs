//! Models lists: asked of the provider, kept in memory for some minutes, bounded in every direction.
//!
//! A list is what a key may use, so it is kept per key and forgotten with it. It is also the only
//! source, beside the price table, of names that may stand in `llm_calls.model`.

use super::ask;
use super::error::VaultError;
use super::service::{open, trial_key};
use crate::domain::chat::Credential;
use crate::domain::ids::{ProviderKeyId, UserId};
use crate::domain::pricing;
use crate::domain::problem::Problem;
use crate::domain::providers::{Model, Provider};
use crate::domain::timestamp::{MINUTE_MS, Timestamp};
use crate::domain::usage::OTHER_MODEL;
use crate::features::App;
use crate::features::accounts::limits;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a list is shown without asking again.
const FRESH_MS: i64 = 5 * MINUTE_MS;
/// How many lists are kept; beyond it the oldest goes.
const LISTS: usize = 1_000;

/// Whose list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Key(ProviderKeyId),
    /// The operator's trial key of a provider.
    Trial(Provider),
}

#[derive(Clone, Debug)]
struct Entry {
    models: Arc<[Model]>,
    at: Timestamp,
}

/// The lists in memory. Part of [`App`].
#[derive(Debug, Default)]
pub struct ModelsCache(Mutex<HashMap<Source, Entry>>);

impl ModelsCache {
    fn lists(&self) -> MutexGuard<'_, HashMap<Source, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list and whether it is still fresh.
    fn find(&self, source: Source, now: Timestamp) -> Option<(Arc<[Model]>, bool)> {
        let lists = self.lists();
        let entry = lists.get(&source)?;
        let age = now.0.saturating_sub(entry.at.0);
        Some((entry.models.clone(), (0..FRESH_MS).contains(&age)))
    }

    /// Keeps a list that has just been read.
    pub fn put(&self, source: Source, models: Vec<Model>, now: Timestamp) -> Arc<[Model]> {
        let models: Arc<[Model]> = models.into();
        let mut lists = self.lists();
        if lists.len() >= LISTS && !lists.contains_key(&source) {
            let oldest = lists
                .iter()
                .min_by_key(|(_, entry)| entry.at)
                .map(|(source, _)| *source);
            if let Some(oldest) = oldest {
                lists.remove(&oldest);
            }
        }
        let entry = Entry {
            models: models.clone(),
            at: now,
        };
        lists.insert(source, entry);
        models
    }

    /// Drops the list of a key that was changed or deleted.
    pub fn forget(&self, key: ProviderKeyId) {
        self.lists().remove(&Source::Key(key));
    }
}

/// The models that a person can use at a provider: by the key named, else the newest of their own,
/// else the operator's trial key.
///
/// # Errors
/// `no_key` without any of them, `restricted` while the person restricts calls (nothing is opened or
/// dialled then), or why the provider does not answer.
pub async fn models(
    app: &App,
    user: UserId,
    provider: Provider,
    key_id: Option<ProviderKeyId>,
) -> Result<Arc<[Model]>, Problem> {
    if provider == Provider::Spectr {
        return Ok(crate::domain::providers::guide::models().into());
    }
    may_ask(app, user).await?;
    match open(app, user, provider, key_id).await {
        Ok(key) => {
            let source = Source::Key(key.id);
            if let Some((models, true)) = app.models.find(source, app.clock.now()) {
                return Ok(models);
            }
            let listed = ask::models(app, provider, key.base_url.as_ref(), key.secret()).await?;
            Ok(app.models.put(source, listed.models, app.clock.now()))
        }
        Err(VaultError::NoKey) if key_id.is_none() => trial_models(app, provider).await,
        Err(error) => Err(error.into()),
    }
}

async fn may_ask(app: &App, user: UserId) -> Result<(), VaultError> {
    let mut conn = app.db.acquire().await?;
    Ok(limits::require_calls(&mut conn, user).await?)
}

async fn trial_models(app: &App, provider: Provider) -> Result<Arc<[Model]>, Problem> {
    let secret = trial_key(app, provider).ok_or(VaultError::NoKey)?;
    let source = Source::Trial(provider);
    if let Some((models, true)) = app.models.find(source, app.clock.now()) {
        return Ok(models);
    }
    let listed = ask::models(app, provider, None, Some(secret)).await?;
    Ok(app.models.put(source, listed.models, app.clock.now()))
}

/// The name under which a call's model may be recorded: the model itself where the price table or a
/// models list of this key names it, else [`OTHER_MODEL`]. Asks the provider when no list is in
/// memory, so call it when the answer has ended, never before the first token.
pub async fn recorded_model(
    app: &App,
    user: UserId,
    provider: Provider,
    (credential, key_id): (Credential, Option<ProviderKeyId>),
    model: &str,
) -> String {
    let is_named = |models: &[Model]| models.iter().any(|known| known.id == model);
    // The guide's price holds for whatever it is asked for, so its list decides.
    if provider != Provider::Spectr && pricing::price(provider, model).is_some() {
        return model.to_owned();
    }
    let source = match (credential, key_id) {
        (Credential::Byok, Some(id)) => Some(Source::Key(id)),
        (Credential::Trial, _) => Some(Source::Trial(provider)),
        _ => None,
    };
    if let Some((models, fresh)) = source.and_then(|source| app.models.find(source, app.clock.now())) {
        if is_named(&models) {
            return model.to_owned();
        }
        if fresh {
            return OTHER_MODEL.to_owned();
        }
    }
    match models(app, user, provider, key_id).await {
        Ok(models) if is_named(&models) => model.to_owned(),
        _ => OTHER_MODEL.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn model(id: &str) -> Model {
        Model {
            id: id.to_owned(),
            ..Model::default()
        }
    }

    #[test]
    fn a_list_is_fresh_for_five_minutes_and_gone_with_its_key() {
        let cache = ModelsCache::default();
        let id = ProviderKeyId(Uuid::from_u128(1));
        cache.put(Source::Key(id), vec![model("a")], Timestamp(1_000));
        assert!(cache.find(Source::Key(id), Timestamp(1_000 + FRESH_MS - 1)).unwrap().1);
        assert!(!cache.find(Source::Key(id), Timestamp(1_000 + FRESH_MS)).unwrap().1);
        // A clock that was put back must not make a list live for ever.
        assert!(!cache.find(Source::Key(id), Timestamp(0)).unwrap().1);
        cache.forget(id);
        assert!(cache.find(Source::Key(id), Timestamp(1_000)).is_none());
    }

    #[test]
    fn a_thousand_lists_are_kept_and_the_oldest_goes_first() {
        let cache = ModelsCache::default();
        let key = |n: u128| Source::Key(ProviderKeyId(Uuid::from_u128(n)));
        for n in 0..=LISTS as u128 {
            cache.put(key(n), Vec::new(), Timestamp(n as i64));
        }
        assert!(cache.find(key(0), Timestamp(0)).is_none());
        assert!(cache.find(key(1), Timestamp(0)).is_some());
        assert_eq!(cache.lists().len(), LISTS);
    }
}
