//! The outbox: a mail is a row, written in the same transaction as the change it tells about.
//!
//! ```text
//! queued ──leased──► handed to the transport ──► sent       (content dropped)
//!   ↑                   │ not now
//!   └──── backoff ──────┘ never, or too often ──► failed     (content dropped, visible to the operator)
//! ```
//!
//! The content is sealed under its owner's key, so a mail dies with the account. Each row has one
//! Message-ID for all attempts: a mail that is delivered twice shows once. No address is ever logged.

mod deliver;
mod queries;

pub use deliver::{backlog, deliver_due, purge, run};

use crate::domain::ids::{ConsentId, MailId};
use crate::domain::mail::Letter;
use crate::features::App;
use crate::infra::crypto::{KeysError, Place, SealError};
use crate::infra::db::{self, Conn};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A mail to be sent.
pub struct Mail<'a> {
    /// Whose data key seals it: a user's id or a contact request's.
    pub owner: Uuid,
    /// One address, checked.
    pub to: &'a str,
    /// What kind of mail it is, for the operator's eyes: `verify`, `budget_alert`.
    pub kind: &'static str,
    pub letter: Letter,
    /// The same key is never queued twice. Holds ids, never an address.
    pub dedupe: String,
}

/// Why a mail was not queued.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the mail could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// What is sealed in a row.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Content {
    to: String,
    subject: String,
    body: String,
}

/// Queues a mail in the caller's transaction. It leaves soon after the commit. A mail whose
/// `dedupe` was used before is not queued again.
///
/// # Errors
/// When the owner has no data key or the database refuses.
pub async fn enqueue(conn: &mut Conn, app: &App, mail: Mail<'_>) -> Result<(), Error> {
    insert(conn, app, mail, None).await?;
    Ok(())
}

/// As [`enqueue`], for a mail that needs the reader's consent: its `kind` is the consent's. The database refuses
/// it unless the consent is live and the reader's own, and takes it back when the consent ends. Whether it was
/// queued: a mail whose `dedupe` was used before is not.
///
/// # Errors
/// When there is no live consent, the owner has no data key or the database refuses.
pub async fn enqueue_with_consent(
    conn: &mut Conn,
    app: &App,
    mail: Mail<'_>,
    consent: ConsentId,
) -> Result<bool, Error> {
    insert(conn, app, mail, Some(consent)).await
}

async fn insert(conn: &mut Conn, app: &App, mail: Mail<'_>, consent: Option<ConsentId>) -> Result<bool, Error> {
    let id = MailId(app.clock.new_id());
    let key = app.keys.data_key(mail.owner).await?;
    let content = Content {
        to: mail.to.to_owned(),
        subject: mail.letter.subject.clone(),
        body: mail.letter.body.clone(),
    };
    let json = Zeroizing::new(serde_json::to_vec(&content)?);
    let sealed = key.seal(place(id, mail.owner), &json)?;
    let queued = queries::insert(conn, (id, app.clock.now()), &mail, sealed, consent).await?;
    app.outbox.ring();
    Ok(queued > 0)
}

/// Takes back every mail of an owner that is not sent yet and deletes what the file transport kept.
///
/// # Errors
/// When the database refuses or a file cannot be deleted.
pub async fn erase(conn: &mut Conn, app: &App, owner: Uuid) -> Result<u64, EraseError> {
    // The rows first: a delivery under way waits for this transaction, finds its row gone, and takes
    // back the file that it has just written.
    let ids = queries::delete_of_owner(conn, owner).await?;
    for id in &ids {
        app.mailer.forget(*id).await?;
    }
    Ok(ids.len() as u64)
}

/// Takes back every mail that waits, whoever it is for: after a restore nobody knows which have left.
///
/// # Errors
/// When the database refuses.
pub async fn drop_waiting(conn: &mut Conn) -> db::Result<u64> {
    queries::delete_waiting(conn).await
}

/// Why an owner's mails were not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("a mail file could not be deleted: {0}")]
    File(#[from] std::io::Error),
}

const fn place(id: MailId, owner: Uuid) -> Place {
    Place {
        table: "outbox",
        column: "content",
        row: id.0,
        owner,
    }
}

/// Wakes the delivery when a mail was queued.
#[derive(Debug, Default)]
pub struct Doorbell(tokio::sync::Notify);

impl Doorbell {
    fn ring(&self) {
        self.0.notify_one();
    }
}
