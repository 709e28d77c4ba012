//! A mail to a person of whom another feature knows only the id.

use super::error::Result;
use super::{limits, users};
use crate::domain::ids::UserId;
use crate::domain::mail::Letter;
use crate::domain::privacy::rights::Limit;
use crate::features::App;
use crate::features::outbox::{self, Mail};
use crate::infra::db::Conn;

/// What is to be sent. `dedupe` holds ids, never an address; the same one is never queued twice.
#[derive(Clone, Debug)]
pub struct Notification {
    pub kind: &'static str,
    pub dedupe: String,
}

/// The kind of mails that stop when a person restricts them: nobody's safety depends on these.
const BUDGET_ALERT: &str = "budget_alert";

/// Queues a mail to the address of an account, in the caller's transaction. `write` gets the
/// person's name. A budget alert of somebody who restricted them is not queued.
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
    if notification.kind == BUDGET_ALERT && is_restricted(conn, user).await? {
        return Ok(());
    }
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

async fn is_restricted(conn: &mut Conn, user: UserId) -> Result<bool> {
    Ok(limits::is_live(conn, user, Limit::Mails).await? || limits::is_live(conn, user, Limit::Everything).await?)
}
