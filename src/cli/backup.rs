//! `spectr backup` and `spectr restore`. Prints paths and counts, never a key.
//!
//! The keystore is apart: one copy, overwritten each time, in which destroyed keys are destroyed too.
//! A restore keeps the keystore that is there (it knows who was erased since), replays the erasure
//! ledger before anything is served, and signs everybody out.

use super::{Result, say};
use crate::features::privacy::erasure;
use crate::features::{App, accounts};
use crate::infra::backup;
use crate::infra::clock::{Clock, SystemClock};
use crate::infra::config::Config;
use crate::infra::crypto::copy;
use crate::infra::data_dir::{self, ServeLock};
use crate::infra::db::{self, Db, Schema};
use crate::infra::db_fault::DbFault;
use crate::infra::telemetry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Backs up the database to a folder or file, and the keystore to its one copy.
pub async fn backup(target: &Path, keystore_copy: Option<PathBuf>) -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    let (main, keystore) = (
        open_there(&config, Schema::Main).await?,
        open_there(&config, Schema::Keystore).await?,
    );
    let now = SystemClock.now();
    let url = &config.database_migrate_url;
    let path = backup::destination(target, url, now)?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let copy_path = match keystore_copy {
        Some(path) => std::path::absolute(path)?,
        None => folder.join(backup::KEYSTORE),
    };
    // The data first: a key that is destroyed in between is in neither.
    backup::write(&main, url, &path).await?;
    let (keys, earlier) = copy::write(&keystore, &copy_path, now.0).await?;
    let expired = backup::expire(&folder, now)?;
    say(&format!("database: {}", path.display()));
    say(&format!(
        "keystore: {} ({keys} data keys; the one copy, overwritten each time)",
        copy_path.display()
    ));
    if let Some(earlier) = earlier {
        say(&format!(
            "removed the earlier copy of the keystore: {}",
            earlier.display()
        ));
    }
    if expired > 0 {
        say(&format!("deleted {expired} old backups"));
    }
    say("Keep the master keys apart from these files: without them neither opens.");
    main.close().await;
    keystore.close().await;
    Ok(())
}

/// What `spectr restore` was asked for.
pub struct Restore {
    pub source: PathBuf,
    pub keystore_copy: Option<PathBuf>,
    pub force: bool,
}

/// Puts a backup in the place of the database and replays the erasure ledger.
pub async fn restore(asked: Restore) -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    data_dir::create(&config.data_dir)?;
    let _lock = ServeLock::take_now(&config.data_dir).await?;
    let url = config.database_migrate_url.clone();
    let path = backup::find(&asked.source, &url)?;
    refuse_to_overwrite(&config, asked.force).await?;
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    let copy_path = asked.keystore_copy.unwrap_or_else(|| folder.join(backup::KEYSTORE));
    fill_keystore(&config, &copy_path).await?;
    backup::restore(&path, &url).await?;
    say(&format!("database: restored from {}", path.display()));
    // Brings an older schema up to date, and gives the runtime role its rights back where it has its own.
    App::migrate(&config).await?;
    let app = App::open(config, Arc::new(SystemClock)).await?;
    let replayed = erasure::replay(&app).await?;
    say(&format!(
        "erasure ledger: {} lines, {} accounts of the backup erased again",
        replayed.lines, replayed.erased
    ));
    if replayed.asked + replayed.called_off > 0 {
        say(&format!(
            "open deletions: {} asked for since the backup are asked for again, {} called off since are off again",
            replayed.asked, replayed.called_off
        ));
    }
    let ended = accounts::closing::end_everywhere(&app).await?;
    say(&format!(
        "signed out: {ended} sessions; open links and waiting mails of the backup were dropped"
    ));
    app.close().await;
    Ok(())
}

/// Data that is there is overwritten only on demand, and never under a running server.
async fn refuse_to_overwrite(config: &Config, force: bool) -> Result {
    let url = &config.database_url;
    let file = db::sqlite_file(url);
    if file.is_some_and(|file| !file.exists()) {
        return Ok(());
    }
    let db = open(url, Schema::Main).await?;
    let others = db.other_servers().await?;
    // A database without the table of accounts holds none.
    let is_empty = !accounts::exist(&db).await.unwrap_or(false);
    db.close().await;
    if others > 0 {
        return Err("a server uses this database: stop it first".into());
    }
    if !is_empty && !force {
        return Err("the database already holds accounts. To replace it by the backup, add --force".into());
    }
    Ok(())
}

/// A keystore that holds keys stays: it knows who was erased since the backup. An empty one is filled
/// from the copy.
async fn fill_keystore(config: &Config, copy_path: &Path) -> Result {
    let (url, schema) = (&config.keystore_url, Schema::Keystore);
    let keystore = Db::open(url, schema)
        .await
        .map_err(|error| DbFault::new(url, schema, &error))?;
    let migrated = keystore.migrate(schema).await;
    migrated.map_err(|error| DbFault::migration(url, schema, &error))?;
    match copy::keys_in(&keystore).await? {
        Some(keys) if keys > 0 => say(&format!("keystore: kept as it is ({keys} data keys)")),
        found => {
            if !copy_path.exists() {
                let why = format!(
                    "the keystore is empty, and there is no copy of it at {}. Name the copy by --keystore FILE",
                    copy_path.display()
                );
                return Err(why.into());
            }
            if found.is_some() {
                copy::clear(&keystore).await?;
            }
            let keys = copy::restore(copy_path, &keystore).await?;
            say(&format!("keystore: {keys} data keys from {}", copy_path.display()));
        }
    }
    keystore.close().await;
    Ok(())
}

async fn open_there(config: &Config, schema: Schema) -> Result<Db> {
    let url = match schema {
        Schema::Main => &config.database_url,
        Schema::Keystore => &config.keystore_url,
    };
    let file = db::sqlite_file(url);
    if let Some(file) = file.filter(|file| !file.exists()) {
        let file = file.display();
        return Err(format!("there is no database at {file} yet: the first start of the server makes it").into());
    }
    let db = open(url, schema).await?;
    match db.is_migrated(schema).await {
        Ok(true) => Ok(db),
        Ok(false) => Err(DbFault::not_migrated(url, schema).into()),
        Err(error) => Err(DbFault::migration(url, schema, &error).into()),
    }
}

async fn open(url: &str, schema: Schema) -> Result<Db> {
    let db = Db::open_existing(url, schema).await;
    Ok(db.map_err(|error| DbFault::new(url, schema, &error))?)
}
