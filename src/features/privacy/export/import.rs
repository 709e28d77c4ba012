//! Takes an export over into another account: profile, budgets and saved content come back the same.
//!
//! Keys, consents, receipts, usage and the security log stay behind: they are proofs and secrets of
//! the old account. A bundle of another Spectr server is taken too, as long as it is whole and signed
//! by the key that it names: it can only change the account of the person who brings it, and every
//! value is parsed as if it had been typed. The upload lies on the disk sealed and without a name.

use super::files;
use super::verify::{Demands, Fault, Valid, verify};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::fields::FieldErrors;
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::IMPORT_MAX_BYTES;
use crate::features::App;
use crate::features::accounts::{self, Caller, ProfileView, SecurityEvent};
use crate::features::privacy::{Error, Result, signing};
use crate::features::reports::{self, REPORTS_PER_USER};
use crate::features::usage::budgets::{self, Budget};
use crate::infra::crypto::DataKey;
use crate::infra::spool::{Cursor, Reader, Spool, Writer};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, Write};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const ACCOUNT: &str = "data/account.json";
const SAVED: &str = "data/saved.json";
/// What is read of a bundle into memory, per file.
const MOST: u64 = 32 * 1024 * 1024;
/// What a bundle may unpack to while it is checked.
const MAX_UNPACKED: u64 = 8 * 1024 * 1024 * 1024;
/// How long an upload may pause.
const PAUSE: Duration = Duration::from_secs(30);

/// Why nothing was taken over, in words for the person who brought the file.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    #[error("Choose the ZIP file of an export.")]
    Empty,
    #[error("The file is larger than {} MB.", IMPORT_MAX_BYTES / 1_000_000)]
    TooLarge,
    #[error("The upload was cut off. Send the file again.")]
    CutOff,
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error("Its account holds something that cannot be taken over: {0}")]
    Content(String),
}

/// What was taken over.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Whether this very server signed the bundle.
    pub is_own: bool,
    pub has_budgets: bool,
}

/// `data/account.json`, as far as it is taken over.
#[derive(Deserialize)]
struct Account {
    name: String,
    organisation: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    budgets: Vec<Limits>,
}

#[derive(Deserialize)]
struct Limits {
    daily_nano_usd: Option<i64>,
    monthly_nano_usd: Option<i64>,
}

/// Receives, checks and takes over a bundle: all of it or nothing.
///
/// # Errors
/// When too many exports are under way, or the database or the disk cannot be used. A bundle that is
/// not taken is the inner error; nothing was changed then.
pub async fn import<S, E>(
    app: &App,
    caller: &Caller,
    user: UserId,
    upload: S,
) -> Result<std::result::Result<Imported, Rejected>>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Send,
{
    let Ok(_slot) = app.exports.slots.clone().try_acquire_owned() else {
        return Err(Error::ExportsBusy);
    };
    match receive(app, user, upload).await? {
        Ok(valid) => take(app, caller, user, valid).await,
        Err(rejected) => Ok(Err(rejected)),
    }
}

/// Writes the upload to the disk and checks it, on a thread that may wait.
async fn receive<S, E>(app: &App, user: UserId, upload: S) -> Result<std::result::Result<Valid, Rejected>>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Send,
{
    let id = app.clock.new_id();
    let file = files::unnamed(app, id)?;
    let spool = Spool { id, owner: user.0 };
    let (pieces, taken) = mpsc::channel(16);
    let thread = tokio::task::spawn_blocking(move || check(file, spool, taken));
    let sent = send(upload, pieces).await;
    let checked = thread
        .await
        .map_err(|_| io::Error::other("the checking thread ended badly"))?;
    Ok(match sent {
        Err(rejected) => Err(rejected),
        Ok(()) => checked?.map_err(Rejected::from),
    })
}

async fn send<S, E>(upload: S, pieces: mpsc::Sender<Option<Bytes>>) -> std::result::Result<(), Rejected>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Send,
{
    let mut upload = pin!(upload);
    let mut total = 0;
    loop {
        let piece = match tokio::time::timeout(PAUSE, upload.next()).await {
            Ok(Some(Ok(piece))) => piece,
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) => return Err(Rejected::CutOff),
        };
        total += piece.len() as u64;
        if total > IMPORT_MAX_BYTES {
            return Err(Rejected::TooLarge);
        }
        // A thread that is gone says itself why.
        if pieces.send(Some(piece)).await.is_err() {
            return Ok(());
        }
    }
    if total == 0 {
        return Err(Rejected::Empty);
    }
    // Only now is it whole.
    drop(pieces.send(None).await);
    Ok(())
}

fn check(
    file: File,
    spool: Spool,
    mut pieces: mpsc::Receiver<Option<Bytes>>,
) -> io::Result<std::result::Result<Valid, Fault>> {
    let key = Arc::new(DataKey::generate().map_err(io::Error::other)?);
    let mut writer = Writer::new(file, spool, key.clone(), |_| ());
    loop {
        match pieces.blocking_recv() {
            Some(Some(piece)) => writer.write_all(&piece)?,
            Some(None) => break,
            None => return Ok(Err(Fault::NoZip("it was cut off".to_owned()))),
        }
    }
    let (file, total) = writer.finish()?;
    let cursor = Cursor::new(Reader::new(file, spool, key), total);
    let demands = Demands {
        max_bytes: Some(MAX_UNPACKED),
        keep: &[(ACCOUNT, MOST), (SAVED, MOST)],
        ..Demands::default()
    };
    Ok(verify(cursor, &demands))
}

async fn take(
    app: &App,
    caller: &Caller,
    user: UserId,
    mut valid: Valid,
) -> Result<std::result::Result<Imported, Rejected>> {
    let content = |words: &str| Ok(Err(Rejected::Content(words.to_owned())));
    let Some(Ok(account)) = valid
        .kept
        .remove(ACCOUNT)
        .map(|bytes| serde_json::from_slice::<Account>(&bytes))
    else {
        return content("data/account.json is not in the form of an export.");
    };
    let Some(saved) = valid.kept.remove(SAVED).and_then(|bytes| reports::read(&bytes)) else {
        return content("its saved content is not in the form of an export, or was made by a newer version of Spectr.");
    };
    let budget = account.budgets.first().map(|limits| Budget {
        daily: limits.daily_nano_usd,
        monthly: limits.monthly_nano_usd,
    });
    let limits = budget
        .into_iter()
        .flat_map(|budget| [budget.daily, budget.monthly])
        .flatten();
    if limits.into_iter().any(|limit| limit < 0) {
        return content("a budget is less than nothing.");
    }
    let profile = ProfileView {
        name: account.name,
        email: String::new(),
        organisation: account.organisation.unwrap_or_default(),
        phone: account.phone.unwrap_or_default(),
        address: account.address.unwrap_or_default(),
    };
    let is_own = signing::published(app)
        .await?
        .iter()
        .any(|known| known.key == valid.key);
    let mut conn = app.db.begin().await?;
    if let Err(errors) = accounts::import::take_profile(&mut conn, app, user, &profile).await? {
        return Ok(Err(Rejected::Content(words(&errors))));
    }
    if let Some(budget) = budget {
        budgets::set(&mut conn, user, budget, app.clock.now()).await?;
    }
    match reports::take(&mut conn, app, user, &saved).await {
        Ok(_) => {}
        Err(reports::Error::TooMany) => {
            return content(&format!(
                "with its saved reports there would be more than {REPORTS_PER_USER} in this account. Delete some first."
            ));
        }
        Err(reports::Error::Restricted) => {
            return content("it brings saved reports, and you restricted all use of your data in this account.");
        }
        Err(error) => return Err(error.into()),
    }
    let event = SecurityEvent {
        kind: SecurityEventKind::DataImported,
        caller: Some(caller),
        note: "",
    };
    accounts::security_log(&mut conn, app, user, event).await?;
    conn.commit().await?;
    Ok(Ok(Imported {
        is_own,
        has_budgets: budget.is_some(),
    }))
}

fn words(errors: &FieldErrors) -> String {
    let fields = ["name", "organisation", "phone", "address"];
    let said = fields
        .iter()
        .filter_map(|field| Some(format!("{field}: {}", errors.get(field)?)));
    said.collect::<Vec<_>>().join(" ")
}
