//! Every trouble at the start gets its own sentence, with the mend and without the password.

use super::*;
use crate::infra::db::Db;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

async fn fault_of_opening(url: &str) -> DbFault {
    let error = Db::open(url, Schema::Main).await.unwrap_err();
    DbFault::new(url, Schema::Main, &error)
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spectr.db");
    let noise = "this is no database at all ".repeat(400);
    std::fs::write(&path, &noise).unwrap();
    let fault = fault_of_opening(&url(&path)).await;
    assert_eq!(fault.fault, Fault::Corrupt, "{fault}");
    assert!(fault.to_string().contains("spectr.db") && fault.to_string().contains("Restore"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), noise);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let fault = fault_of_opening(&url(&folder.path().join("none/spectr.db"))).await;
    assert_eq!(fault.fault, Fault::CannotOpen, "{fault}");
    assert!(fault.to_string().contains("SPECTR_DATA_DIR"));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_told_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder.path().join("spectr.db"));
    let db = Db::open(&url, Schema::Main).await.unwrap();
    db.migrate(Schema::Main).await.unwrap();
    assert!(db.is_migrated(Schema::Main).await.unwrap());
    const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of the future', TRUE, x'00', 0)";
    let mut conn = db.begin().await.unwrap();
    crate::execute!(&mut conn, NEWER).unwrap();
    conn.commit().await.unwrap();
    for error in [
        db.migrate(Schema::Main).await.unwrap_err(),
        db.is_migrated(Schema::Main).await.unwrap_err(),
    ] {
        let fault = DbFault::migration(&url, Schema::Main, &error);
        assert_eq!(fault.fault, Fault::Newer(9999));
        assert!(fault.to_string().contains("newer version of Spectr"));
    }
}

#[tokio::test]
async fn a_lock_that_another_process_holds_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder.path().join("spectr.db"));
    let holder = Db::open(&url, Schema::Main).await.unwrap();
    holder.migrate(Schema::Main).await.unwrap();
    let _held = holder.begin().await.unwrap();
    let other = Db::open(&url, Schema::Main).await.unwrap();
    let error = other.begin().await.unwrap_err();
    assert_eq!(Fault::of(&error), Fault::Locked);
}

#[tokio::test]
async fn a_full_database_refuses_the_whole_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder.path().join("spectr.db"));
    let db = Db::open(&url, Schema::Main).await.unwrap();
    db.migrate(Schema::Main).await.unwrap();
    let mut conn = db.begin().await.unwrap();
    const LIMIT: &str = "PRAGMA max_page_count = 1";
    crate::execute!(&mut conn, LIMIT).unwrap();
    const INSERT: &str = "INSERT INTO job_heartbeats (name, last_run_at) VALUES ($1, 0)";
    crate::execute!(&mut conn, INSERT, "small").unwrap();
    let error = crate::execute!(&mut conn, INSERT, "x".repeat(100_000)).unwrap_err();
    assert_eq!(Fault::of(&error), Fault::Full);
    drop(conn);
    let beats = crate::infra::jobs::heartbeats(&mut db.acquire().await.unwrap())
        .await
        .unwrap();
    assert!(beats.is_empty(), "nothing is half-written");
    // The next connection has no limit: the fault is over, and writing works again.
    let mut conn = db.begin().await.unwrap();
    crate::execute!(&mut conn, INSERT, "after").unwrap();
    conn.commit().await.unwrap();
}

#[tokio::test]
async fn database_files_are_private_whatever_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spectr.db");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let db = Db::open(&url(&path), Schema::Main).await.unwrap();
    db.migrate(Schema::Main).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once_and_without_the_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let fault = fault_of_opening(&format!("postgres://someone:canary@127.0.0.1:{port}/spectr")).await;
    assert_eq!(fault.fault, Fault::Unreachable, "{fault}");
    let text = fault.to_string();
    assert!(
        text.contains(&format!("127.0.0.1:{port}")) && !text.contains("canary"),
        "{text}"
    );
}

#[tokio::test]
async fn an_engine_that_is_not_spoken_is_told_without_quoting_the_url() {
    let fault = fault_of_opening("mysql://someone:canary@db.example/spectr").await;
    assert_eq!(fault.fault, Fault::BadUrl);
    assert!(!fault.to_string().contains("canary"), "{fault}");
}

#[test]
fn codes_of_both_engines_are_told_apart() {
    assert_eq!(Fault::of_sqlite(5), Fault::Locked);
    assert_eq!(Fault::of_sqlite(1544 & 0xff), Fault::ReadOnly);
    for (code, fault) in [
        ("28P01", Fault::LoginRefused),
        ("3D000", Fault::NoDatabase),
        ("42501", Fault::NoPermission),
        ("53100", Fault::Full),
        ("57P01", Fault::Unreachable),
        ("08006", Fault::Unreachable),
        ("23505", Fault::Other),
    ] {
        assert_eq!(Fault::of_postgres(code), fault, "{code}");
    }
}
