//! Requests by the contact page, from the settings and by mail: taken, sealed, acknowledged, answered at the
//! operator's desk, and erased a year after they are closed.
//!
//! Each request has a data key of its own, since its sender may have no account. Nothing a person
//! wrote is ever stored or logged outside that seal.

pub mod alarms;
pub mod desk;
mod rows;

pub use rows::{Line, RequestView, list, list_mine};

use super::error::{Error, Result};
use crate::domain::accounts::{Email, PersonName, ProfileText, SecurityEventKind};
use crate::domain::fields::FieldErrors;
use crate::domain::ids::{RequestId, UserId};
use crate::domain::privacy::constants::CLOSED_REQUEST_RETENTION_DAYS;
use crate::domain::privacy::letters::{self, Received, Sender};
use crate::domain::privacy::requests::{Channel, Message, RequestKind, mask_cards};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::CurrentUser;
use crate::features::accounts::security_log::{self, Caller, SecurityEvent};
use crate::features::accounts::throttle::{Counted, network};
use crate::features::outbox::{self, Mail};
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

/// The form as it was sent.
pub struct ContactForm<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    pub email: &'a str,
    pub organisation: &'a str,
    pub message: &'a str,
}

/// The form as it is good.
pub struct Contact {
    pub kind: RequestKind,
    pub name: PersonName,
    pub email: Email,
    pub organisation: ProfileText,
    pub message: Message,
}

/// Whose request it is, and how and when it came.
struct Intake<'a> {
    user: Option<UserId>,
    /// `None` where the operator entered it.
    caller: Option<&'a Caller>,
    channel: Channel,
    received_at: Timestamp,
}

/// Reads a form.
///
/// # Errors
/// What has to be mended, field by field.
pub fn parse(form: &ContactForm<'_>) -> Result<Contact, FieldErrors> {
    let mut errors = FieldErrors::default();
    let kind = errors.take("kind", RequestKind::from_id(form.kind).ok_or("Pick one of the list."));
    let name = errors.take("name", PersonName::parse(&mask_cards(form.name)));
    let email = errors.take("email", Email::parse(form.email));
    let organisation = errors.take("organisation", ProfileText::parse(&mask_cards(form.organisation)));
    let message = errors.take("message", Message::parse(form.message));
    match (kind, name, email, organisation, message) {
        (Some(kind), Some(name), Some(email), Some(organisation), Some(message)) => Ok(Contact {
            kind,
            name,
            email,
            organisation,
            message,
        }),
        _ => Err(errors),
    }
}

/// Takes a request: sealed row, mail to the operator and acknowledgement in one transaction.
///
/// # Errors
/// When it is too often or a database cannot be used; nothing is kept then. Fields to be mended are
/// the inner error.
pub async fn send(
    app: &App,
    caller: &Caller,
    user: Option<UserId>,
    form: &ContactForm<'_>,
) -> Result<Result<RequestId, FieldErrors>> {
    let contact = match parse(form) {
        Ok(contact) => contact,
        Err(errors) => return Ok(Err(errors)),
    };
    count(app, caller, &contact.email)?;
    let intake = Intake {
        user,
        caller: Some(caller),
        channel: Channel::Form,
        received_at: app.clock.now(),
    };
    take(app, intake, &contact).await.map(Ok)
}

/// A privacy request of somebody who is signed in: only the words are asked for.
///
/// # Errors
/// As [`send`].
pub async fn ask(
    app: &App,
    caller: &Caller,
    user: &CurrentUser,
    message: &str,
) -> Result<Result<RequestId, FieldErrors>> {
    let form = ContactForm {
        kind: RequestKind::Privacy.id(),
        name: &user.name,
        email: &user.email,
        organisation: "",
        message,
    };
    let contact = match parse(&form) {
        Ok(contact) => contact,
        Err(errors) => return Ok(Err(errors)),
    };
    count(app, caller, &contact.email)?;
    let intake = Intake {
        user: Some(user.id),
        caller: Some(caller),
        channel: Channel::Account,
        received_at: app.clock.now(),
    };
    take(app, intake, &contact).await.map(Ok)
}

/// Counts a request against its network and its address.
fn count(app: &App, caller: &Caller, email: &Email) -> Result<()> {
    let counted = [
        Counted::ContactNetwork(network(caller.ip)),
        Counted::ContactAddress(app.keys.email_index(&email.normalised())),
    ];
    app.throttles
        .take(&counted, app.clock.now())
        .map_err(|retry_after| Error::Throttled { retry_after })
}

async fn take(app: &App, intake: Intake<'_>, contact: &Contact) -> Result<RequestId> {
    let id = RequestId(app.clock.new_id());
    let key = app.keys.create_data_key(id.0).await?;
    match write(app, id, &intake, &key, contact).await {
        Ok(()) => Ok(id),
        Err(error) => {
            // A key that is left over seals nothing; the next start may find it.
            if let Err(error) = app.keys.destroy_data_key(id.0).await {
                tracing::warn!(%error, "the key of a request that was not taken stays");
            }
            Err(error)
        }
    }
}

const INSERT: &str = "INSERT INTO privacy_requests \
     (id, user_id, kind, state, email_index, name, email, organisation, message, created_at, due_at, channel) \
     VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11)";

async fn write(app: &App, id: RequestId, intake: &Intake<'_>, key: &DataKey, contact: &Contact) -> Result<()> {
    let due = contact.kind.due(intake.received_at);
    let seal = |column, text: &str| key.seal(place(id, column), text.as_bytes());
    let organisation = contact.organisation.as_deref();
    let mut conn = app.db.begin().await?;
    execute!(
        &mut conn,
        INSERT,
        id.0,
        intake.user.map(|user| user.0),
        contact.kind.id(),
        app.keys.email_index(&contact.email.normalised()).to_vec(),
        seal("name", contact.name.as_str())?,
        seal("email", contact.email.as_str())?,
        organisation.map(|text| seal("organisation", text)).transpose()?,
        seal("message", contact.message.as_str())?,
        intake.received_at.0,
        due.0,
        intake.channel.id(),
    )?;
    if let Some(user) = intake.user {
        let event = SecurityEvent {
            kind: SecurityEventKind::RequestSent,
            caller: intake.caller,
            note: &reference(id),
        };
        security_log::record(&mut conn, app, user, event).await?;
    }
    let reference = reference(id);
    let received = Received {
        kind: contact.kind,
        reference: &reference,
        due,
    };
    let sender = Sender {
        name: contact.name.as_str(),
        email: contact.email.as_str(),
        organisation,
        message: contact.message.as_str(),
    };
    let mail = |to, kind: &'static str, letter| Mail {
        owner: id.0,
        to,
        kind,
        letter,
        dedupe: format!("{kind}:{id}"),
    };
    let to_sender = mail(contact.email.as_str(), "request_received", letters::received(&received));
    outbox::enqueue(&mut conn, app, to_sender).await?;
    // The operator's contact may be something else than an address.
    if Email::parse(&app.config.contact).is_ok() {
        let letter = letters::for_operator(&received, &sender);
        outbox::enqueue(&mut conn, app, mail(&app.config.contact, "request_operator", letter)).await?;
    }
    conn.commit().await?;
    Ok(())
}

/// Where a sealed column of a request lives: the request owns itself.
const fn place(id: RequestId, column: &'static str) -> Place {
    Place {
        table: "privacy_requests",
        column,
        row: id.0,
        owner: id.0,
    }
}

/// What people quote: the random end of the id, such as `7F3A-91C2-55E0`.
#[must_use]
pub fn reference(id: RequestId) -> String {
    let text = id.0.simple().to_string().to_uppercase();
    let tail = text.get(20..).unwrap_or_default();
    let part = |from: usize| tail.get(from..from + 4).unwrap_or_default();
    format!("{}-{}-{}", part(0), part(4), part(8))
}

/// What the thank-you page may show to whoever has its address: nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub id: RequestId,
    pub kind: RequestKind,
    pub due: Timestamp,
}

const RECEIPT: &str = "SELECT kind, due_at FROM privacy_requests WHERE id = $1";

/// The receipt of a request.
///
/// # Errors
/// When the database cannot be used.
pub async fn receipt(app: &App, id: RequestId) -> Result<Option<Receipt>> {
    let mut conn = app.db.acquire().await?;
    let row = on!(&mut conn, c => sqlx::query_as::<_, (String, i64)>(RECEIPT).bind(id.0).fetch_optional(c).await)?;
    Ok(row.and_then(|(kind, due)| {
        Some(Receipt {
            id,
            kind: RequestKind::from_id(&kind)?,
            due: Timestamp(due),
        })
    }))
}

const CLOSED: &str = "SELECT id FROM privacy_requests WHERE closed_at <= $1 ORDER BY id LIMIT 500";
const DELETE: &str = "DELETE FROM privacy_requests WHERE id = $1";

// Whoever objects to keeping closed requests loses them once the answer has left.
const OBJECTED: &str = "SELECT id FROM privacy_requests WHERE closed_at IS NOT NULL \
     AND user_id IN (SELECT user_id FROM processing_limits WHERE kind = 'object_requests' AND lifted_at IS NULL) \
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE owner_id = privacy_requests.id AND state = 'queued') LIMIT 500";

/// Erases requests that were closed long enough ago, with their keys and mails. Answers how many.
///
/// # Errors
/// When a database cannot be used; what was erased before stays erased.
pub async fn purge(app: &App) -> Result<u64> {
    let before = app.clock.now().minus(CLOSED_REQUEST_RETENTION_DAYS * DAY_MS);
    let mut conn = app.db.acquire().await?;
    let mut ids = list_closed(&mut conn, before).await?;
    ids.extend(on!(&mut conn, c => sqlx::query_scalar::<_, Uuid>(OBJECTED).fetch_all(c).await)?);
    drop(conn);
    let mut erased = 0;
    for id in ids {
        // The key first: without it the row is unreadable whatever happens next.
        app.keys.destroy_data_key(id).await?;
        let mut conn = app.db.begin().await?;
        outbox::erase(&mut conn, app, id).await?;
        erased += execute!(&mut conn, DELETE, id)?;
        conn.commit().await?;
    }
    Ok(erased)
}

async fn list_closed(conn: &mut Conn, before: Timestamp) -> db::Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(CLOSED).bind(before.0).fetch_all(c).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_the_random_end_of_the_id() {
        let id = RequestId(Uuid::parse_str("01a1fd29-df38-71f9-ba3f-76319399c72f").unwrap());
        assert_eq!(reference(id), "7631-9399-C72F");
    }
}
