//! A database that is full, locked or gone: 503 with a mend, nothing half-written, and the next
//! request after the trouble works.

use crate::support::{Engine, PASSWORD, TestApp, sign_up_form};
use spectr::features::App;
use spectr::features::app::OpenError;
use spectr::infra::config::{Config, Settings};
use spectr::infra::crypto::KeysError;
use spectr::infra::db::Db;
use sqlx::{Connection, SqliteConnection};

const TABLES: [&str; 5] = ["users", "tokens", "outbox", "policy_acceptances", "security_events"];

async fn assert_empty(app: &TestApp) {
    for table in TABLES {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
}

/// Posts a sign-up and expects the problem that the database cannot be used.
async fn assert_unavailable(app: &TestApp) {
    let form = sign_up_form("Ada", "ada@example.org", PASSWORD);
    let reply = app.client().post("/signup", &form).await.expect(503);
    assert!(reply.header("retry-after").is_some());
    assert!(reply.body.contains("The database cannot be used right now"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_503_leaves_nothing_and_is_over_when_there_is_space() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let Db::Sqlite { write, .. } = &app.app.db else {
        panic!("spawned on SQLite")
    };
    // No page more than there are: what SQLite does when the disk is full. A long message needs some.
    sqlx::query("PRAGMA max_page_count = 1").execute(write).await.unwrap();
    let message = "The dashboard shows a moth. ".repeat(150);
    let form = [
        ("kind", "support"),
        ("name", "Grace"),
        ("email", "grace@example.org"),
        ("organisation", ""),
        ("message", &message),
    ];
    let reply = app.client().post("/contact", &form).await.expect(503);
    assert!(reply.header("retry-after").is_some());
    for table in ["privacy_requests", "outbox"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    // The connection that met the fault was replaced by one without the limit.
    app.client().post("/contact", &form).await.see_other();
    assert_eq!(app.count("privacy_requests").await, 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_another_process_is_503_while_it_lasts() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let path = app.data_dir().join("spectr.db");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    assert_unavailable(&app).await;
    app.client().get("/").await.expect(200);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert_empty(&app).await;
    let form = sign_up_form("Ada", "ada@example.org", PASSWORD);
    app.client().post("/signup", &form).await.see_other();
    other.close().await.unwrap();
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_taken_away_is_503_until_it_is_back() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let (path, aside) = (app.data_dir().join("spectr.db"), app.data_dir().join("aside.db"));
    std::fs::rename(&path, &aside).unwrap();
    assert_unavailable(&app).await;
    app.client().get("/readyz").await.expect(503);
    std::fs::write(&path, "").unwrap();
    assert_unavailable(&app).await;
    std::fs::rename(&aside, &path).unwrap();
    assert_empty(&app).await;
    app.client().get("/readyz").await.expect(200);
    let form = sign_up_form("Ada", "ada@example.org", PASSWORD);
    app.client().post("/signup", &form).await.see_other();
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_database_beside_the_keys_of_accounts_is_no_start() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    app.signed_in_user().await;
    let settings = [
        ("SPECTR_DATA_DIR", app.data_dir().display().to_string()),
        (
            "DATABASE_URL",
            format!("sqlite://{}", app.data_dir().join("new.db").display()),
        ),
        ("SPECTR_KEYSTORE_URL", app.app.config.keystore_url.clone()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    // The file that the first try leaves is still empty.
    for _ in 0..2 {
        let config = Config::from_settings(&Settings::from(settings.clone())).unwrap();
        let opened = App::open(config, app.clock.clone()).await;
        assert!(matches!(opened, Err(OpenError::Keys(KeysError::DatabaseLost))));
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_server_ended_are_replaced() {
    let app = TestApp::spawn(Engine::Postgres).await;
    let person = app.signed_in_user().await;
    const END: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut conn = app.app.db.acquire().await.unwrap();
    let ended: i64 = spectr::on!(&mut conn, c => sqlx::query_scalar(END).fetch_one(c).await).unwrap();
    drop(conn);
    assert!(ended > 0);
    app.client().get("/readyz").await.expect(200);
    person.client.get("/settings").await.expect(200);
    app.stop().await;
}
