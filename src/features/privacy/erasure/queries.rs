//! SQL of the table `erasures`.

use crate::domain::ids::UserId;
use crate::domain::privacy::erasure::{Counts, Reason, Receipt, State};
use crate::domain::timestamp::Timestamp;
use crate::infra::crypto::open_erasures::OpenErasure;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use uuid::Uuid;

crate::row! {
    struct Row {
        receipt: Uuid,
        user_id: Option<Uuid>,
        state: String,
        reason: String,
        asked_at: i64,
        began_at: Option<i64>,
        due_at: i64,
        ended_at: Option<i64>,
        counts: String,
    }
}

impl Row {
    /// A word that this version does not know reads as an erasure that runs: it promises nothing.
    fn receipt(self) -> Receipt {
        Receipt {
            id: self.receipt,
            state: State::parse(&self.state).unwrap_or(State::Erasing),
            reason: Reason::parse(&self.reason).unwrap_or(Reason::Request),
            asked_at: Timestamp(self.asked_at),
            began_at: self.began_at.map(Timestamp),
            due_at: Timestamp(self.due_at),
            ended_at: self.ended_at.map(Timestamp),
            counts: serde_json::from_str(&self.counts).unwrap_or_default(),
        }
    }
}

/// Counts as they stand in the table and in the ledger.
pub(super) fn to_json(counts: &Counts) -> String {
    serde_json::to_string(counts).unwrap_or_else(|_| "{}".to_owned())
}

const FIND: &str = "SELECT receipt, user_id, state, reason, asked_at, began_at, due_at, ended_at, counts \
     FROM erasures WHERE receipt = $1";

pub(super) async fn find(conn: &mut Conn, receipt: Uuid) -> db::Result<Option<Receipt>> {
    let row = on!(conn, c => sqlx::query_as::<_, Row>(FIND).bind(receipt).fetch_optional(c).await)?;
    Ok(row.map(Row::receipt))
}

const FIND_OPEN: &str = "SELECT receipt, user_id, state, reason, asked_at, began_at, due_at, ended_at, counts \
     FROM erasures WHERE user_id = $1";

/// The open erasure of an account.
pub(super) async fn find_open(conn: &mut Conn, user: UserId) -> db::Result<Option<Receipt>> {
    let row = on!(conn, c => sqlx::query_as::<_, Row>(FIND_OPEN).bind(user.0).fetch_optional(c).await)?;
    Ok(row.map(Row::receipt))
}

const OPEN: &str = "SELECT receipt, user_id, state, reason, asked_at, began_at, due_at, ended_at, counts FROM erasures \
     WHERE user_id IS NOT NULL AND state IN ('waiting', 'pending', 'erasing') ORDER BY asked_at";

/// Every erasure that is not over, with its account.
pub(super) async fn list_open(conn: &mut Conn) -> db::Result<Vec<(UserId, Receipt)>> {
    let rows = on!(conn, c => sqlx::query_as::<_, Row>(OPEN).fetch_all(c).await)?;
    let receipts = rows
        .into_iter()
        .filter_map(|row| Some((UserId(row.user_id?), row.receipt())));
    Ok(receipts.collect())
}

const CALL_OFF: &str = "UPDATE erasures SET state = 'cancelled', ended_at = $2, user_id = NULL, is_mail_over = TRUE \
     WHERE receipt = $1 AND state IN ('waiting', 'pending')";

/// Calls one off that had been called off in time, whatever the time is now; whether it was open.
pub(super) async fn call_off(conn: &mut Conn, receipt: Uuid, at: Timestamp) -> db::Result<bool> {
    Ok(execute!(conn, CALL_OFF, receipt, at.0)? == 1)
}

const INSERT: &str = "INSERT INTO erasures (receipt, user_id, state, reason, asked_at, began_at, due_at, counts) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id) DO NOTHING";

/// Writes a new erasure down; false where the account has an open one already.
pub(super) async fn insert(conn: &mut Conn, user: UserId, new: &Receipt) -> db::Result<bool> {
    let inserted = execute!(
        conn,
        INSERT,
        new.id,
        user.0,
        new.state.as_str(),
        new.reason.as_str(),
        new.asked_at.0,
        new.began_at.map(|at| at.0),
        new.due_at.0,
        to_json(&new.counts),
    )?;
    Ok(inserted == 1)
}

const BEGIN: &str = "UPDATE erasures SET state = 'pending', reason = $2, began_at = $3, due_at = $4, counts = $5 \
     WHERE receipt = $1 AND state = 'waiting'";

/// A waiting erasure deletes the keys now; false where it waits no more.
pub(super) async fn begin(conn: &mut Conn, receipt: &Receipt) -> db::Result<bool> {
    let began = receipt.began_at.map(|at| at.0);
    let counts = to_json(&receipt.counts);
    let reason = receipt.reason.as_str();
    Ok(execute!(conn, BEGIN, receipt.id, reason, began, receipt.due_at.0, counts)? == 1)
}

const HURRY: &str = "UPDATE erasures SET due_at = $2 WHERE receipt = $1 AND state = 'pending' AND due_at > $2";

/// Brings the date forward.
pub(super) async fn hurry(conn: &mut Conn, receipt: Uuid, now: Timestamp) -> db::Result<u64> {
    execute!(conn, HURRY, receipt, now.0)
}

const CANCEL: &str = "UPDATE erasures SET state = 'cancelled', ended_at = $2, user_id = NULL, is_mail_over = TRUE \
     WHERE receipt = $1 AND state IN ('waiting', 'pending') AND due_at > $2 RETURNING state";

/// Calls it off, if it is in time.
pub(super) async fn cancel(conn: &mut Conn, receipt: Uuid, now: Timestamp) -> db::Result<bool> {
    let found = on!(conn, c => sqlx::query_scalar::<_, String>(CANCEL)
        .bind(receipt)
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    Ok(found.is_some())
}

const START: &str = "UPDATE erasures SET state = 'erasing' WHERE receipt = $1 AND state = 'pending'";

/// There is no way back from here; whether it was pending until now.
pub(super) async fn start(conn: &mut Conn, receipt: Uuid) -> db::Result<bool> {
    Ok(execute!(conn, START, receipt)? == 1)
}

const RUNNING: &str = "SELECT user_id FROM erasures WHERE receipt = $1 AND state = 'erasing'";

/// Whose erasure runs under this receipt.
pub(super) async fn running(conn: &mut Conn, receipt: Uuid) -> db::Result<Option<UserId>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Option<Uuid>>(RUNNING).bind(receipt).fetch_optional(c).await)?;
    Ok(found.flatten().map(UserId))
}

const OWNER: &str = "SELECT user_id FROM erasures WHERE receipt = $1 AND state IN ('waiting', 'pending')";

/// Whose account a receipt that can still be called off belongs to.
pub(super) async fn owner(conn: &mut Conn, receipt: Uuid) -> db::Result<Option<UserId>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Option<Uuid>>(OWNER).bind(receipt).fetch_optional(c).await)?;
    Ok(found.flatten().map(UserId))
}

const SET_COUNTS: &str = "UPDATE erasures SET counts = $2 WHERE receipt = $1 AND state = 'erasing'";

pub(super) async fn set_counts(conn: &mut Conn, receipt: Uuid, counts: &Counts) -> db::Result<u64> {
    execute!(conn, SET_COUNTS, receipt, to_json(counts))
}

const END: &str = "UPDATE erasures SET state = 'erased', ended_at = $2, document = $3, user_id = NULL \
     WHERE receipt = $1 AND state = 'erasing'";

/// It is done, and from here on nothing tells whose it was; false where another process was faster.
pub(super) async fn end(conn: &mut Conn, receipt: Uuid, at: Timestamp, document: &str) -> db::Result<bool> {
    Ok(execute!(conn, END, receipt, at.0, document)? == 1)
}

const DOCUMENT: &str = "SELECT document FROM erasures WHERE receipt = $1";

pub(super) async fn document(conn: &mut Conn, receipt: Uuid) -> db::Result<Option<String>> {
    let found =
        on!(conn, c => sqlx::query_scalar::<_, Option<String>>(DOCUMENT).bind(receipt).fetch_optional(c).await)?;
    Ok(found.flatten())
}

const DUE: &str = "SELECT receipt, user_id FROM erasures WHERE user_id IS NOT NULL \
     AND ((state = $1 AND due_at <= $2) OR (state = 'erasing' AND $1 = 'pending')) ORDER BY due_at LIMIT 200";

/// Erasures in this state whose time has come; with `Pending` also those that were broken off.
pub(super) async fn list_due(conn: &mut Conn, state: State, now: Timestamp) -> db::Result<Vec<(Uuid, UserId)>> {
    let rows = on!(conn, c => sqlx::query_as::<_, (Uuid, Uuid)>(DUE)
        .bind(state.as_str())
        .bind(now.0)
        .fetch_all(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|(receipt, user)| (receipt, UserId(user)))
        .collect())
}

const RECENT: &str = "SELECT user_id FROM erasures \
     WHERE user_id IS NOT NULL AND state IN ('pending', 'erasing') AND began_at > $1";

/// Accounts that began to close since this moment.
pub(super) async fn list_closing(conn: &mut Conn, since: Timestamp) -> db::Result<Vec<UserId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(RECENT).bind(since.0).fetch_all(c).await)?;
    Ok(ids.into_iter().map(UserId).collect())
}

const REANCHOR: &str = "UPDATE erasures SET asked_at = $1, began_at = CASE WHEN began_at IS NULL THEN NULL ELSE $1 END, \
     due_at = $1 + (due_at - COALESCE(began_at, asked_at)) \
     WHERE state IN ('waiting', 'pending') AND COALESCE(began_at, asked_at) > $2";

/// Erasures that were asked for in the future: the clock was wrong then. They count from now.
pub(super) async fn reanchor(conn: &mut Conn, now: Timestamp, after: Timestamp) -> db::Result<u64> {
    execute!(conn, REANCHOR, now.0, after.0)
}

const MAIL_OVER: &str = "SELECT receipt FROM erasures WHERE state = 'erased' AND is_mail_over = FALSE \
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.owner_id = erasures.receipt AND outbox.state = 'queued') \
     LIMIT 200";

/// Receipts of finished erasures whose mail has left or was given up.
pub(super) async fn list_mail_over(conn: &mut Conn) -> db::Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(MAIL_OVER).fetch_all(c).await)
}

const SET_MAIL_OVER: &str = "UPDATE erasures SET is_mail_over = TRUE WHERE receipt = $1";

pub(super) async fn set_mail_over(conn: &mut Conn, receipt: Uuid) -> db::Result<u64> {
    execute!(conn, SET_MAIL_OVER, receipt)
}

const RESTORE: &str = "INSERT INTO erasures (receipt, user_id, state, reason, asked_at, began_at, due_at, counts) \
     VALUES ($1, $2, 'erasing', 'request', $3, $3, $3, $4) \
     ON CONFLICT (receipt) DO UPDATE SET user_id = excluded.user_id, state = 'erasing', counts = excluded.counts";
const UNLINK: &str = "UPDATE erasures SET user_id = NULL, state = 'cancelled', ended_at = $3 \
     WHERE user_id = $1 AND receipt <> $2";

/// Puts the erasure of a ledger line back where a restored backup does not know it (any more).
pub(super) async fn restore(
    conn: &mut Conn,
    receipt: Uuid,
    user: UserId,
    at: Timestamp,
    counts: &str,
) -> db::Result<()> {
    execute!(conn, UNLINK, user.0, receipt, at.0)?;
    execute!(conn, RESTORE, receipt, user.0, at.0, counts)?;
    Ok(())
}

const PUT_BACK: &str = "INSERT INTO erasures (receipt, user_id, state, reason, asked_at, began_at, due_at, counts) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
     ON CONFLICT (receipt) DO UPDATE SET state = excluded.state, reason = excluded.reason, \
     began_at = excluded.began_at, due_at = excluded.due_at, counts = excluded.counts";

/// Puts an open erasure back that a restored backup does not know, or not as far as it had come.
pub(super) async fn put_back(
    conn: &mut Conn,
    user: UserId,
    state: State,
    (note, counts): (&OpenErasure, &Counts),
) -> db::Result<()> {
    execute!(conn, UNLINK, user.0, note.receipt, note.asked_at)?;
    execute!(
        conn,
        PUT_BACK,
        note.receipt,
        user.0,
        state.as_str(),
        note.reason.clone(),
        note.asked_at,
        note.began_at,
        note.due_at,
        to_json(counts),
    )?;
    Ok(())
}
