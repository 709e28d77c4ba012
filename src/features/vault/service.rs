//! The use cases of the vault: add, check, rotate, relabel, delete, list, open for one call.
//!
//! A secret comes in as a [`SecretString`], is tested at its provider, sealed, and never comes out
//! again but for a call: no view of a key has a field that could hold one.

use super::ask::{self, Listed};
use super::error::{VaultError, field};
use super::models::Source;
use super::queries::{self, KeyRow, NewRow};
use super::sealed::{self, KeyView, OpenedKey};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::{ProviderKeyId, UserId};
use crate::domain::mail::{self, KeyChange};
use crate::domain::problem::Problem;
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use crate::domain::vault::{self, Check, Fault};
use crate::features::App;
use crate::features::accounts::{self, Caller, Notification, SecurityEvent, limits};
use crate::infra::db::{Conn, Stamp};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::Url;

/// Whose key it is, and who asks, for the security log.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub user: UserId,
    pub caller: &'a Caller,
}

/// What the form that adds a key holds.
pub struct NewKey<'a> {
    pub provider: &'a str,
    pub label: &'a str,
    pub key: &'a SecretString,
    pub base_url: &'a str,
}

/// Tests a new key at its provider and seals it. Nothing is kept of a key that does not work.
///
/// # Errors
/// What is wrong with the form, or why the provider refuses.
pub async fn add(app: &App, who: Who<'_>, new: &NewKey<'_>) -> Result<ProviderKeyId, VaultError> {
    let user = who.user;
    let provider = Provider::from_id(new.provider.trim())
        .filter(|provider| *provider != Provider::Spectr)
        .ok_or(VaultError::UnknownProvider)?;
    let label = vault::label(new.label).map_err(|fault| typed(field::LABEL, fault))?;
    let base_url = read_base_url(app, provider, new.base_url)?;
    let secret = read_key(provider, field::KEY, new.key)?;
    let mut conn = app.db.acquire().await?;
    limits::require_calls(&mut conn, user).await?;
    if queries::count(&mut conn, user).await? >= vault::KEYS_PER_USER {
        return Err(VaultError::TooMany);
    }
    drop(conn);
    let listed = test(app, provider, base_url.as_ref(), &secret, field::KEY).await?;
    let id = ProviderKeyId(app.clock.new_id());
    let data_key = app.keys.data_key(user.0).await?;
    let row = NewRow {
        id,
        user,
        provider,
        label: sealed::seal_label(&data_key, user, id, label)?,
        sealed: sealed::seal(&data_key, user, id, (&secret, base_url.as_ref()))?,
        check: listed.check(app),
    };
    let mut conn = app.db.begin().await?;
    // Counted again inside the transaction: two tabs must not get past the limit together.
    if queries::count(&mut conn, user).await? >= vault::KEYS_PER_USER {
        return Err(VaultError::TooMany);
    }
    queries::insert(&mut conn, &row).await?;
    tell(
        &mut conn,
        app,
        who,
        (KeyChange::Added, provider),
        label.unwrap_or_default(),
    )
    .await?;
    conn.commit().await?;
    app.models.put(Source::Key(id), listed.models, app.clock.now());
    Ok(id)
}

/// Tests the stored key again and writes down the outcome, good or bad.
///
/// # Errors
/// When there is no such key, calls are restricted or the database cannot be used; a key that fails is
/// no error.
pub async fn recheck(app: &App, user: UserId, id: ProviderKeyId) -> Result<Check, VaultError> {
    let (provider, key) = open_to_test(app, user, id).await?;
    let check = match ask::models(app, provider, key.base_url.as_ref(), key.secret()).await {
        Ok(listed) => {
            let check = listed.check(app);
            app.models.put(Source::Key(id), listed.models, check.at);
            check
        }
        Err(problem) => Check {
            at: app.clock.now(),
            models: 0,
            millis: 0,
            problem: Some(problem.code),
        },
    };
    let mut conn = app.db.begin().await?;
    if queries::update_check(&mut conn, user, id, &check).await? == 0 {
        return Err(VaultError::Absent);
    }
    conn.commit().await?;
    Ok(check)
}

/// Tests a new secret and puts it in the place of the old one in one step: until then, and if the new
/// one does not work, the old one stays. An empty `new_key` keeps the secret and changes the address,
/// as long as the host stays the same.
///
/// # Errors
/// What is wrong with the form, or why the provider refuses the new key.
pub async fn rotate(
    app: &App,
    who: Who<'_>,
    id: ProviderKeyId,
    new_key: &SecretString,
    base_url: Option<&str>,
) -> Result<(), VaultError> {
    let user = who.user;
    let (provider, old) = open_to_test(app, user, id).await?;
    let base_url = match base_url {
        Some(text) => read_base_url(app, provider, text)?,
        None => old.base_url.clone(),
    };
    let is_typed = !new_key.expose_secret().trim().is_empty();
    let is_other_place = base_url.as_ref().map(Url::origin) != old.base_url.as_ref().map(Url::origin);
    let secret = match (is_typed, provider) {
        (true, _) => read_key(provider, field::NEW_KEY, new_key)?,
        // A server without keys: nothing could be sent to the wrong place.
        (false, Provider::Compatible) if old.secret().is_none() => SecretString::from(""),
        (false, _) if is_other_place => return Err(VaultError::OtherHost),
        (false, _) if base_url != old.base_url => old.secret().cloned().unwrap_or_default(),
        (false, _) => return Err(typed(field::NEW_KEY, Fault::KeyMissing)),
    };
    let listed = test(app, provider, base_url.as_ref(), &secret, field::NEW_KEY).await?;
    let data_key = app.keys.data_key(user.0).await?;
    let sealed = sealed::seal(&data_key, user, id, (&secret, base_url.as_ref()))?;
    let check = listed.check(app);
    let mut conn = app.db.begin().await?;
    if queries::rotate(&mut conn, user, id, &sealed, &check).await? == 0 {
        return Err(VaultError::Absent);
    }
    tell(&mut conn, app, who, (KeyChange::Replaced, provider), "").await?;
    conn.commit().await?;
    app.models.put(Source::Key(id), listed.models, check.at);
    Ok(())
}

/// Gives a key another label, or none.
///
/// # Errors
/// When the label cannot be used or there is no such key.
pub async fn relabel(app: &App, user: UserId, id: ProviderKeyId, label: &str) -> Result<(), VaultError> {
    let label = vault::label(label).map_err(|fault| typed(field::LABEL, fault))?;
    let data_key = app.keys.data_key(user.0).await?;
    let sealed = sealed::seal_label(&data_key, user, id, label)?;
    let mut conn = app.db.begin().await?;
    if queries::update_label(&mut conn, user, id, sealed).await? == 0 {
        return Err(VaultError::Absent);
    }
    Ok(conn.commit().await?)
}

/// Deletes a key for good. Calls that are running keep what they opened until they end.
///
/// # Errors
/// When there is no such key or the database cannot be used.
pub async fn delete(app: &App, who: Who<'_>, id: ProviderKeyId) -> Result<(), VaultError> {
    let user = who.user;
    let mut conn = app.db.begin().await?;
    let row = queries::find(&mut conn, user, id).await?.ok_or(VaultError::Absent)?;
    if queries::delete(&mut conn, user, id).await? == 0 {
        return Err(VaultError::Absent);
    }
    if let Some(provider) = Provider::from_id(&row.provider) {
        tell(&mut conn, app, who, (KeyChange::Deleted, provider), "").await?;
    }
    conn.commit().await?;
    app.models.forget(id);
    Ok(())
}

/// The keys of a person, newest first within each provider.
///
/// # Errors
/// When the database or the person's data key cannot be used.
pub async fn list(app: &App, user: UserId) -> Result<Vec<KeyView>, VaultError> {
    let rows = queries::list(&mut app.db.acquire().await?, user).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let data_key = app.keys.data_key(user.0).await?;
    rows.iter()
        .filter_map(|row| sealed::view(&data_key, user, row).transpose())
        .collect()
}

/// One key of a person.
///
/// # Errors
/// When there is no such key or the database cannot be used.
pub async fn find(app: &App, user: UserId, id: ProviderKeyId) -> Result<KeyView, VaultError> {
    let row = queries::find(&mut app.db.acquire().await?, user, id).await?;
    let row = row.ok_or(VaultError::Absent)?;
    let data_key = app.keys.data_key(user.0).await?;
    sealed::view(&data_key, user, &row)?.ok_or(VaultError::Absent)
}

/// Opens a key for one call: the one named, else the newest of the provider. Notes its use in the
/// background, so that the call does not wait for the disk.
///
/// # Errors
/// `no_key` when the person has none of this provider, or none with this id.
pub async fn open_for_call(
    app: &App,
    user: UserId,
    provider: Provider,
    key_id: Option<ProviderKeyId>,
) -> Result<OpenedKey, Problem> {
    let stamp = app.db.stamp();
    let row = find_row(app, stamp, user, (provider, key_id)).await?;
    let data_key = app.keys.data_key(user.0).await.map_err(VaultError::from)?;
    let key = sealed::open(&data_key, user, &row)?;
    let now = app.clock.now();
    if queries::is_touch_due(row.last_used_at, now) {
        let used = KeyRow {
            last_used_at: Some(now.0),
            ..KeyRow::clone(&row)
        };
        app.key_rows.put(stamp, (user, provider, key_id), Arc::new(used));
        let (app, id) = (app.clone(), key.id);
        tokio::spawn(async move {
            if let Err(error) = touch(&app, user, id, now).await {
                tracing::warn!(%error, "the time of a key's last use was not noted");
            }
        });
    }
    Ok(key)
}

/// Opens a key without noting a use of it.
pub(super) async fn open(
    app: &App,
    user: UserId,
    provider: Provider,
    key_id: Option<ProviderKeyId>,
) -> Result<OpenedKey, VaultError> {
    let row = find_row(app, app.db.stamp(), user, (provider, key_id)).await?;
    sealed::open(&app.keys.data_key(user.0).await?, user, &row)
}

/// The operator's trial key of a provider, where there is one.
pub(super) fn trial_key(app: &App, provider: Provider) -> Option<&SecretString> {
    app.config.trial_keys.get(&provider)
}

/// Writes the change into the person's security log and queues a mail about it.
async fn tell(
    conn: &mut Conn,
    app: &App,
    who: Who<'_>,
    (change, provider): (KeyChange, Provider),
    label: &str,
) -> Result<(), VaultError> {
    let kind = match change {
        KeyChange::Added => SecurityEventKind::KeyAdded,
        KeyChange::Replaced => SecurityEventKind::KeyRotated,
        KeyChange::Deleted => SecurityEventKind::KeyDeleted,
    };
    let note = if label.is_empty() {
        provider.name().to_owned()
    } else {
        format!("{}, {label}", provider.name())
    };
    let event = SecurityEvent {
        kind,
        caller: Some(who.caller),
        note: &note,
    };
    accounts::security_log(conn, app, who.user, event).await?;
    let notification = Notification {
        kind: "provider_key",
        dedupe: format!("provider_key:{}", app.clock.new_id()),
    };
    let not_me = accounts::alarm::link(conn, app, who.user).await?;
    let when = app.clock.now().human();
    accounts::notify(conn, app, who.user, notification, |name| {
        mail::provider_key_changed(name, change, provider.name(), &when, &not_me)
    })
    .await?;
    Ok(())
}

async fn touch(app: &App, user: UserId, id: ProviderKeyId, now: Timestamp) -> Result<(), VaultError> {
    // The row in memory was given the new time when the key was opened.
    let mut conn = app.db.begin_quiet().await?;
    queries::touch(&mut conn, user, id, now).await?;
    Ok(conn.commit().await?)
}

/// The row that a call needs: from memory while nothing was written since it was read.
async fn find_row(
    app: &App,
    stamp: Option<Stamp>,
    user: UserId,
    (provider, key_id): (Provider, Option<ProviderKeyId>),
) -> Result<Arc<KeyRow>, VaultError> {
    if let Some(row) = app.key_rows.get(stamp, &(user, provider, key_id)) {
        return Ok(row);
    }
    let mut conn = app.db.acquire().await?;
    let row = match key_id {
        Some(id) => queries::find(&mut conn, user, id).await?,
        None => queries::find_newest(&mut conn, user, provider).await?,
    };
    let row = row
        .filter(|row| row.provider == provider.id())
        .ok_or(VaultError::NoKey)?;
    let row = Arc::new(row);
    app.key_rows.put(stamp, (user, provider, key_id), Arc::clone(&row));
    Ok(row)
}

/// Opens a key that its provider is about to be asked with.
async fn open_to_test(app: &App, user: UserId, id: ProviderKeyId) -> Result<(Provider, OpenedKey), VaultError> {
    let mut conn = app.db.acquire().await?;
    limits::require_calls(&mut conn, user).await?;
    let row = queries::find(&mut conn, user, id).await?;
    drop(conn);
    let row = row.ok_or(VaultError::Absent)?;
    let provider = Provider::from_id(&row.provider).ok_or(VaultError::Absent)?;
    let key = sealed::open(&app.keys.data_key(user.0).await?, user, &row)?;
    Ok((provider, key))
}

async fn test(
    app: &App,
    provider: Provider,
    base_url: Option<&Url>,
    secret: &SecretString,
    key_field: &'static str,
) -> Result<Listed, VaultError> {
    let sent = Some(secret).filter(|secret| !secret.expose_secret().is_empty());
    ask::models(app, provider, base_url, sent).await.map_err(|problem| {
        // Where the person gave the address, it and not the key is what does not answer.
        let field = if base_url.is_some() && ask::is_about_address(problem.code) {
            field::BASE_URL
        } else {
            key_field
        };
        VaultError::Refused { field, problem }
    })
}

fn typed(field: &'static str, fault: Fault) -> VaultError {
    VaultError::Typed { field, fault }
}

fn read_key(provider: Provider, field: &'static str, key: &SecretString) -> Result<SecretString, VaultError> {
    match vault::key(key.expose_secret()) {
        Ok(key) => Ok(SecretString::from(key)),
        // Ollama and the like ask for none.
        Err(Fault::KeyMissing) if provider == Provider::Compatible => Ok(SecretString::from("")),
        Err(fault) => Err(typed(field, fault)),
    }
}

fn read_base_url(app: &App, provider: Provider, text: &str) -> Result<Option<Url>, VaultError> {
    let text = text.trim();
    if !text.is_empty() {
        return Ok(Some(app.http.guard().parse(text)?));
    }
    if provider == Provider::Compatible {
        return Err(typed(field::BASE_URL, Fault::BaseUrlMissing));
    }
    Ok(None)
}
