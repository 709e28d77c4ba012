//! The migrations of both schemas for both engines, compiled in.
//!
//! `build.rs` lists the files. A file that was ever released is never edited: sqlx keeps its checksum.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::sync::LazyLock;

/// Folder, file name without its ending, SQL; in order.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

pub static SQLITE: LazyLock<Migrator> = LazyLock::new(|| of("sqlite"));
pub static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| of("postgres"));
pub static KEYSTORE_SQLITE: LazyLock<Migrator> = LazyLock::new(|| of("keystore/sqlite"));
pub static KEYSTORE_POSTGRES: LazyLock<Migrator> = LazyLock::new(|| of("keystore/postgres"));

fn of(folder: &str) -> Migrator {
    let files = FILES.iter().filter(|(it, _, _)| *it == folder);
    Migrator::with_migrations(files.filter_map(|(_, name, sql)| migration(name, sql)).collect())
}

/// `0007_vault_create` is version 7, "vault create", as the command line tool of sqlx has it.
fn migration(name: &str, sql: &'static str) -> Option<Migration> {
    let (version, words) = name.split_once('_')?;
    let description = words.replace('_', " ").into();
    let simple = MigrationType::Simple;
    Some(Migration::new(
        version.parse().ok()?,
        description,
        simple,
        sql.into_sql_str(),
        false,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_migration_and_versions_are_not_used_twice() {
        for migrator in [&SQLITE, &POSTGRES, &KEYSTORE_SQLITE, &KEYSTORE_POSTGRES] {
            let versions: Vec<i64> = migrator.iter().map(|it| it.version).collect();
            assert!(!versions.is_empty());
            assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
        }
        let all = [&SQLITE, &POSTGRES, &KEYSTORE_SQLITE, &KEYSTORE_POSTGRES];
        assert_eq!(all.iter().map(|it| it.iter().len()).sum::<usize>(), FILES.len());
    }
}
