//! What a signed-in person changes about the account: profile, password, proof of presence.

use super::error::Result;
use super::security_log::{self, Caller, Change, LogView, SecurityEvent};
use super::sessions::{self, Device, Secret};
use super::signup::queue;
use super::users::{self, Profile, ProfileView};
use super::{CurrentUser, alarm, email_change, second_factor, signin, strength, tokens};
use crate::domain::accounts::password::PasswordError;
use crate::domain::accounts::{PersonName, ProfileText, SecurityEventKind};
use crate::domain::fields::FieldErrors;
use crate::domain::ids::UserId;
use crate::domain::mail;
use crate::features::App;
use secrecy::{ExposeSecret, SecretString};

/// The profile page's facts.
#[derive(Clone)]
pub struct ProfilePage {
    pub profile: ProfileView,
    pub pending: Option<email_change::PendingView>,
}

/// # Errors
/// When the database cannot be read.
pub async fn profile(app: &App, user: UserId) -> Result<ProfilePage> {
    let key = app.keys.data_key(user.0).await?;
    let mut conn = app.db.acquire().await?;
    Ok(ProfilePage {
        profile: users::profile(&mut conn, user, &key).await?,
        pending: email_change::find(&mut conn, user, &key, app.clock.now()).await?,
    })
}

/// Saves name, organisation, phone and address.
///
/// # Errors
/// When the database cannot be used. Fields to be mended are the inner error.
pub async fn save_profile(
    app: &App,
    caller: &Caller,
    user: UserId,
    form: &ProfileView,
) -> Result<Result<(), FieldErrors>> {
    let mut errors = FieldErrors::default();
    let name = errors.take("name", PersonName::parse(&form.name));
    let organisation = errors.take("organisation", ProfileText::parse(&form.organisation));
    let phone = errors.take("phone", ProfileText::parse(&form.phone));
    let address = errors.take("address", ProfileText::parse(&form.address));
    let (Some(name), Some(organisation), Some(phone), Some(address)) = (name, organisation, phone, address) else {
        return Ok(Err(errors));
    };
    let profile = Profile {
        name,
        organisation,
        phone,
        address,
    };
    let key = app.keys.data_key(user.0).await?;
    let mut conn = app.db.begin().await?;
    let before = users::profile(&mut conn, user, &key).await?;
    users::set_profile(&mut conn, user, &key, &profile).await?;
    let changes = changes(&before, &profile);
    if changes.is_empty() {
        return Ok(Ok(()));
    }
    let event = SecurityEvent {
        kind: SecurityEventKind::ProfileChanged,
        caller: Some(caller),
        note: "",
    };
    security_log::record_changes(&mut conn, app, user, event, changes).await?;
    conn.commit().await?;
    Ok(Ok(()))
}

/// What a correction changed, as it stands in the security log.
fn changes(before: &ProfileView, after: &Profile) -> Vec<Change> {
    let text = |text: &ProfileText| text.as_deref().unwrap_or_default().to_owned();
    let pairs = [
        ("name", &before.name, after.name.as_str().to_owned()),
        ("organisation", &before.organisation, text(&after.organisation)),
        ("phone", &before.phone, text(&after.phone)),
        ("address", &before.address, text(&after.address)),
    ];
    let changed = pairs.into_iter().filter(|(_, before, after)| *before != after);
    let change = |(field, before, after): (&str, &String, String)| Change {
        field: field.to_owned(),
        before: before.clone(),
        after,
    };
    changed.map(change).collect()
}

/// The security page's facts.
#[derive(Clone)]
pub struct SecurityPage {
    pub devices: Vec<Device>,
    pub has_second_factor: bool,
    pub recovery_codes_left: usize,
    pub log: LogView,
}

/// Events shown at once.
const EVENTS: i64 = 50;

/// # Errors
/// When the database cannot be read.
pub async fn security(app: &App, user: UserId) -> Result<SecurityPage> {
    let key = app.keys.data_key(user.0).await?;
    let now = app.clock.now();
    let mut conn = app.db.acquire().await?;
    let credentials = users::find(&mut conn, user).await?;
    Ok(SecurityPage {
        devices: sessions::list(&mut conn, user, &key, now).await?,
        has_second_factor: credentials.is_some_and(|user| user.totp_enabled_at.is_some()),
        recovery_codes_left: second_factor::count_codes(&mut conn, user).await?,
        log: security_log::list(&mut conn, user, &key, now, EVENTS).await?,
    })
}

/// How changing the password ended.
pub enum PasswordChange {
    /// This session goes on under a new secret; the others are over.
    Done(Secret),
    CurrentIsWrong,
    Password(PasswordError),
    /// The session ended while the password was being changed; nothing was changed.
    SignedOut,
}

/// Changes the password: ends the other sessions and every open link.
///
/// # Errors
/// When it was tried too often, the server is too busy or the database cannot be used.
pub async fn change_password(
    app: &App,
    caller: &Caller,
    user: &CurrentUser,
    current: &SecretString,
    new: &SecretString,
) -> Result<PasswordChange> {
    if let Err(error) = strength::check(new.expose_secret(), &user.name, &user.email) {
        return Ok(PasswordChange::Password(error));
    }
    if !is_password(app, caller, user, current).await? {
        return Ok(PasswordChange::CurrentIsWrong);
    }
    let hash = app.passwords.hash(app.keys.pepper_password(new)).await?;
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let Some(secret) = sessions::renew(&mut conn, user.session, now).await? else {
        return Ok(PasswordChange::SignedOut);
    };
    users::set_password(&mut conn, user.id, &hash).await?;
    sessions::revoke_others(&mut conn, user.id, user.session, now).await?;
    tokens::delete_all_but_alarms(&mut conn, user.id).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::PasswordChanged,
        caller: Some(caller),
        note: "",
    };
    security_log::record(&mut conn, app, user.id, event).await?;
    let letter = mail::password_changed(&user.name, &now.human(), &alarm::link(&mut conn, app, user.id).await?);
    queue(app, &mut conn, (user.id, &user.email), "password_changed", letter).await?;
    conn.commit().await?;
    Ok(PasswordChange::Done(secret))
}

async fn is_password(app: &App, caller: &Caller, user: &CurrentUser, password: &SecretString) -> Result<bool> {
    let guesses = signin::throttle_user(app, caller, user.id)?;
    let credentials = users::find(&mut app.db.acquire().await?, user.id).await?;
    let hash = credentials.map(|user| user.password_hash);
    let is_right = app.passwords.verify(app.keys.pepper_password(password), hash).await?;
    if is_right {
        guesses.into_iter().for_each(|key| app.throttles.forgive(key));
    } else {
        signin::note_failure(app, caller, user.id);
    }
    Ok(is_right)
}

/// How entering the password again ended.
pub enum StepUp {
    /// The session counts as fresh, under a new secret.
    Done(Secret),
    PasswordIsWrong,
    CodeIsWrong,
    /// The session ended meanwhile.
    SignedOut,
}

/// Proves that the person is still in front of this browser: password, and code where the account
/// has a second factor.
///
/// # Errors
/// When it was tried too often, the server is too busy or the database cannot be used.
pub async fn step_up(
    app: &App,
    caller: &Caller,
    user: &CurrentUser,
    password: &SecretString,
    code: &str,
) -> Result<StepUp> {
    if !is_password(app, caller, user, password).await? {
        return Ok(StepUp::PasswordIsWrong);
    }
    let credentials = users::find(&mut app.db.acquire().await?, user.id).await?;
    let needs_code = credentials.is_some_and(|user| user.totp_enabled_at.is_some());
    if needs_code && !second_factor::accept(app, caller, user.id, code).await? {
        return Ok(StepUp::CodeIsWrong);
    }
    let mut conn = app.db.begin().await?;
    let Some(secret) = sessions::renew(&mut conn, user.session, app.clock.now()).await? else {
        return Ok(StepUp::SignedOut);
    };
    let event = SecurityEvent {
        kind: SecurityEventKind::StepUp,
        caller: Some(caller),
        note: "",
    };
    security_log::record(&mut conn, app, user.id, event).await?;
    conn.commit().await?;
    Ok(StepUp::Done(secret))
}

/// Whether signing in asks this user for a code.
///
/// # Errors
/// When the database cannot be read.
pub async fn has_second_factor(app: &App, user: UserId) -> Result<bool> {
    let credentials = users::find(&mut app.db.acquire().await?, user).await?;
    Ok(credentials.is_some_and(|user| user.totp_enabled_at.is_some()))
}

/// Destroys a data key that lost its owner, after the answer. One that survives a crash here opens
/// nothing: no row is sealed under it.
pub(super) fn destroy_key_later(app: &App, owner: UserId) {
    let task = app.clone();
    app.background.spawn(async move {
        if let Err(error) = task.keys.destroy_data_key(owner.0).await {
            tracing::warn!(%error, "an unused data key was not destroyed");
        }
    });
}
