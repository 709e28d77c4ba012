//! Asking for an erasure: everything that has to happen at once, in one transaction.

use super::{open, queries, rows, run};
use crate::domain::accounts::{AccountState, SecurityEventKind};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::mail::Letter;
use crate::domain::privacy::erasure::{Counts, Reason, Receipt, State, When};
use crate::domain::privacy::erasure_letters as letters;
use crate::domain::problem::Code;
use crate::domain::timestamp::Timestamp;
use crate::features::accounts::security_log::{self, Caller, SecurityEvent};
use crate::features::accounts::{ProfileView, alarm, closing, profile, tokens};
use crate::features::outbox::{self, Mail};
use crate::features::privacy::error::{Error, Result};
use crate::features::{App, accounts, engine};
use crate::infra::crypto::{KeysError, random};
use crate::infra::db::Conn;
use std::time::Duration;
use uuid::Uuid;

/// How long the answer to "erase now" waits for the end; a large account goes on behind it.
const ANSWER: Duration = Duration::from_secs(3);

/// The receipt, and whether the account is still there to be signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub receipt: Uuid,
    pub is_final: bool,
}

/// Who asks, and for when.
pub(super) struct Ask<'a> {
    pub user: UserId,
    pub reason: Reason,
    pub when: When,
    /// The session in front of which the person sits: it stays, so that the deletion can be called off.
    pub keep: Option<SessionId>,
    pub caller: Option<&'a Caller>,
}

/// Asks for the erasure of an account whose owner has just proved who he is. Asked twice, the second
/// time answers the first one's receipt; `now` brings the date of an open one forward.
///
/// # Errors
/// When a database cannot be used; nothing has happened then.
pub async fn ask(app: &App, caller: &Caller, user: UserId, session: SessionId, when: When) -> Result<Asked> {
    alarm::require_unfrozen_id(&mut app.db.acquire().await?, user).await?;
    let ask = Ask {
        user,
        reason: Reason::Settings,
        when,
        keep: Some(session),
        caller: Some(caller),
    };
    begin_and_run(app, &ask).await
}

/// The operator's way, for people who asked by mail or in another way, and (`fast`) without the days
/// in which it can be called off: for children, for sign-ups that were never confirmed, and for whoever
/// asks for it.
///
/// # Errors
/// [`Error::NoAccount`] where there is none, or a database cannot be used.
pub async fn by_operator(app: &App, user: UserId, reason: Reason, fast: bool) -> Result<Uuid> {
    let state = closing::state(&mut app.db.acquire().await?, user).await?;
    let fast = fast || reason == Reason::Child || state == Some(AccountState::Unverified);
    let ask = Ask {
        user,
        reason,
        when: if fast { When::Now } else { When::Grace },
        keep: None,
        caller: None,
    };
    let receipt = begin(app, &ask).await?;
    if fast {
        run::finish(app, receipt).await?;
    }
    Ok(receipt)
}

async fn begin_and_run(app: &App, ask: &Ask<'_>) -> Result<Asked> {
    let receipt = begin(app, ask).await?;
    if ask.when == When::Grace {
        return Ok(Asked {
            receipt,
            is_final: false,
        });
    }
    let task = app.clone();
    let running = app.background.spawn(async move {
        if let Err(error) = run::finish(&task, receipt).await {
            tracing::warn!(%error, %receipt, "an erasure was broken off; the job goes on with it");
        }
    });
    // Whether it ends in time or not: the receipt tells.
    tokio::time::timeout(ANSWER, running).await.ok();
    Ok(Asked {
        receipt,
        is_final: true,
    })
}

/// The transaction of the request; answers the receipt of the account's one open erasure.
///
/// # Errors
/// [`Error::NoAccount`] where there is none, or a database cannot be used.
pub(super) async fn begin(app: &App, ask: &Ask<'_>) -> Result<Uuid> {
    let person = profile::profile(app, ask.user).await;
    let person = person.map_err(|error| too_late(error.into()))?.profile;
    let id = random_id()?;
    let begun = write(app, ask, id, &person).await;
    let receipt = match begun {
        Ok(receipt) => receipt,
        Err(error) => {
            forget_key(app, id).await;
            return Err(too_late(error));
        }
    };
    if receipt != id {
        forget_key(app, id).await;
    }
    engine::stop_all_of(app, ask.user, Code::AccountPending);
    open::note(app).await;
    Ok(receipt)
}

/// A key that is gone means that another request's erasure came to its end meanwhile.
fn too_late(error: Error) -> Error {
    match error {
        Error::Keys(KeysError::Gone) | Error::Accounts(accounts::Error::Keys(KeysError::Gone)) => Error::NoAccount,
        other => other,
    }
}

async fn forget_key(app: &App, receipt: Uuid) {
    if let Err(error) = app.keys.destroy_data_key(receipt).await {
        tracing::warn!(%error, "the key of a mail that was not queued stays");
    }
}

async fn write(app: &App, ask: &Ask<'_>, id: Uuid, person: &ProfileView) -> Result<Uuid> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    let open = queries::find_open(&mut conn, ask.user).await?;
    let waiting = match open {
        Some(open) if open.state == State::Waiting => Some(open),
        Some(open) => {
            if ask.when == When::Now {
                queries::hurry(&mut conn, open.id, now).await?;
                conn.commit().await?;
            }
            return Ok(open.id);
        }
        None => None,
    };
    let was_active = closing::suspend(&mut conn, ask.user, ask.keep, now).await?;
    if !was_active && closing::state(&mut conn, ask.user).await?.is_none() {
        return Err(Error::NoAccount);
    }
    let receipt = Receipt {
        id: waiting.as_ref().map_or(id, |waiting| waiting.id),
        state: State::Pending,
        reason: ask.reason,
        asked_at: waiting.as_ref().map_or(now, |waiting| waiting.asked_at),
        began_at: Some(now),
        due_at: ask.when.due(now),
        ended_at: None,
        counts: rows::delete_at_once(&mut conn, ask.user).await?,
    };
    let is_first = match waiting {
        Some(_) => queries::begin(&mut conn, &receipt).await?,
        None => queries::insert(&mut conn, ask.user, &receipt).await?,
    };
    if !is_first {
        // Another request was faster: its receipt is this one's too.
        drop(conn);
        let mut conn = app.db.acquire().await?;
        let open = queries::find_open(&mut conn, ask.user).await?;
        return open.map(|open| open.id).ok_or(Error::NoAccount);
    }
    log(app, &mut conn, ask.user, ask.caller, SecurityEventKind::ErasureAsked).await?;
    queue(app, &mut conn, &receipt, person, now).await?;
    conn.commit().await?;
    Ok(receipt.id)
}

async fn queue(app: &App, conn: &mut Conn, receipt: &Receipt, person: &ProfileView, now: Timestamp) -> Result<()> {
    let link = receipt_link(app, receipt.id);
    let letter = if receipt.due_at <= now {
        letters::at_once(&person.name, &link)
    } else {
        letters::pending(&person.name, receipt.due_at, &link, &cancel_link(app, receipt.id))
    };
    mail(app, conn, receipt.id, &person.email, letter).await
}

/// Queues a mail under a key of the receipt's own: it may leave after the account's key is gone.
pub(super) async fn mail(app: &App, conn: &mut Conn, receipt: Uuid, to: &str, letter: Letter) -> Result<()> {
    app.keys.create_data_key(receipt).await?;
    let mail = Mail {
        owner: receipt,
        to,
        kind: "erasure",
        letter,
        dedupe: format!("erasure:{}", app.clock.new_id()),
    };
    Ok(outbox::enqueue(conn, app, mail).await?)
}

pub(super) async fn log(
    app: &App,
    conn: &mut Conn,
    user: UserId,
    caller: Option<&Caller>,
    kind: SecurityEventKind,
) -> Result<()> {
    let event = SecurityEvent { kind, caller, note: "" };
    Ok(security_log::record(conn, app, user, event).await?)
}

/// A random UUID: no time in it, so that nobody can guess his way to a receipt.
pub(super) fn random_id() -> Result<Uuid> {
    let bytes: [u8; 16] = random().map_err(|_| Error::Randomness)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

pub(super) fn receipt_link(app: &App, receipt: Uuid) -> String {
    tokens::link(app, &format!("/erasure/{receipt}"))
}

/// The link by which the mailbox calls an erasure off, without signing in.
pub(super) fn cancel_link(app: &App, receipt: Uuid) -> String {
    let token = super::cancel::token(app, receipt);
    tokens::link(app, &format!("/erasure/{receipt}/cancel?token={token}"))
}

/// What was deleted so far and what is there still, added up.
pub(super) fn add(mut counts: Counts, more: Counts) -> Counts {
    for (table, rows) in more {
        *counts.entry(table).or_default() += rows;
    }
    counts
}
