//! The erasure ledger: for each erased account `HMAC(ledger key, user id)`, the receipt's id, time and
//! counts. It stands outside of the main database, twice: in the keystore, which all servers share,
//! and in `erasure.ledger` of the data folder, which survives a keystore that is restored together
//! with the database. Lines are only ever added; the two are kept equal.
//!
//! Whoever has neither the ledger key nor the id of an account learns nothing from a line.

use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::privacy::error::Result;
use crate::infra::crypto::Keys;
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use uuid::Uuid;

crate::row! {
    /// One erased account.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub(super) struct Line {
        /// Of the receipt: random.
        pub id: Uuid,
        #[serde(with = "hex_bytes")]
        pub subject: Vec<u8>,
        pub at: i64,
        /// Rows per table, as JSON.
        pub counts: String,
    }
}

impl Line {
    pub fn at(&self) -> Timestamp {
        Timestamp(self.at)
    }
}

/// Under which an erased account stands in the ledger.
#[must_use]
pub fn subject(keys: &Keys, user: UserId) -> Vec<u8> {
    let key = keys.ledger_key();
    let mut block = zeroize::Zeroizing::new([0_u8; 64]);
    block.iter_mut().zip(key.iter()).for_each(|(to, from)| *to = *from);
    // A key shorter than the block is padded with zeros (RFC 2104).
    let mac = <Hmac<Sha256> as KeyInit>::new(&(*block).into()).chain_update(user.0.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Adds a line to both places. The same line is added once.
///
/// # Errors
/// When one of them cannot be written; nothing may be destroyed then.
pub(super) async fn add(app: &App, line: &Line) -> Result<()> {
    let mut conn = app.keystore.begin().await?;
    let is_new = insert(&mut conn, line).await? == 1;
    conn.commit().await?;
    // A crash between the two is made good by the next [`sync`].
    if is_new {
        append(app, std::slice::from_ref(line)).await?;
    }
    Ok(())
}

/// Every line, by subject, after making both places equal.
///
/// # Errors
/// When one of them cannot be read or written.
pub(super) async fn sync(app: &App) -> Result<BTreeMap<Vec<u8>, Line>> {
    let written = read(app).await?;
    let known: BTreeSet<Uuid> = written.iter().map(|line| line.id).collect();
    let stored = list(&mut app.keystore.acquire().await?).await?;
    let stored_ids: BTreeSet<Uuid> = stored.iter().map(|line| line.id).collect();
    let missing: Vec<&Line> = written.iter().filter(|line| !stored_ids.contains(&line.id)).collect();
    if !missing.is_empty() {
        let mut conn = app.keystore.begin().await?;
        for line in missing {
            insert(&mut conn, line).await?;
        }
        conn.commit().await?;
    }
    let unwritten: Vec<Line> = stored
        .iter()
        .filter(|line| !known.contains(&line.id))
        .cloned()
        .collect();
    if !unwritten.is_empty() {
        append(app, &unwritten).await?;
    }
    let all = written.into_iter().chain(unwritten);
    Ok(all.map(|line| (line.subject.clone(), line)).collect())
}

const INSERT: &str =
    "INSERT INTO erasure_ledger (id, subject, at, counts) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";

async fn insert(conn: &mut Conn, line: &Line) -> db::Result<u64> {
    execute!(
        conn,
        INSERT,
        line.id,
        line.subject.clone(),
        line.at,
        line.counts.clone()
    )
}

const LIST: &str = "SELECT id, subject, at, counts FROM erasure_ledger ORDER BY at, id";

async fn list(conn: &mut Conn) -> db::Result<Vec<Line>> {
    on!(conn, c => sqlx::query_as::<_, Line>(LIST).fetch_all(c).await)
}

fn path(app: &App) -> PathBuf {
    app.config.data_dir.join("erasure.ledger")
}

/// The file's lines; one that was cut off by a crash counts as not written.
async fn read(app: &App) -> Result<Vec<Line>> {
    let text = match tokio::fs::read_to_string(path(app)).await {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut seen = BTreeSet::new();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    Ok(lines.filter(|line| seen.insert(line.id)).collect())
}

/// Appends lines and waits until they are on the disk.
async fn append(app: &App, lines: &[Line]) -> Result<()> {
    let path = path(app);
    // Begins with a line break, so that a line that a crash cut off spoils no other.
    let mut text = String::from("\n");
    for line in lines {
        text.push_str(&serde_json::to_string(line).map_err(std::io::Error::other)?);
        text.push('\n');
    }
    let written = tokio::task::spawn_blocking(move || {
        let mut open = std::fs::OpenOptions::new();
        let mut file = open.append(true).create(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    Ok(written.await.map_err(std::io::Error::other)??)
}

mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map_err(serde::de::Error::custom)
    }
}
