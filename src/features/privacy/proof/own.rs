//! The same probes on the rows of the person who looks: shown to nobody else, and never cached.

use super::ages::age_words;
use crate::domain::ids::UserId;
use crate::domain::privacy::clauses::Probe;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::on;

/// What was found of this person, by probe.
pub type Own = Vec<(Probe, String)>;

const OLDEST_USAGE: &str = "SELECT MIN(started_at) FROM llm_calls WHERE user_id = $1";
const OLDEST_SESSION: &str = "SELECT MIN(last_seen_at) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL";
const OLDEST_ADDRESS: &str = "SELECT MIN(at) FROM security_events WHERE user_id = $1 AND ip IS NOT NULL";
const KEYS: &str = "SELECT COUNT(*) FROM provider_keys WHERE user_id = $1";
const OPEN_REQUESTS: &str = "SELECT COUNT(*) FROM privacy_requests WHERE user_id = $1 AND closed_at IS NULL";
const HASH: &str = "SELECT substr(password_hash, 1, 7) FROM users WHERE id = $1";
const NAME: &str = "SELECT CAST(length(name) AS BIGINT) FROM users WHERE id = $1";
const ACCEPTED: &str = "SELECT MAX(version) FROM policy_acceptances WHERE user_id = $1";

/// Reads the person's own rows.
///
/// # Errors
/// When the database cannot be read.
pub async fn own(app: &App, user: UserId) -> db::Result<Own> {
    let (now, mut conn) = (app.clock.now(), app.db.acquire().await?);
    let conn = &mut conn;
    let mut own = Own::new();
    for (probe, sql, what) in [
        (Probe::OldestUsage, OLDEST_USAGE, "your oldest usage row"),
        (Probe::OldestSession, OLDEST_SESSION, "your longest unused session"),
        (Probe::OldestAddress, OLDEST_ADDRESS, "your oldest stored IP address"),
    ] {
        let at = time(conn, sql, user).await?;
        let age = at.map_or_else(|| "none".to_owned(), |at| age_words(at, now));
        own.push((probe, format!("{what}: {age}")));
    }
    let keys = count(conn, KEYS, user).await?;
    own.push((Probe::KeySeals, format!("your sealed provider keys: {keys}")));
    let open = count(conn, OPEN_REQUESTS, user).await?;
    own.push((Probe::RequestsDue, format!("your open requests: {open}")));
    let bytes = count(conn, NAME, user).await?;
    own.push((
        Probe::SealedColumns,
        format!("your name is stored as {bytes} sealed bytes"),
    ));
    if let Some(hash) = text(conn, HASH, user).await? {
        own.push((Probe::PasswordHashes, format!("your hash begins {hash}")));
    }
    if let Some(version) = text(conn, ACCEPTED, user).await? {
        own.push((Probe::Acceptances, format!("you accepted the version of {version}")));
    }
    Ok(own)
}

async fn time(conn: &mut Conn, sql: &'static str, user: UserId) -> db::Result<Option<Timestamp>> {
    let found = on!(conn, c => sqlx::query_scalar::<_, Option<i64>>(sql).bind(user.0).fetch_one(c).await)?;
    Ok(found.map(Timestamp))
}

async fn count(conn: &mut Conn, sql: &'static str, user: UserId) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).fetch_one(c).await)
}

async fn text(conn: &mut Conn, sql: &'static str, user: UserId) -> db::Result<Option<String>> {
    on!(conn, c => sqlx::query_scalar::<_, Option<String>>(sql).bind(user.0).fetch_one(c).await)
}
