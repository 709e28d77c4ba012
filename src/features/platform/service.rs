//! The use cases of platform keys: create, list, rotate, revoke, burn what leaked, authenticate.

use super::error::Error;
use super::queries::{self, Found, KeyRow, NewRow};
use super::secret::{FreshKey, hash};
use crate::domain::accounts::{AccountState, SecurityEventKind};
use crate::domain::ids::{PlatformKeyId, UserId};
use crate::domain::mail::{self, PlatformKeyChange};
use crate::domain::platform::{self, KEYS_PER_USER, Lifetime, Overlap};
use crate::domain::timestamp::Timestamp;
use crate::domain::vault;
use crate::features::App;
use crate::features::accounts::{self, Caller, Notification, SecurityEvent};
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::Conn;

/// Whose key it is, and who asks, for the security log.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub user: UserId,
    pub caller: &'a Caller,
}

/// What the form that creates holds.
pub struct NewKey<'a> {
    pub label: &'a str,
    pub expires: &'a str,
    /// The form's own mark: sent twice (a reload, a second click), it makes one key only.
    pub form: Option<PlatformKeyId>,
}

/// A key as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    pub id: PlatformKeyId,
    pub label: Option<String>,
    /// `spectr_…9f3a`.
    pub hint: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub replaced_at: Option<Timestamp>,
    /// To five minutes.
    pub last_used_at: Option<Timestamp>,
}

impl KeyView {
    /// The label, else the hint: what a person calls the key.
    #[must_use]
    pub fn name(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.hint)
    }

    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// Makes a key. Its text comes out here and never again.
///
/// # Errors
/// What is wrong with the form, or that it was sent before.
pub async fn create(app: &App, who: Who<'_>, new: &NewKey<'_>) -> Result<(PlatformKeyId, FreshKey), Error> {
    let label = vault::label(new.label).map_err(Error::Label)?;
    let lifetime = Lifetime::from_id(new.expires).ok_or(Error::UnknownLifetime)?;
    let now = app.clock.now();
    let id = new.form.unwrap_or_else(|| PlatformKeyId(app.clock.new_id()));
    let data_key = app.keys.data_key(who.user.0).await?;
    let fresh = FreshKey::new()?;
    let row = new_row(&data_key, (who.user, id), &fresh, (label, lifetime.end(now), now))?;
    let mut conn = app.db.begin().await?;
    if queries::count(&mut conn, who.user).await? >= KEYS_PER_USER {
        return Err(Error::TooMany);
    }
    if queries::insert(&mut conn, &row).await? == 0 {
        return Err(Error::MadeAlready);
    }
    let note = label.map_or_else(|| platform::hint(fresh.text()), str::to_owned);
    tell(
        &mut conn,
        app,
        who.user,
        Told::by(who.caller, PlatformKeyChange::Created, &note),
    )
    .await?;
    conn.commit().await?;
    Ok((id, fresh))
}

/// Puts a new key with the same label in the place of an old one, which dies at once or, where the
/// person chose so, a little later. The new one lives as long as the old one was made for.
///
/// # Errors
/// When there is no such key, or it has ended.
pub async fn rotate(
    app: &App,
    who: Who<'_>,
    id: PlatformKeyId,
    overlap: &str,
) -> Result<(PlatformKeyId, FreshKey), Error> {
    let overlap = Overlap::from_id(overlap).ok_or(Error::UnknownOverlap)?;
    let user = who.user;
    let now = app.clock.now();
    let data_key = app.keys.data_key(user.0).await?;
    let fresh = FreshKey::new()?;
    let new_id = PlatformKeyId(app.clock.new_id());
    let mut conn = app.db.begin().await?;
    let row = queries::find(&mut conn, user, id).await?.ok_or(Error::Absent)?;
    let old = view(&data_key, user, &row)?;
    if old.has_expired(now) || old.replaced_at.is_some() {
        return Err(Error::Absent);
    }
    let expires_at = old.expires_at.map(|end| now.plus(end.0 - old.created_at.0));
    let touched = match overlap.end(now) {
        None => queries::delete(&mut conn, user, id).await?,
        Some(end) => queries::replace(&mut conn, user, id, (now, end)).await?,
    };
    if touched == 0 {
        return Err(Error::Absent);
    }
    if queries::count(&mut conn, user).await? >= KEYS_PER_USER {
        return Err(Error::TooMany);
    }
    let label = old.label.as_deref();
    let new = new_row(&data_key, (user, new_id), &fresh, (label, expires_at, now))?;
    queries::insert(&mut conn, &new).await?;
    tell(
        &mut conn,
        app,
        user,
        Told::by(who.caller, PlatformKeyChange::Replaced, old.name()),
    )
    .await?;
    conn.commit().await?;
    Ok((new_id, fresh))
}

/// Ends a key for good: the next request with it is refused.
///
/// # Errors
/// When there is no such key.
pub async fn revoke(app: &App, who: Who<'_>, id: PlatformKeyId) -> Result<(), Error> {
    let data_key = app.keys.data_key(who.user.0).await?;
    let mut conn = app.db.begin().await?;
    let row = queries::find(&mut conn, who.user, id).await?.ok_or(Error::Absent)?;
    let old = view(&data_key, who.user, &row)?;
    if queries::delete(&mut conn, who.user, id).await? == 0 {
        return Err(Error::Absent);
    }
    tell(
        &mut conn,
        app,
        who.user,
        Told::by(who.caller, PlatformKeyChange::Revoked, old.name()),
    )
    .await?;
    Ok(conn.commit().await?)
}

/// Burns a key that somebody found and gave in full: afterwards it does not work, whether it ever did
/// or not. Its owner is told; who found it is not noted.
///
/// # Errors
/// When the text holds no whole key.
pub async fn burn(app: &App, text: &str) -> Result<(), Error> {
    let key = platform::find(text).ok_or(Error::NotAKey)?;
    let mut conn = app.db.begin().await?;
    let Some(found) = queries::find_by_hash(&mut conn, &hash(key)).await? else {
        return Ok(());
    };
    let user = UserId(found.user_id);
    if queries::delete(&mut conn, user, PlatformKeyId(found.id)).await? == 0 {
        return Ok(());
    }
    let told = Told {
        caller: None,
        change: PlatformKeyChange::Leaked,
        note: &platform::hint(key),
    };
    tell(&mut conn, app, user, told).await?;
    Ok(conn.commit().await?)
}

/// The keys of a person, newest first; those that have ended stay visible for some days.
///
/// # Errors
/// When the database or the person's data key cannot be used.
pub async fn list(app: &App, user: UserId) -> Result<Vec<KeyView>, Error> {
    let rows = queries::list(&mut app.db.acquire().await?, user).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let data_key = app.keys.data_key(user.0).await?;
    rows.iter().map(|row| view(&data_key, user, row)).collect()
}

/// Whose key this is; `None` where it is nobody's, has ended, or its account may not be used. Notes
/// its use in the background, so that the request does not wait for the disk.
///
/// # Errors
/// When the database cannot be read.
pub async fn authenticate(app: &App, text: &str) -> Result<Option<UserId>, Error> {
    // A piece of a key, or something else altogether, costs no look-up.
    let Some(key) = platform::find(text).filter(|key| *key == text) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let found = queries::find_by_hash(&mut app.db.acquire().await?, &hash(key)).await?;
    let Some(found) = found.filter(|found| is_usable(found, now)) else {
        return Ok(None);
    };
    if queries::is_touch_due(found.last_used_at, now) {
        let (app, id) = (app.clone(), PlatformKeyId(found.id));
        let tracker = app.background.clone();
        tracker.spawn(async move {
            if let Err(error) = touch(&app, id, now).await {
                tracing::warn!(%error, "the time of a platform key's last use was not noted");
            }
        });
    }
    Ok(Some(UserId(found.user_id)))
}

fn is_usable(found: &Found, now: Timestamp) -> bool {
    let has_ended = found.expires_at.is_some_and(|at| at <= now.0);
    let is_held = found.frozen_at.is_some();
    !has_ended && !is_held && AccountState::parse(&found.state).may_sign_in()
}

async fn touch(app: &App, id: PlatformKeyId, now: Timestamp) -> Result<(), Error> {
    let mut conn = app.db.begin().await?;
    queries::touch(&mut conn, id, now).await?;
    Ok(conn.commit().await?)
}

fn new_row(
    data_key: &DataKey,
    (user, id): (UserId, PlatformKeyId),
    fresh: &FreshKey,
    (label, expires_at, created_at): (Option<&str>, Option<Timestamp>, Timestamp),
) -> Result<NewRow, Error> {
    let seal = |column, text: &str| data_key.seal(place(column, id, user), text.as_bytes());
    Ok(NewRow {
        id,
        user,
        hash: fresh.hash(),
        hint: seal("hint", &platform::hint(fresh.text()))?,
        label: label.map(|label| seal("label", label)).transpose()?,
        created_at,
        expires_at,
    })
}

fn view(data_key: &DataKey, user: UserId, row: &KeyRow) -> Result<KeyView, Error> {
    let id = PlatformKeyId(row.id);
    let open = |column, sealed: &[u8]| {
        let text = data_key.open_text(place(column, id, user), sealed);
        text.map(|text| text.to_string())
    };
    Ok(KeyView {
        id,
        label: row.label.as_deref().map(|label| open("label", label)).transpose()?,
        hint: open("hint", &row.hint)?,
        created_at: Timestamp(row.created_at),
        expires_at: row.expires_at.map(Timestamp),
        replaced_at: row.replaced_at.map(Timestamp),
        last_used_at: row.last_used_at.map(Timestamp),
    })
}

/// Where a sealed value stands; a value moved elsewhere does not open.
const fn place(column: &'static str, id: PlatformKeyId, user: UserId) -> Place {
    Place {
        table: "platform_keys",
        column,
        row: id.0,
        owner: user.0,
    }
}

/// What the owner is told of.
struct Told<'a> {
    caller: Option<&'a Caller>,
    change: PlatformKeyChange,
    /// What the person calls the key.
    note: &'a str,
}

impl<'a> Told<'a> {
    const fn by(caller: &'a Caller, change: PlatformKeyChange, note: &'a str) -> Self {
        Self {
            caller: Some(caller),
            change,
            note,
        }
    }
}

/// Writes the change into the person's security log and queues a mail about it.
async fn tell(conn: &mut Conn, app: &App, user: UserId, told: Told<'_>) -> Result<(), Error> {
    let kind = match told.change {
        PlatformKeyChange::Created => SecurityEventKind::PlatformKeyCreated,
        PlatformKeyChange::Replaced => SecurityEventKind::PlatformKeyRotated,
        PlatformKeyChange::Revoked => SecurityEventKind::PlatformKeyRevoked,
        PlatformKeyChange::Leaked => SecurityEventKind::PlatformKeyBurned,
    };
    let event = SecurityEvent {
        kind,
        caller: told.caller,
        note: told.note,
    };
    accounts::security_log(conn, app, user, event).await?;
    let notification = Notification {
        kind: "platform_key",
        dedupe: format!("platform_key:{}", app.clock.new_id()),
    };
    let when = app.clock.now().human();
    let keys = accounts::tokens::link(app, "/settings/platform-keys");
    let not_me = accounts::alarm::link(conn, app, user).await?;
    accounts::notify(conn, app, user, notification, |name| {
        mail::platform_key_changed(name, told.change, &when, (&keys, &not_me))
    })
    .await?;
    Ok(())
}
