//! [`App`]: everything a service needs, put together once by [`App::open`] for the command line and
//! for tests alike. Cheap to clone.

use crate::features::accounts::{self, sessions::Sessions, throttle::Throttles};
use crate::features::engine::{self, Engine, Timing};
use crate::features::integrations::{self, Spans};
use crate::features::outbox::Doorbell;
use crate::features::privacy::export::Exports;
use crate::features::privacy::proof::Proofs;
use crate::features::usage::{OverviewCache, budgets::Budgets};
use crate::features::vault::{KeyRows, ModelsCache};
use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::crypto::{Keys, KeysError, Passwords};
use crate::infra::data_dir::{self, DataDirError};
use crate::infra::db::{self, Db, Schema};
use crate::infra::db_fault::DbFault;
use crate::infra::http::{Http, HttpError};
use crate::infra::mail::{Mailer, MailerError};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;

/// How long spans that wait may take when the process ends.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// The running application.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
#[derive(Debug)]
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub keystore: Db,
    pub clock: Arc<dyn Clock>,
    pub keys: Keys,
    pub passwords: Passwords,
    pub mailer: Mailer,
    /// Rings when a mail was queued.
    pub outbox: Doorbell,
    pub http: Http,
    pub throttles: Throttles,
    /// Rows in memory, as they lie in their tables; see [`crate::infra::db::Rows`].
    pub sessions: Sessions,
    pub key_rows: KeyRows,
    pub budgets: Budgets,
    pub models: ModelsCache,
    pub overviews: OverviewCache,
    /// Work that goes on after an answer was given; waited for before the databases close.
    pub background: TaskTracker,
    /// Exports that are being built.
    pub exports: Exports,
    pub engine: Engine,
    pub spans: Spans,
    pub proofs: Proofs,
}

/// Why the application cannot start, in words for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error(transparent)]
    Database(#[from] DbFault),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("the threads that hash passwords cannot be started: {0}")]
    Passwords(std::io::Error),
    #[error(transparent)]
    Mail(#[from] MailerError),
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl App {
    /// Opens databases and keys. Brings the schema up to date unless the migrations belong to another role.
    ///
    /// # Errors
    /// The first part that cannot be opened.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let passwords = Passwords::start().map_err(OpenError::Passwords)?;
        Self::open_with(config, clock, passwords).await
    }

    /// As [`Self::open`], hashing with these threads.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(config: Config, clock: Arc<dyn Clock>, passwords: Passwords) -> Result<Self, OpenError> {
        data_dir::create(&config.data_dir)?;
        let url = &config.database_url;
        let keystore = open_db(&config.keystore_url, Schema::Keystore).await?;
        prepare(&config, &keystore, Schema::Keystore).await?;
        let db = open_db(url, Schema::Main).await?;
        if db
            .is_blank()
            .await
            .map_err(|error| DbFault::new(url, Schema::Main, &error))?
        {
            Keys::require_none(&keystore).await?;
        }
        prepare(&config, &db, Schema::Main).await?;
        let has_accounts = accounts::exist(&db).await;
        let keys = if has_accounts.map_err(|error| DbFault::new(url, Schema::Main, &error))? {
            Keys::open_existing(&config.master_keys, keystore.clone()).await?
        } else {
            Keys::open(&config.master_keys, keystore.clone()).await?
        };
        let mailer = Mailer::open(&config)?;
        let http = Http::open(&config)?;
        Ok(Self(Arc::new(Parts {
            config,
            db,
            keystore,
            clock,
            keys,
            passwords,
            mailer,
            outbox: Doorbell::default(),
            http,
            throttles: Throttles::default(),
            sessions: Sessions::default(),
            key_rows: KeyRows::default(),
            budgets: Budgets::default(),
            models: ModelsCache::default(),
            overviews: OverviewCache::default(),
            background: TaskTracker::new(),
            exports: Exports::default(),
            engine: Engine::new(Timing::STANDARD),
            spans: Spans::default(),
            proofs: Proofs::default(),
        })))
    }

    /// Brings both schemas up to date with the owner's role.
    ///
    /// # Errors
    /// When a database cannot be opened or a migration fails.
    pub async fn migrate(config: &Config) -> Result<(), OpenError> {
        data_dir::create(&config.data_dir)?;
        let (main, keystore) = (&config.database_migrate_url, config.keystore_migrate_url());
        migrate_db(main, Schema::Main, runtime_role(config, &config.database_url)).await?;
        migrate_db(keystore, Schema::Keystore, runtime_role(config, &config.keystore_url)).await
    }

    /// Writes back what is in memory and closes the databases. Call it once, at the very end.
    pub async fn close(&self) {
        engine::close(self).await;
        // Spans are a favour: what is not taken within a moment is given up.
        tokio::time::timeout(LAST_SPANS, integrations::flush(self)).await.ok();
        self.exports.cancel_all();
        self.background.close();
        self.background.wait().await;
        self.db.close().await;
        self.keystore.close().await;
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

async fn open_db(url: &str, schema: Schema) -> Result<Db, DbFault> {
    Db::open(url, schema)
        .await
        .map_err(|error| DbFault::new(url, schema, &error))
}

/// Brings the schema up to date at the start, or only checks it where migrating belongs to another role.
async fn prepare(config: &Config, db: &Db, schema: Schema) -> Result<(), DbFault> {
    let (url, owner) = match schema {
        Schema::Main => (&config.database_url, config.database_migrate_url.as_str()),
        Schema::Keystore => (&config.keystore_url, config.keystore_migrate_url()),
    };
    let is_migrated = if owner == url {
        db.migrate(schema).await.map(|()| true)
    } else {
        db.is_migrated(schema).await
    };
    match is_migrated {
        Ok(true) => Ok(()),
        Ok(false) => Err(DbFault::not_migrated(url, schema)),
        Err(error) => Err(DbFault::migration(url, schema, &error)),
    }
}

/// The role that serves, where it is not the one that migrates.
fn runtime_role(config: &Config, url: &str) -> Option<String> {
    let separate = config.database_migrate_url != config.database_url;
    separate.then(|| db::role(url)).flatten()
}

/// Migrates with the owner's role and lets the runtime role use what there is.
async fn migrate_db(url: &str, schema: Schema, runtime: Option<String>) -> Result<(), OpenError> {
    let db = open_db(url, schema).await?;
    db.migrate(schema)
        .await
        .map_err(|error| DbFault::migration(url, schema, &error))?;
    if let Some(role) = runtime.filter(|role| db::role(url).as_ref() != Some(role)) {
        db.grant_to(&role, schema)
            .await
            .map_err(|error| DbFault::new(url, schema, &error))?;
    }
    db.close().await;
    Ok(())
}
