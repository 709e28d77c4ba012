//! What an operator may look up about an account: metadata. Each look lands in the account's security log.

use super::error::Result;
use crate::domain::accounts::{Email, SecurityEventKind};
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::USAGE_RETENTION_DAYS;
use crate::domain::timestamp::DAY_MS;
use crate::features::App;
use crate::features::accounts::security_log::{self, SecurityEvent};
use crate::infra::db::Conn;
use crate::on;
use uuid::Uuid;

/// Why there is nothing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Absent {
    #[error("that is not an address like name@example.org")]
    Shape,
    #[error("there is no account with that address")]
    Account,
}

const FIND: &str = "SELECT id FROM users WHERE email_index = $1";
const FIND_CONFIRMED: &str = "SELECT id FROM users WHERE email_index = $1 AND state <> 'unverified'";

async fn find_by(app: &App, email: &str, sql: &'static str) -> Result<Result<UserId, Absent>> {
    let Ok(email) = Email::parse(email) else {
        return Ok(Err(Absent::Shape));
    };
    let index = app.keys.email_index(&email.normalised()).to_vec();
    let mut conn = app.db.acquire().await?;
    let found = on!(&mut conn, c => sqlx::query_scalar::<_, Uuid>(sql).bind(index).fetch_optional(c).await)?;
    Ok(found.map(UserId).ok_or(Absent::Account))
}

/// The account with this confirmed address.
///
/// # Errors
/// When the database cannot be read. An address without one is the inner error.
pub async fn find(app: &App, email: &str) -> Result<Result<UserId, Absent>> {
    find_by(app, email, FIND_CONFIRMED).await
}

/// As [`find`], also where the address was never confirmed: for deletions.
///
/// # Errors
/// As [`find`].
pub async fn find_any(app: &App, email: &str) -> Result<Result<UserId, Absent>> {
    find_by(app, email, FIND).await
}

crate::row! {
    /// Metadata of an account: counts and times, nothing that anybody wrote.
    #[derive(Clone, Debug)]
    pub struct Facts {
        pub id: Uuid,
        pub state: String,
        pub created_at: i64,
        pub verified_at: Option<i64>,
        pub totp_enabled_at: Option<i64>,
        pub frozen_at: Option<i64>,
        pub sessions: i64,
        pub last_seen_at: Option<i64>,
        pub provider_keys: i64,
        /// Of the time for which they are kept.
        pub calls: i64,
        pub consents: i64,
        pub requests: i64,
    }
}

const FACTS: &str = "SELECT id, state, created_at, verified_at, totp_enabled_at, frozen_at, \
     (SELECT COUNT(*) FROM sessions s WHERE s.user_id = users.id AND s.revoked_at IS NULL) AS sessions, \
     (SELECT MAX(last_seen_at) FROM sessions s WHERE s.user_id = users.id) AS last_seen_at, \
     (SELECT COUNT(*) FROM provider_keys k WHERE k.user_id = users.id) AS provider_keys, \
     (SELECT COUNT(*) FROM llm_calls c WHERE c.user_id = users.id AND c.started_at > $2) AS calls, \
     (SELECT COUNT(*) FROM consents c WHERE c.user_id = users.id AND c.withdrawn_at IS NULL) AS consents, \
     (SELECT COUNT(*) FROM privacy_requests r WHERE r.user_id = users.id AND r.closed_at IS NULL) AS requests \
     FROM users WHERE id = $1";

/// Looks at an account; the look is written into its log in the same transaction.
///
/// # Errors
/// When a database cannot be used; nothing is shown then.
pub async fn show(app: &App, email: &str) -> Result<Result<Facts, Absent>> {
    let user = match find(app, email).await? {
        Ok(user) => user,
        Err(absent) => return Ok(Err(absent)),
    };
    let mut conn = app.db.begin().await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::OperatorRead,
        caller: None,
        note: "Account metadata",
    };
    security_log::record(&mut conn, app, user, event).await?;
    let facts = facts(&mut conn, app, user).await?;
    conn.commit().await?;
    Ok(Ok(facts))
}

async fn facts(conn: &mut Conn, app: &App, user: UserId) -> Result<Facts> {
    let since = app.clock.now().minus(USAGE_RETENTION_DAYS * DAY_MS).0;
    Ok(on!(conn, c => sqlx::query_as::<_, Facts>(FACTS).bind(user.0).bind(since).fetch_one(c).await)?)
}
