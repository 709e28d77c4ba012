//! One access layer for SQLite and PostgreSQL: the same SQL text, native types, two engines.
//!
//! A query is a `const` beside its function and runs through [`on!`], which expands it once per
//! engine. Reads take a [`Conn`] from [`Db::acquire`], writes one from [`Db::begin`] and end with
//! [`Conn::commit`]; a `Conn` that is dropped rolls back. On SQLite writes go through a single
//! connection and begin `IMMEDIATE`, so that a writer never fails half-way with "database is locked".

mod held;
mod home;
mod migrations;
mod quiet;
mod rows;
mod sqlite;
mod stamp;
mod urls;

pub use held::Held;
pub use rows::Rows;
pub use stamp::Stamp;
pub use urls::{role, server, sqlite_file, sqlite_url, unverified_server};

use home::Home;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
};
use stamp::Stamps;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

pub use sqlx::Error;
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Runs one sqlx expression on whichever engine a [`Conn`] belongs to.
///
/// `on!(conn, c => sqlx::query_as::<_, Row>(SQL).bind(id).fetch_optional(c).await)`
#[macro_export]
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $crate::infra::db::Conn::engine($conn) {
            $crate::infra::db::Engine::Sqlite($c) => $body,
            $crate::infra::db::Engine::Postgres($c) => $body,
        }
    };
}

/// Runs a statement and answers the number of rows it touched: `execute!(conn, SQL, id, name)?`.
#[macro_export]
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::on!($conn, c => sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
    };
}

/// A struct that is read from a row, its fields by the names of the columns.
///
/// What `#[derive(sqlx::FromRow)]` writes; that derive builds both database drivers a second time.
#[macro_export]
macro_rules! row {
    (
        $(#[$about:meta])* $seen:vis struct $name:ident {
            $($(#[$about_field:meta])* $field_seen:vis $field:ident: $kind:ty),* $(,)?
        }
    ) => {
        $(#[$about])* $seen struct $name {
            $($(#[$about_field])* $field_seen $field: $kind),*
        }
        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($kind: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>),*
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

/// How long a connection to a PostgreSQL server may take at the start.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a request waits for a connection before it is answered 503.
const ACQUIRE: Duration = Duration::from_secs(8);

/// How long `/readyz` waits: probes give up after a few seconds.
const READY: Duration = Duration::from_secs(2);

/// An open database: cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
        stamps: Arc<Stamps>,
        home: Arc<Home>,
    },
    Postgres(PgPool),
}

/// Which set of migrations a database carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Everything but wrapped data keys.
    Main,
    /// Wrapped data keys, apart from the data.
    Keystore,
}

/// One connection, inside a transaction if it came from [`Db::begin`].
#[derive(Debug)]
pub enum Conn {
    Sqlite(sqlx::pool::PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(sqlx::pool::PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
    /// A connection of its own, from [`Db::snapshot`].
    SqliteOwn(Box<SqliteConnection>),
    PostgresOwn(Box<PgConnection>),
}

/// What [`on!`] hands to the query.
#[derive(Debug)]
pub enum Engine<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Conn {
    pub fn engine(&mut self) -> Engine<'_> {
        match self {
            Self::Sqlite(conn) => Engine::Sqlite(conn),
            Self::SqliteTx(tx) => Engine::Sqlite(tx),
            Self::Postgres(conn) => Engine::Postgres(conn),
            Self::PostgresTx(tx) => Engine::Postgres(tx),
            Self::SqliteOwn(conn) => Engine::Sqlite(conn),
            Self::PostgresOwn(conn) => Engine::Postgres(conn),
        }
    }

    /// Makes the writes of this connection durable.
    ///
    /// # Errors
    /// When the database refuses the commit; nothing is then written.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::SqliteTx(tx) => tx.commit().await,
            Self::PostgresTx(tx) => tx.commit().await,
            Self::Sqlite(_) | Self::Postgres(_) | Self::SqliteOwn(_) | Self::PostgresOwn(_) => Ok(()),
        }
    }
}

impl Db {
    /// Opens the database behind `url` (`sqlite://PATH` or `postgres://…`), creating an SQLite file
    /// with mode 0600 where there is none. Does not migrate.
    ///
    /// # Errors
    /// When the URL cannot be read or the database cannot be reached.
    pub async fn open(url: &str, schema: Schema) -> Result<Self> {
        if url.starts_with("sqlite:") {
            sqlite::keep_private(url)?;
        }
        Self::open_existing(url, schema).await
    }

    /// As [`Db::open`], but makes no file: one that is missing is an error.
    ///
    /// # Errors
    /// When the URL cannot be read or the database cannot be reached.
    pub async fn open_existing(url: &str, schema: Schema) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.application_name("spectr");
            let options = match schema {
                Schema::Main => options,
                Schema::Keystore => options.options([("search_path", "keystore")]),
            };
            // One connection by hand: the pool would retry a refused one and then only say "timed out".
            let first = tokio::time::timeout(CONNECT, options.connect()).await;
            first.map_err(|_| Error::PoolTimedOut)??.close().await?;
            let pool = PgPoolOptions::new()
                .max_connections(if schema == Schema::Main { 16 } else { 4 })
                .acquire_timeout(ACQUIRE)
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool));
        }
        if !url.starts_with("sqlite:") {
            return Err(Error::Configuration("expected sqlite:// or postgres://".into()));
        }
        sqlite::open(url).await
    }

    /// Brings the schema up to date. Safe to call at every start.
    ///
    /// # Errors
    /// When a migration fails or the database holds one that this binary does not know.
    pub async fn migrate(&self, schema: Schema) -> Result<(), sqlx::migrate::MigrateError> {
        let migrator = self.migrator(schema);
        match self {
            Self::Sqlite { write, .. } => migrator.run(write).await,
            Self::Postgres(pool) => {
                if schema == Schema::Keystore {
                    sqlx::query("CREATE SCHEMA IF NOT EXISTS keystore")
                        .execute(pool)
                        .await?;
                }
                migrator.run(pool).await
            }
        }
    }

    /// Whether exactly the migrations of this binary were applied; changes nothing, so that a role
    /// without DDL can ask.
    ///
    /// # Errors
    /// When the table of applied migrations cannot be read, or holds one that is not known here.
    pub async fn is_migrated(&self, schema: Schema) -> Result<bool, sqlx::migrate::MigrateError> {
        const SQL: &str = "SELECT version FROM _sqlx_migrations ORDER BY version";
        let mut conn = self.acquire().await?;
        let applied: Vec<i64> = on!(&mut conn, c => sqlx::query_scalar(SQL).fetch_all(c).await)?;
        let known: Vec<i64> = self
            .migrator(schema)
            .iter()
            .map(|migration| migration.version)
            .collect();
        match applied.iter().find(|version| !known.contains(version)) {
            Some(newer) => Err(sqlx::migrate::MigrateError::VersionMissing(*newer)),
            None => Ok(applied.len() == known.len()),
        }
    }

    /// Whether nothing was ever made in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn is_blank(&self) -> Result<bool> {
        match self {
            Self::Sqlite { read, .. } => {
                let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master)";
                sqlx::query_scalar(sql).fetch_one(read).await
            }
            Self::Postgres(pool) => {
                let sql = "SELECT to_regclass('_sqlx_migrations') IS NULL";
                sqlx::query_scalar(sql).fetch_one(pool).await
            }
        }
    }

    fn migrator(&self, schema: Schema) -> &'static sqlx::migrate::Migrator {
        match (self, schema) {
            (Self::Sqlite { .. }, Schema::Main) => &migrations::SQLITE,
            (Self::Sqlite { .. }, Schema::Keystore) => &migrations::KEYSTORE_SQLITE,
            (Self::Postgres(_), Schema::Main) => &migrations::POSTGRES,
            (Self::Postgres(_), Schema::Keystore) => &migrations::KEYSTORE_POSTGRES,
        }
    }

    /// Lets the role `runtime` read and write what the owner's role migrated, and nothing more: no
    /// DDL. Nothing to do on SQLite.
    ///
    /// # Errors
    /// When this connection's role owns the tables of neither schema.
    pub async fn grant_to(&self, runtime: &str, schema: Schema) -> Result<()> {
        const NAME: &str = "SELECT set_config('spectr.runtime_role', $1, true)";
        const MAIN: &str = "DO $$ BEGIN
            EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', current_setting('spectr.runtime_role'));
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I',
                current_setting('spectr.runtime_role'));
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM %I',
                current_setting('spectr.runtime_role'));
            END $$";
        const KEYSTORE: &str = "DO $$ BEGIN
            EXECUTE format('GRANT USAGE ON SCHEMA keystore TO %I', current_setting('spectr.runtime_role'));
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA keystore TO %I',
                current_setting('spectr.runtime_role'));
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON keystore._sqlx_migrations FROM %I',
                current_setting('spectr.runtime_role'));
            END $$";
        let Self::Postgres(pool) = self else { return Ok(()) };
        let mut tx = pool.begin().await?;
        sqlx::query(NAME).bind(runtime).execute(&mut *tx).await?;
        let grants = match schema {
            Schema::Main => MAIN,
            Schema::Keystore => KEYSTORE,
        };
        sqlx::query(grants).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When none becomes free in time or the database is gone.
    pub async fn acquire(&self) -> Result<Conn> {
        // Boxed: waiting for a connection takes 14 KB, which would be part of every future that may come
        // to ask the database, though it seldom has to.
        match self {
            Self::Sqlite { read, .. } => Box::pin(read.acquire()).await.map(Conn::Sqlite),
            Self::Postgres(pool) => Box::pin(pool.acquire()).await.map(Conn::Postgres),
        }
    }

    /// A transaction for writing; rolled back unless [`Conn::commit`] is called.
    ///
    /// # Errors
    /// When none becomes free in time or the database is gone.
    pub async fn begin(&self) -> Result<Conn> {
        match self {
            Self::Sqlite { write, home, .. } => {
                home.check()?;
                let begin = write.begin_with("BEGIN IMMEDIATE");
                Box::pin(begin).await.map(Conn::SqliteTx)
            }
            Self::Postgres(pool) => Box::pin(pool.begin()).await.map(Conn::PostgresTx),
        }
    }

    /// The stamp of what is committed now, for rows kept in memory; `None` where the database has to
    /// be asked: always on PostgreSQL, for a moment after a commit on SQLite.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        match self {
            Self::Sqlite { write, stamps, .. } => stamps.now(write),
            Self::Postgres(_) => None,
        }
    }

    /// Connections that are open, and how many of them are idle.
    #[must_use]
    pub fn connections(&self) -> (u32, u32) {
        let idle = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match self {
            Self::Sqlite { read, write, .. } => (read.size() + write.size(), idle(read.num_idle() + write.num_idle())),
            Self::Postgres(pool) => (pool.size(), idle(pool.num_idle())),
        }
    }

    /// Whether the database answers at all; for `/readyz`.
    pub async fn is_ready(&self) -> bool {
        let ask = async {
            if let Self::Sqlite { home, .. } = self {
                home.check()?;
            }
            let mut conn = self.acquire().await?;
            on!(&mut conn, c => sqlx::query_scalar::<_, i32>("SELECT 1").fetch_one(c).await)
        };
        matches!(tokio::time::timeout(READY, ask).await, Ok(Ok(1)))
    }

    /// Whether an SQLite file is undamaged; PostgreSQL looks after itself.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn is_sound(&self) -> Result<bool> {
        let Self::Sqlite { read, .. } = self else {
            return Ok(true);
        };
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(read).await?;
        Ok(found == "ok")
    }

    /// Closes all connections; on SQLite the WAL is written back and truncated first.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                // A checkpoint that finds the file busy leaves the WAL for the next start.
                if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await {
                    tracing::warn!(%error, "the write-ahead log was not truncated");
                }
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
