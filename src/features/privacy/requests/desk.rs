//! The operator's desk: requests read, entered, extended and answered. Each read and each act on a request
//! that belongs to an account lands in that account's security log.

use super::rows::{self, RequestView};
use super::{Contact, Intake, place, reference, take};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::{RequestId, UserId};
use crate::domain::privacy::constants::REQUEST_EXTENSION_DAYS;
use crate::domain::privacy::request_letters::{self as letters, About};
use crate::domain::privacy::requests::{Channel, Message, RequestKind};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::execute;
use crate::features::App;
use crate::features::accounts;
use crate::features::accounts::security_log::{self, SecurityEvent};
use crate::features::outbox::{self, Mail};
use crate::features::privacy::error::Result;
use crate::infra::db::Conn;

/// Why something at the desk was not done; for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no request {0}; `spectr admin request list --all` names them")]
    Absent(String),
    #[error("it was closed already")]
    Closed,
    #[error("its time was extended before: that is possible once")]
    Extended,
    #[error("only privacy requests can be extended, by 1 to {REQUEST_EXTENSION_DAYS} days")]
    Extension,
    #[error("{0}")]
    Text(String),
}

/// Enters a request that came another way, with the moment at which it arrived: its time runs from then.
/// It belongs to the account with that address, if there is one.
///
/// # Errors
/// When a database cannot be used.
pub async fn add(app: &App, contact: &Contact, received_at: Timestamp) -> Result<RequestId> {
    let index = app.keys.email_index(&contact.email.normalised());
    let user = accounts::find_by_index(&mut app.db.acquire().await?, &index).await?;
    let intake = Intake {
        user,
        caller: None,
        channel: Channel::Mail,
        received_at,
    };
    take(app, intake, contact).await
}

/// A request for whoever answers it.
///
/// # Errors
/// When a database cannot be used.
pub async fn show(app: &App, text: &str) -> Result<Result<RequestView, Refusal>> {
    let view = match find(app, text).await? {
        Ok(view) => view,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut conn = app.db.begin().await?;
    log(&mut conn, app, view.user, (SecurityEventKind::OperatorRead, view.id)).await?;
    conn.commit().await?;
    Ok(Ok(view))
}

async fn find(app: &App, text: &str) -> Result<Result<RequestView, Refusal>> {
    let absent = || Refusal::Absent(text.to_owned());
    let Some(id) = rows::find_by_reference(app, text).await? else {
        return Ok(Err(absent()));
    };
    let row = rows::find(&mut app.db.acquire().await?, id).await?;
    let view = match row {
        Some(row) => rows::view(app, row).await?,
        None => None,
    };
    Ok(view.ok_or_else(absent))
}

async fn log(
    conn: &mut Conn,
    app: &App,
    user: Option<UserId>,
    (kind, id): (SecurityEventKind, RequestId),
) -> Result<()> {
    let Some(user) = user else { return Ok(()) };
    let note = format!("Request {}", reference(id));
    let event = SecurityEvent {
        kind,
        caller: None,
        note: &note,
    };
    Ok(security_log::record(conn, app, user, event).await?)
}

const CLOSE: &str = "UPDATE privacy_requests SET state = 'closed', closed_at = $2, answer = $3 \
     WHERE id = $1 AND closed_at IS NULL";

/// Answers and closes a request: the answer is mailed to its sender and stands in the account.
///
/// # Errors
/// When a database cannot be used; nothing has happened then.
pub async fn close(app: &App, text: &str, answer: &str) -> Result<Result<RequestView, Refusal>> {
    let answer = match Message::parse(answer) {
        Ok(answer) => answer,
        Err(error) => return Ok(Err(Refusal::Text(format!("the answer: {error}")))),
    };
    let view = match find(app, text).await? {
        Ok(view) => view,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let key = app.keys.data_key(view.id.0).await?;
    let sealed = key.seal(place(view.id, "answer"), answer.as_str().as_bytes())?;
    let mut conn = app.db.begin().await?;
    if execute!(&mut conn, CLOSE, view.id.0, app.clock.now().0, sealed)? != 1 {
        return Ok(Err(Refusal::Closed));
    }
    let (id, reference) = (view.id, view.reference());
    let letter = letters::answered(&about(&view, &reference), answer.as_str());
    mail(&mut conn, app, &view, ("request_answered", letter)).await?;
    log(&mut conn, app, view.user, (SecurityEventKind::RequestAnswered, id)).await?;
    conn.commit().await?;
    Ok(Ok(view))
}

const EXTEND: &str = "UPDATE privacy_requests SET due_at = $2, extended_at = $3, extension = $4 \
     WHERE id = $1 AND closed_at IS NULL AND extended_at IS NULL";

/// Moves the date once, by at most two months, and tells the sender why (GDPR, article 12(3)).
///
/// # Errors
/// When a database cannot be used; nothing has happened then.
pub async fn extend(app: &App, text: &str, days: i64, reason: &str) -> Result<Result<RequestView, Refusal>> {
    let reason = match Message::parse(reason) {
        Ok(reason) => reason,
        Err(error) => return Ok(Err(Refusal::Text(format!("the reason: {error}")))),
    };
    let mut view = match find(app, text).await? {
        Ok(view) => view,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if view.kind != RequestKind::Privacy || !(1..=REQUEST_EXTENSION_DAYS).contains(&days) {
        return Ok(Err(Refusal::Extension));
    }
    view.due_at = view.due_at.plus(days * DAY_MS);
    let key = app.keys.data_key(view.id.0).await?;
    let sealed = key.seal(place(view.id, "extension"), reason.as_str().as_bytes())?;
    let mut conn = app.db.begin().await?;
    if execute!(&mut conn, EXTEND, view.id.0, view.due_at.0, app.clock.now().0, sealed)? != 1 {
        let is_closed = view.closed_at.is_some();
        return Ok(Err(if is_closed { Refusal::Closed } else { Refusal::Extended }));
    }
    let reference = view.reference();
    let letter = letters::extended(&about(&view, &reference), reason.as_str());
    mail(&mut conn, app, &view, ("request_extended", letter)).await?;
    log(&mut conn, app, view.user, (SecurityEventKind::RequestExtended, view.id)).await?;
    conn.commit().await?;
    Ok(Ok(view))
}

fn about<'a>(view: &RequestView, reference: &'a str) -> About<'a> {
    About {
        kind: view.kind,
        reference,
        due: view.due_at,
    }
}

async fn mail(
    conn: &mut Conn,
    app: &App,
    view: &RequestView,
    (kind, letter): (&'static str, crate::domain::mail::Letter),
) -> Result<()> {
    let mail = Mail {
        owner: view.id.0,
        to: &view.email,
        kind,
        letter,
        dedupe: format!("{kind}:{}", view.id),
    };
    Ok(outbox::enqueue(conn, app, mail).await?)
}
