//! Where a string could have been left: every file of the data folder, every row on PostgreSQL, every
//! line of the log; as it is, in base64, hexadecimal and UTF-16.

use crate::support::{Engine, TestApp};
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spectr::infra::db::Db;
use spectr::infra::{log_tail, telemetry};
use std::path::Path;

/// Has the server log everything that it ever could, into the end of the log that is kept.
pub fn listen() {
    telemetry::start("trace");
}

fn shapes(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut shapes = vec![
        bytes.to_vec(),
        hex::encode(bytes).into_bytes(),
        hex::encode_upper(bytes).into_bytes(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ];
    for offset in 0..3 {
        let padded = [vec![0; offset], bytes.to_vec()].concat();
        let encoded = STANDARD.encode(&padded);
        shapes.push(encoded.as_bytes()[(offset * 8).div_ceil(6)..padded.len() * 8 / 6].to_vec());
    }
    // As PostgreSQL writes bytes in a text.
    let in_hex: Vec<_> = shapes.iter().map(|shape| hex::encode(shape).into_bytes()).collect();
    shapes.extend(in_hex);
    shapes
}

/// Names of the places that hold one of the strings.
pub async fn find(app: &TestApp, texts: &[&str]) -> Vec<String> {
    let finder = AhoCorasick::new(texts.iter().flat_map(|text| shapes(text))).unwrap();
    let mut found = Vec::new();
    files(&app.data_dir(), &finder, &mut found);
    rows(app, &finder, &mut found).await;
    if finder.is_match(&log_tail::since(0).0) {
        found.push("the log".to_owned());
    }
    found
}

/// Fails the test when one of the strings is anywhere.
pub async fn assert_none(app: &TestApp, texts: &[&str]) {
    let found = find(app, texts).await;
    assert!(found.is_empty(), "{texts:?} in {found:?}");
}

fn files(path: &Path, finder: &AhoCorasick, found: &mut Vec<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), finder, found);
        }
    } else if let Ok(bytes) = std::fs::read(path)
        && finder.is_match(&bytes)
    {
        found.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
}

async fn rows(app: &TestApp, finder: &AhoCorasick, found: &mut Vec<String>) {
    const TABLES: &str =
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'keystore')";
    let Db::Postgres(pool) = &app.app.db else {
        assert_eq!(app.engine, Engine::Sqlite);
        return;
    };
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(pool).await.unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} AS t"));
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
        if rows.iter().any(|row| finder.is_match(row)) {
            found.push(table);
        }
    }
}

/// The search itself must be able to find: each shape, in a file, in a row, in the log.
mod the_search {
    use super::{STANDARD, assert_none, find, listen};
    use crate::on_both_engines;
    use base64::Engine as _;

    const TEXT: &str = "canary-of-the-search-93ac1";

    on_both_engines! {
        async fn finds_what_was_left_on_purpose(app: TestApp) {
            listen();
            assert_none(app, &[TEXT]).await;
            let file = app.data_dir().join("left.bin");
            let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for left in [TEXT.into(), STANDARD.encode(format!("a{TEXT}b")).into_bytes(), hex::encode(TEXT).into_bytes(), wide] {
                std::fs::write(&file, left).unwrap();
                assert_eq!(find(app, &[TEXT]).await, ["left.bin"]);
            }
            std::fs::remove_file(&file).unwrap();
            let sql = "INSERT INTO tokens (hash, kind, created_at, expires_at) VALUES ($1, 'x', 0, 0)";
            let mut conn = app.app.db.begin().await.unwrap();
            spectr::execute!(&mut conn, sql, TEXT.as_bytes().to_vec()).unwrap();
            conn.commit().await.unwrap();
            assert!(!find(app, &[TEXT]).await.is_empty());
        }

        async fn finds_what_was_logged_on_purpose(app: TestApp) {
            listen();
            tracing::info!(target: "spectr", "{TEXT}");
            assert_eq!(find(app, &[TEXT]).await, ["the log"]);
        }
    }
}
