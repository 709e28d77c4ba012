//! The receipt: what is public about an erasure, and its signed form.

use super::{queries, rows};
use crate::domain::ids::UserId;
use crate::domain::privacy::erasure::{Counts, Receipt};
use crate::features::App;
use crate::features::privacy::error::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use uuid::Uuid;

/// What is public under this id.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(app: &App, receipt: Uuid) -> Result<Option<Receipt>> {
    Ok(queries::find(&mut app.db.acquire().await?, receipt).await?)
}

/// The open erasure of an account.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_of(app: &App, user: UserId) -> Result<Option<Receipt>> {
    Ok(queries::find_open(&mut app.db.acquire().await?, user).await?)
}

/// How many rows of each table an account has.
///
/// # Errors
/// When the database cannot be read.
pub async fn held(app: &App, user: UserId) -> Result<Counts> {
    Ok(rows::count(&mut app.db.acquire().await?, user).await?)
}

/// The signed receipt of this moment; of a finished erasure always the same bytes.
///
/// # Errors
/// When the database cannot be read.
pub async fn document(app: &App, receipt: Uuid) -> Result<Option<String>> {
    let mut conn = app.db.acquire().await?;
    if let Some(kept) = queries::document(&mut conn, receipt).await? {
        return Ok(Some(kept));
    }
    let found = queries::find(&mut conn, receipt).await?;
    Ok(found.map(|found| sign(app, &found)))
}

/// `receipt` is the text that is signed, byte for byte; `signature` is Ed25519 in base64.
pub(super) fn sign(app: &App, receipt: &Receipt) -> String {
    let text = serde_json::to_string(&receipt.facts()).unwrap_or_default();
    let signed = json!({
        "signature": STANDARD.encode(app.keys.sign(text.as_bytes())),
        "algorithm": "Ed25519",
        "key_id": app.keys.verifying_key().id(),
        "keys": "/.well-known/spectr-keys.json",
        "receipt": text,
    });
    format!("{signed:#}\n")
}
