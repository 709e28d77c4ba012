//! News by mail: to everybody whose consent is live at this moment, each mail tied to that consent.

use super::error::Result;
use crate::domain::accounts::ConsentKind;
use crate::domain::ids::UserId;
use crate::domain::mail::Letter;
use crate::features::App;
use crate::features::accounts;
use crate::features::accounts::{consents, profile, tokens};
use crate::features::outbox::{self, Mail};
use crate::infra::crypto::KeysError;

/// Queues one mail per reader; answers how many. A name that was sent before is not sent again to anybody.
///
/// # Errors
/// When a database cannot be used; what was queued until then stays queued.
pub async fn send(app: &App, kind: ConsentKind, name: &str, (subject, text): (&str, &str)) -> Result<u64> {
    let readers = consents::list_live(&mut app.db.acquire().await?, kind).await?;
    let stop = tokens::link(app, "/settings/privacy/rights");
    let mut queued = 0;
    for user in readers {
        let person = match profile::profile(app, user).await {
            Err(accounts::Error::Keys(KeysError::Gone)) => continue,
            page => page?.profile,
        };
        let letter = Letter {
            subject: subject.to_owned(),
            body: format!(
                "{text}\n\n--\nSpectr\nYou get this because you agreed to it. Withdraw that at any time:\n\n{stop}\n"
            ),
        };
        queued += u64::from(enqueue(app, kind, user, (&person.email, name), letter).await?);
    }
    Ok(queued)
}

/// Whether it was queued: the consent is still there in the transaction that queues, and nothing of this name
/// was queued before.
async fn enqueue(app: &App, kind: ConsentKind, user: UserId, (to, name): (&str, &str), letter: Letter) -> Result<bool> {
    let mut conn = app.db.begin().await?;
    let Some(consent) = consents::find_live(&mut conn, user, kind).await? else {
        return Ok(false);
    };
    let mail = Mail {
        owner: user.0,
        to,
        kind: kind.id(),
        letter,
        dedupe: format!("{}:{name}:{user}", kind.id()),
    };
    let queued = outbox::enqueue_with_consent(&mut conn, app, mail, consent).await?;
    conn.commit().await?;
    Ok(queued)
}
