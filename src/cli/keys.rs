//! `spectr keys check` and `spectr keys rotate`: the master ring and what it wraps. Prints ids and
//! counts, never a key.

use super::{Result, say};
use crate::infra::config::{Config, MasterKeys};
use crate::infra::crypto::Keys;
use crate::infra::db::{self, Db, Schema};
use crate::infra::db_fault::DbFault;
use crate::infra::telemetry;

/// Opens every wrapped key with the master ring.
pub async fn check() -> Result {
    let (config, keystore) = open().await?;
    let check = Keys::check(&config.master_keys, &keystore).await?;
    say(&format!("master keys: {} (the first seals)", check.ring.join(", ")));
    say(&format!("root secret: under {}", check.root));
    if check.data_keys.is_empty() {
        say("data keys: none yet");
    }
    for (kid, count) in &check.data_keys {
        say(&format!("data keys: {count} under {kid}"));
    }
    say("every key opens");
    keystore.close().await;
    Ok(())
}

/// Puts everything under the first master key, making a new one where there is nothing to do.
/// With `retire`, removes master keys that nothing needs any more instead.
pub async fn rotate(retire: bool) -> Result {
    let (config, keystore) = open().await?;
    if retire {
        let retired = Keys::retire(&config.master_keys, &keystore).await?.0;
        say(&match retired.as_slice() {
            [] => "no master key can be retired: each is in use".to_owned(),
            kids => format!("retired: {}", kids.join(", ")),
        });
    } else {
        let done = Keys::rotate(&config.master_keys, &keystore).await?;
        if done.made {
            say(&format!("a new master key {} was made and stands first", done.kid));
        }
        let root = if done.root_rewrapped {
            "the root secret and "
        } else {
            ""
        };
        say(&format!(
            "{root}{} data keys are now under {}",
            done.data_keys_rewrapped, done.kid
        ));
        if matches!(config.master_keys, MasterKeys::File { .. }) {
            say("Back the master key file and the keystore up, then remove old keys by: spectr keys rotate --retire");
        }
    }
    keystore.close().await;
    Ok(())
}

async fn open() -> Result<(Config, Db)> {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    let (url, schema) = (&config.keystore_url, Schema::Keystore);
    let file = db::sqlite_file(url);
    if let Some(file) = file.filter(|file| !file.exists()) {
        let file = file.display();
        return Err(format!("there is no keystore at {file} yet: the first start of the server makes it").into());
    }
    let keystore = Db::open_existing(url, schema)
        .await
        .map_err(|error| DbFault::new(url, schema, &error))?;
    match keystore.is_migrated(schema).await {
        Ok(true) => Ok((config, keystore)),
        Ok(false) => Err(DbFault::not_migrated(url, schema).into()),
        Err(error) => Err(DbFault::migration(url, schema, &error).into()),
    }
}
