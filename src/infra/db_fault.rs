//! What is wrong with a database, told apart by its error codes, with the sentence that mends it.
//!
//! Sources: SQLite's result codes (sqlite.org/rescode.html), PostgreSQL's error codes (appendix A).
//! Shows where a database is, never the password in its URL, and never a value from a query.

use super::db::{Error, Schema};
use crate::domain::problem::{Code, Problem};
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::io::ErrorKind;
use std::str::FromStr;

/// When to try again what the database did not do.
const RETRY_SECONDS: u64 = 5;

/// Kinds of trouble, each with a mend of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    BadUrl,
    Locked,
    Full,
    /// Reading or writing failed: a full or broken disk, or one that went away.
    Disk,
    ReadOnly,
    Corrupt,
    CannotOpen,
    Unreachable,
    NoAnswer,
    LoginRefused,
    NoDatabase,
    NoPermission,
    NoTls,
    TooManyConnections,
    /// The schema lacks migrations, and this role may not run them.
    NotMigrated,
    /// Written by a newer version: this migration is not known here.
    Newer(i64),
    /// This migration is not the one that the database was made with.
    Changed(i64),
    Other,
}

/// What a person is told of it; the log is told why.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "the database cannot be used");
        Self::new(Code::Unavailable).retry_after(RETRY_SECONDS)
    }
}

impl Fault {
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Configuration(_) => Self::BadUrl,
            Error::Io(error) => Self::of_io(error.kind()),
            Error::Tls(_) => Self::NoTls,
            Error::PoolTimedOut => Self::NoAnswer,
            Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                match code.parse::<u32>() {
                    // SQLite's extended codes hold the kind in their lowest byte.
                    Ok(number) if code.len() < 5 => Self::of_sqlite(number & 0xff),
                    _ => Self::of_postgres(&code),
                }
            }
            _ => Self::Other,
        }
    }

    #[must_use]
    pub fn of_migration(error: &MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of(error),
            MigrateError::VersionMissing(version) => Self::Newer(*version),
            MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => Self::Changed(*version),
            _ => Self::Other,
        }
    }

    const fn of_sqlite(code: u32) -> Self {
        match code {
            3 | 14 | 23 => Self::CannotOpen,
            5 | 6 => Self::Locked,
            8 => Self::ReadOnly,
            10 => Self::Disk,
            11 | 26 => Self::Corrupt,
            13 => Self::Full,
            _ => Self::Other,
        }
    }

    fn of_postgres(code: &str) -> Self {
        match code {
            "28000" | "28P01" => Self::LoginRefused,
            "3D000" => Self::NoDatabase,
            "3F000" | "42P01" => Self::NotMigrated,
            "42501" => Self::NoPermission,
            "25006" => Self::ReadOnly,
            "53100" => Self::Full,
            "53300" => Self::TooManyConnections,
            "55P03" => Self::Locked,
            "57P01" | "57P02" | "57P03" => Self::Unreachable,
            _ if code.starts_with("08") => Self::Unreachable,
            _ => Self::Other,
        }
    }

    const fn of_io(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::IsADirectory | ErrorKind::NotADirectory => {
                Self::CannotOpen
            }
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Unreachable,
        }
    }
}

/// A fault of one particular database, as a sentence for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct DbFault {
    pub fault: Fault,
    /// `database` or `keystore`.
    name: &'static str,
    /// The variable that names it.
    variable: &'static str,
    place: Place,
    cause: String,
}

/// Where a database is, without secrets.
#[derive(Debug)]
enum Place {
    File(String),
    Server {
        address: String,
        user: String,
        database: String,
    },
    Unreadable,
}

impl DbFault {
    #[must_use]
    pub fn new(url: &str, schema: Schema, error: &Error) -> Self {
        Self::with(url, schema, Fault::of(error), error.to_string())
    }

    #[must_use]
    pub fn migration(url: &str, schema: Schema, error: &MigrateError) -> Self {
        Self::with(url, schema, Fault::of_migration(error), error.to_string())
    }

    #[must_use]
    pub fn not_migrated(url: &str, schema: Schema) -> Self {
        Self::with(url, schema, Fault::NotMigrated, String::new())
    }

    fn with(url: &str, schema: Schema, fault: Fault, cause: String) -> Self {
        let (name, variable) = match schema {
            Schema::Main => ("database", "DATABASE_URL"),
            Schema::Keystore => ("keystore", "SPECTR_KEYSTORE_URL"),
        };
        Self {
            fault,
            name,
            variable,
            place: place(url),
            cause,
        }
    }

    fn sentence(&self) -> String {
        let Self {
            name, variable, cause, ..
        } = self;
        let (place, user, database) = match &self.place {
            Place::File(path) => (format!("{name} {path}"), "", ""),
            Place::Server {
                address,
                user,
                database,
            } => (format!("PostgreSQL server {address}"), user.as_str(), database.as_str()),
            Place::Unreadable => (String::from(*name), "", ""),
        };
        match self.fault {
            Fault::BadUrl => format!(
                "{variable} cannot be read: expected sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE. Correct it"
            ),
            Fault::Locked => format!(
                "the {place} is locked by another process. Stop that process (a second server, a backup, a database \
                 shell) and start again"
            ),
            Fault::Full => format!("the disk of the {place} is full. Free some space and start again"),
            Fault::Disk => format!(
                "the disk of the {place} refused to read or write ({cause}). Check that it has free space and is sound, \
                 then start again"
            ),
            Fault::ReadOnly => format!(
                "the {place} may not be written. Give the user who runs the server write access to it and to its folder"
            ),
            Fault::Corrupt => format!(
                "the {place} is damaged or no SQLite database. Restore it from a backup, or name another one by {variable}"
            ),
            Fault::CannotOpen => format!(
                "the {place} cannot be opened ({cause}). Check that its folder exists and may be written, or set \
                 SPECTR_DATA_DIR"
            ),
            Fault::Unreachable => {
                format!("the {place} cannot be reached ({cause}). Start it, or correct {variable}")
            }
            Fault::NoAnswer => format!("the {place} does not answer in time. Check that it runs, and {variable}"),
            Fault::LoginRefused => format!(
                "the {place} refuses to sign the role \"{user}\" in. Correct the user name or the password in {variable}"
            ),
            Fault::NoDatabase => {
                format!("the {place} has no database \"{database}\". Create it, or correct {variable}")
            }
            Fault::NoPermission => format!(
                "the role \"{user}\" may not do what is needed on the {place} ({cause}). Run `spectr migrate` with \
                 DATABASE_MIGRATE_URL set to the owner's role, which also grants what the server needs"
            ),
            Fault::NoTls => format!(
                "no verified TLS connection to the {place} came about ({cause}). Check sslmode and sslrootcert in {variable}"
            ),
            Fault::TooManyConnections => {
                format!("the {place} takes no more connections. Close some, or raise its max_connections")
            }
            Fault::NotMigrated => format!(
                "the schema of the {name} is not up to date, and DATABASE_MIGRATE_URL keeps it to another role. Run \
                 `spectr migrate`, then start again"
            ),
            Fault::Newer(version) => format!(
                "the {place} was written by a newer version of Spectr (migration {version}). Start that version, or \
                 restore a backup from before the upgrade"
            ),
            Fault::Changed(version) => {
                format!("the {place} was made with another form of migration {version}. Start the version that made it")
            }
            Fault::Other => format!("the {place} cannot be used: {cause}"),
        }
    }
}

fn place(url: &str) -> Place {
    if url.starts_with("postgres") {
        return match PgConnectOptions::from_str(url) {
            Ok(options) => Place::Server {
                address: format!("{}:{}", options.get_host(), options.get_port()),
                user: options.get_username().to_owned(),
                database: options.get_database().unwrap_or_default().to_owned(),
            },
            Err(_) => Place::Unreadable,
        };
    }
    match SqliteConnectOptions::from_str(url) {
        Ok(options) => Place::File(options.get_filename().display().to_string()),
        Err(_) => Place::Unreadable,
    }
}

#[cfg(test)]
#[path = "db_fault_tests.rs"]
mod tests;
