//! The public keys of this server's signatures, published for whoever checks a receipt or an export.
//!
//! The signing key comes from the root secret and stays the same when master keys rotate. Should a
//! server ever go on with another root secret, the old public key stays in the table, retired.

use super::error::Result;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::crypto::PublicKey;
use crate::{execute, on};

/// One public key with the time in which it signed.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pub key: PublicKey,
    pub since: Timestamp,
    pub retired_at: Option<Timestamp>,
}

crate::row! {
    struct Row {
        public_key: Vec<u8>,
        since: i64,
        retired_at: Option<i64>,
    }
}

const LIST: &str = "SELECT public_key, since, retired_at FROM signing_keys ORDER BY since DESC, id";
const INSERT: &str = "INSERT INTO signing_keys (id, public_key, since) VALUES ($1, $2, $3) \
     ON CONFLICT (id) DO UPDATE SET retired_at = NULL";
const RETIRE: &str = "UPDATE signing_keys SET retired_at = $2 WHERE id <> $1 AND retired_at IS NULL";

/// Every key under which this server signs or signed, the current one first. Notes the current one
/// the first time.
///
/// # Errors
/// When the database cannot be used.
pub async fn published(app: &App) -> Result<Vec<SigningKey>> {
    let current = app.keys.verifying_key();
    let mut keys = list(app).await?;
    if !keys
        .iter()
        .any(|known| known.key == current && known.retired_at.is_none())
    {
        note(app, current).await?;
        keys = list(app).await?;
    }
    keys.sort_by_key(|known| (known.key != current, -known.since.0));
    Ok(keys)
}

async fn list(app: &App) -> Result<Vec<SigningKey>> {
    let mut conn = app.db.acquire().await?;
    let rows = on!(&mut conn, c => sqlx::query_as::<_, Row>(LIST).fetch_all(c).await)?;
    let keys = rows.into_iter().filter_map(|row| {
        Some(SigningKey {
            key: PublicKey::from_bytes(row.public_key.try_into().ok()?),
            since: Timestamp(row.since),
            retired_at: row.retired_at.map(Timestamp),
        })
    });
    Ok(keys.collect())
}

async fn note(app: &App, key: PublicKey) -> Result<()> {
    let now = app.clock.now().0;
    let mut conn = app.db.begin().await?;
    execute!(&mut conn, INSERT, key.id(), key.bytes().to_vec(), now)?;
    execute!(&mut conn, RETIRE, key.id(), now)?;
    Ok(conn.commit().await?)
}
