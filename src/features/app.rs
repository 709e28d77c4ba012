//! [`App`]: everything a service needs, put together once by [`App::open`] for the command line and
//! for tests alike. Cheap to clone.

use crate::features::accounts::{self, throttle::Throttles};
use crate::features::engine::{self, Engine, Timing};
use crate::features::outbox::Doorbell;
use crate::features::vault::ModelsCache;
use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::crypto::{Keys, KeysError, Passwords};
use crate::infra::db::{self, Db, Schema};
use crate::infra::http::{Http, HttpError};
use crate::infra::mail::{Mailer, MailerError};
use std::ops::Deref;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::task::TaskTracker;

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
    pub models: ModelsCache,
    /// Work that goes on after an answer was given; waited for before the databases close.
    pub background: TaskTracker,
    pub engine: Engine,
}

/// Why the application cannot start, in words for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {path} cannot be made: {source}. Set SPECTR_DATA_DIR to a folder that may be written.")]
    DataDir { path: PathBuf, source: std::io::Error },
    #[error("the {name} cannot be opened: {source}")]
    Database { name: &'static str, source: db::Error },
    #[error("the schema of the {name} cannot be brought up to date: {source}")]
    Migrate {
        name: &'static str,
        source: sqlx::migrate::MigrateError,
    },
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("the threads that hash passwords cannot be started: {0}")]
    Passwords(std::io::Error),
    #[error(transparent)]
    Mail(#[from] MailerError),
    #[error(transparent)]
    Http(#[from] HttpError),
}

const MAIN: &str = "database";
const KEYSTORE: &str = "keystore";

impl App {
    /// Opens databases and keys. Brings the schema up to date unless the migrations belong to another role.
    ///
    /// # Errors
    /// The first part that cannot be opened.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        create_data_dir(&config.data_dir)?;
        let db = open_db(&config.database_url, Schema::Main).await?;
        if config.database_migrate_url == config.database_url {
            migrate_db(&db, Schema::Main).await?;
        }
        let keystore = open_db(&config.keystore_url, Schema::Keystore).await?;
        migrate_db(&keystore, Schema::Keystore).await?;
        let keys = if accounts::exist(&db)
            .await
            .map_err(|source| OpenError::Database { name: MAIN, source })?
        {
            Keys::open_existing(&config.master_keys, keystore.clone()).await?
        } else {
            Keys::open(&config.master_keys, keystore.clone()).await?
        };
        let passwords = Passwords::start().map_err(OpenError::Passwords)?;
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
            models: ModelsCache::default(),
            background: TaskTracker::new(),
            engine: Engine::new(Timing::STANDARD),
        })))
    }

    /// Brings both schemas up to date with the owner's role.
    ///
    /// # Errors
    /// When a database cannot be opened or a migration fails.
    pub async fn migrate(config: &Config) -> Result<(), OpenError> {
        create_data_dir(&config.data_dir)?;
        let owner = open_db(&config.database_migrate_url, Schema::Main).await?;
        migrate_db(&owner, Schema::Main).await?;
        owner.close().await;
        let keystore = open_db(&config.keystore_url, Schema::Keystore).await?;
        migrate_db(&keystore, Schema::Keystore).await?;
        keystore.close().await;
        Ok(())
    }

    /// Writes back what is in memory and closes the databases. Call it once, at the very end.
    pub async fn close(&self) {
        engine::close(self).await;
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

const fn name(schema: Schema) -> &'static str {
    match schema {
        Schema::Main => MAIN,
        Schema::Keystore => KEYSTORE,
    }
}

async fn open_db(url: &str, schema: Schema) -> Result<Db, OpenError> {
    let name = name(schema);
    Db::open(url, schema)
        .await
        .map_err(|source| OpenError::Database { name, source })
}

async fn migrate_db(db: &Db, schema: Schema) -> Result<(), OpenError> {
    let name = name(schema);
    db.migrate(schema)
        .await
        .map_err(|source| OpenError::Migrate { name, source })
}

/// Makes the data folder, readable by its owner only.
fn create_data_dir(path: &Path) -> Result<(), OpenError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| OpenError::DataDir {
            path: path.to_owned(),
            source,
        })
}
