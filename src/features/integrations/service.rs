//! The use cases: save a key, switch on and off, withdraw, remove, look at it.
//!
//! Saving a key dials nobody: it is tested when it is switched on, after the consent is recorded.

use super::error::{Error, field};
use super::queries::{self, Row, Sealed};
use crate::domain::accounts::{ConsentKind, SecurityEventKind};
use crate::domain::ids::{IntegrationId, UserId};
use crate::domain::integrations::langsmith;
use crate::domain::mail;
use crate::domain::problem::{Code, Problem};
use crate::domain::timestamp::Timestamp;
use crate::domain::vault;
use crate::features::App;
use crate::features::accounts::{self, Caller, Notification, SecurityEvent, consents, limits};
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::Conn;
use crate::infra::http::Target;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// The consent without which nothing is sent.
pub(super) const CONSENT: ConsentKind = ConsentKind::LangSmithTracing;
/// Where it is given.
const PLACE: &str = "/settings/integrations";
/// How long the test of a key may take.
const TEST: Duration = Duration::from_secs(10);

/// Whose integration it is, and who asks, for the security log.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub user: UserId,
    pub caller: &'a Caller,
}

/// The integration as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub hint: String,
    /// Empty where the default is used.
    pub project: String,
    pub is_on: bool,
    pub has_consent: bool,
    /// The person restricts calls or everything: nothing is sent, whatever is switched on.
    pub is_restricted: bool,
    pub problem: Option<Code>,
    pub sent: i64,
    pub dropped: i64,
    pub created_at: Timestamp,
    pub rotated_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
}

impl View {
    /// Whether spans go out at this moment.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.is_on && self.has_consent && !self.is_restricted
    }
}

/// The person's integration; `None` without a key.
///
/// # Errors
/// When the database or the person's data key cannot be used.
pub async fn find(app: &App, user: UserId) -> Result<Option<View>, Error> {
    let mut conn = app.db.acquire().await?;
    let Some(row) = queries::find(&mut conn, user).await? else {
        return Ok(None);
    };
    let has_consent = consents::is_live(&mut conn, user, CONSENT).await?;
    let is_restricted = limits::stopping_calls(&mut conn, user).await?.is_some();
    drop(conn);
    let data_key = app.keys.data_key(user.0).await?;
    let id = IntegrationId(row.id);
    let open = |column, sealed: &[u8]| {
        let text = data_key.open_text(place(column, id, user), sealed);
        text.map(|text| text.to_string())
    };
    Ok(Some(View {
        hint: open("hint", &row.hint)?,
        project: row
            .project
            .as_deref()
            .map_or(Ok(String::new()), |sealed| open("project", sealed))?,
        is_on: row.is_on,
        has_consent,
        is_restricted,
        problem: row.problem(),
        sent: row.sent,
        dropped: row.dropped,
        created_at: Timestamp(row.created_at),
        rotated_at: row.rotated_at.map(Timestamp),
        last_sent_at: row.last_sent_at.map(Timestamp),
    }))
}

/// Seals a key and the name of a project. Without a key only the project changes. Another key switches
/// the integration off until it is tested.
///
/// # Errors
/// What is wrong with the form.
pub async fn save(app: &App, who: Who<'_>, key: &SecretString, project: &str) -> Result<(), Error> {
    let user = who.user;
    let project = vault::label(project).map_err(|fault| typed(field::PROJECT, fault))?;
    let data_key = app.keys.data_key(user.0).await?;
    let mut conn = app.db.begin().await?;
    let old = queries::find(&mut conn, user).await?;
    let is_typed = !key.expose_secret().trim().is_empty();
    let id = old
        .as_ref()
        .map_or_else(|| IntegrationId(app.clock.new_id()), |row| IntegrationId(row.id));
    let seal = |column, text: &str| data_key.seal(place(column, id, user), text.as_bytes());
    let project = project.map(|text| seal("project", text)).transpose()?;
    if is_typed || old.is_none() {
        let text = vault::key(key.expose_secret()).map_err(|fault| typed(field::KEY, fault))?;
        let sealed = Sealed {
            secret: seal("secret", text)?,
            hint: seal("hint", &vault::hint(text))?,
        };
        let now = app.clock.now();
        if old.is_some() {
            queries::rotate(&mut conn, (user, id), &sealed, now).await?;
        } else if queries::insert(&mut conn, (user, id), (&sealed, project.as_deref()), now).await? == 0 {
            return Err(Error::Absent);
        }
        log(&mut conn, app, who, SecurityEventKind::IntegrationKeySaved).await?;
    }
    queries::set_project(&mut conn, (user, id), project.as_deref()).await?;
    Ok(conn.commit().await?)
}

/// Records the consent where it is given now, tests the key, and switches on.
///
/// # Errors
/// Without a key or a consent, while calls are restricted, or when LangSmith does not take the key: it
/// stays off then.
pub async fn switch_on(app: &App, who: Who<'_>, consents_now: bool) -> Result<(), Error> {
    let user = who.user;
    let mut conn = app.db.begin().await?;
    limits::require_calls(&mut conn, user).await?;
    let row = queries::find(&mut conn, user).await?.ok_or(Error::Absent)?;
    if consents_now {
        consents::grant(&mut conn, app, who.caller, user, (CONSENT, PLACE)).await?;
    } else if !consents::is_live(&mut conn, user, CONSENT).await? {
        return Err(Error::ConsentMissing);
    }
    conn.commit().await?;
    test(app, &open(app, user, &row).await?.0)
        .await
        .map_err(Error::Refused)?;
    let mut conn = app.db.begin().await?;
    if queries::switch(&mut conn, user, true).await? == 0 {
        return Err(Error::Absent);
    }
    log(&mut conn, app, who, SecurityEventKind::IntegrationSwitchedOn).await?;
    let notification = Notification {
        kind: "integration",
        dedupe: format!("integration:{}", app.clock.new_id()),
    };
    let (when, link) = (app.clock.now().human(), accounts::tokens::link(app, PLACE));
    accounts::notify(&mut conn, app, user, notification, |name| {
        mail::tracing_switched_on(name, &when, &link)
    })
    .await?;
    conn.commit().await?;
    app.spans.look_again(user);
    Ok(())
}

/// Switches off; the key and the consent stay.
///
/// # Errors
/// When the database cannot be written.
pub async fn switch_off(app: &App, who: Who<'_>) -> Result<(), Error> {
    let mut conn = app.db.begin().await?;
    if queries::switch(&mut conn, who.user, false).await? > 0 {
        log(&mut conn, app, who, SecurityEventKind::IntegrationSwitchedOff).await?;
    }
    Ok(conn.commit().await?)
}

/// Withdraws the consent and switches off.
///
/// # Errors
/// When the database cannot be written.
pub async fn withdraw(app: &App, who: Who<'_>) -> Result<(), Error> {
    let mut conn = app.db.begin().await?;
    consents::withdraw(&mut conn, app, who.caller, who.user, CONSENT).await?;
    queries::switch(&mut conn, who.user, false).await?;
    Ok(conn.commit().await?)
}

/// Deletes the key for good, with the counts beside it, and withdraws the consent.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(app: &App, who: Who<'_>) -> Result<(), Error> {
    let mut conn = app.db.begin().await?;
    consents::withdraw(&mut conn, app, who.caller, who.user, CONSENT).await?;
    if queries::delete(&mut conn, who.user).await? > 0 {
        log(&mut conn, app, who, SecurityEventKind::IntegrationKeyRemoved).await?;
    }
    Ok(conn.commit().await?)
}

/// The key, wiped when dropped, and the project.
pub(super) async fn open(app: &App, user: UserId, row: &Row) -> Result<(SecretString, String), Error> {
    let data_key = app.keys.data_key(user.0).await?;
    open_with(&data_key, user, row)
}

fn open_with(data_key: &DataKey, user: UserId, row: &Row) -> Result<(SecretString, String), Error> {
    let id = IntegrationId(row.id);
    let secret = data_key.open_text(place("secret", id, user), &row.secret)?;
    let project = match &row.project {
        Some(sealed) => data_key.open_text(place("project", id, user), sealed)?.to_string(),
        None => langsmith::DEFAULT_PROJECT.to_owned(),
    };
    Ok((SecretString::from(secret.as_str()), project))
}

/// Whether LangSmith takes the key.
async fn test(app: &App, secret: &SecretString) -> Result<(), Problem> {
    let target = Target::Operator(app.config.langsmith_base.clone());
    let request = langsmith::check_request();
    let sent = tokio::time::timeout(TEST, app.http.send(request, &target, Some(secret))).await;
    let unreachable = |detail: &str| Problem::new(Code::ProviderUnreachable).detail(detail);
    let response = sent
        .map_err(|_| unreachable("LangSmith did not answer within 10 seconds."))?
        .map_err(|_| unreachable("LangSmith cannot be reached from here."))?;
    match response.status() {
        200..300 => Ok(()),
        401 | 403 => Err(Problem::new(Code::KeyRefused)
            .detail("LangSmith does not accept this key. Copy it again from LangSmith's settings, whole.")),
        _ => {
            Err(Problem::new(Code::ProviderDown)
                .detail("LangSmith answered, but not that the key works. Try again later."))
        }
    }
}

async fn log(conn: &mut Conn, app: &App, who: Who<'_>, kind: SecurityEventKind) -> Result<(), Error> {
    let event = SecurityEvent {
        kind,
        caller: Some(who.caller),
        note: "LangSmith",
    };
    Ok(accounts::security_log(conn, app, who.user, event).await?)
}

const fn typed(field: &'static str, fault: vault::Fault) -> Error {
    Error::Typed { field, fault }
}

/// Where a sealed value stands; a value moved elsewhere does not open.
const fn place(column: &'static str, id: IntegrationId, user: UserId) -> Place {
    Place {
        table: "integrations",
        column,
        row: id.0,
        owner: user.0,
    }
}
