//! A mail to a person of whom another feature knows only the id.

use super::error::Result;
use super::users;
use crate::domain::ids::UserId;
use crate::domain::mail::Letter;
use crate::features::App;
use crate::features::outbox::{self, Mail};
use crate::infra::db::Conn;

/// What is to be sent. `dedupe` holds ids, never an address; the same one is never queued twice.
#[derive(Clone, Debug)]
pub struct Notification {
    pub kind: &'static str,
    pub dedupe: String,
}

/// Queues a mail to the address of an account, in the caller's transaction. `write` gets the
/// person's name.
///
/// # Errors
/// When the account or its data key is gone, or the database refuses.
pub async fn notify(
    conn: &mut Conn,
    app: &App,
    user: UserId,
    notification: Notification,
    write: impl FnOnce(&str) -> Letter + Send,
) -> Result<()> {
    let key = app.keys.data_key(user.0).await?;
    let person = users::profile(conn, user, &key).await?;
    let mail = Mail {
        owner: user.0,
        to: &person.email,
        kind: notification.kind,
        letter: write(&person.name),
        dedupe: notification.dedupe,
    };
    Ok(outbox::enqueue(conn, app, mail).await?)
}
