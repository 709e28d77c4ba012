//! After the end nothing is left: not in a table, not in a file, not in the log of a database, not in
//! the keystore, not in a mail.

use super::{EMAIL, KEY, NAME, leaver};
use crate::on_both_engines;
use crate::support::{Engine, PASSWORD, TestApp};
use spectr::domain::privacy::erasure::Reason;
use spectr::features::outbox;
use spectr::features::privacy::erasure;
use spectr::infra::db::Db;

const PROMPT: &str = "canary-prompt-5d1c77";
const ADDRESS: &str = "203.0.113.77";
const MESSAGE: &str = "canary-message-0aa4";

/// Uses everything that leaves something behind.
async fn live(app: &TestApp, client: &crate::support::Client) {
    let chat =
        serde_json::json!({"provider": "spectr", "model": "guide", "messages": [{"role": "user", "content": PROMPT}]});
    client.post_json("/stream/chat", &chat).await;
    let profile = [
        ("name", NAME),
        ("organisation", "Canary & Co"),
        ("phone", "+49 30 1234567"),
        ("address", "Canary Street 9"),
    ];
    client.post("/settings/profile", &profile).await.see_other();
    let request = [
        ("kind", "support"),
        ("name", NAME),
        ("email", EMAIL),
        ("organisation", ""),
        ("message", MESSAGE),
    ];
    client.post("/contact", &request).await.see_other();
    client.post("/forgot", &[("email", EMAIL)]).await.see_other();
    app.mails().await;
}

on_both_engines! {
    async fn no_file_and_no_row_holds_a_trace_of_who_was_erased(app: TestApp) {
        let leaver = leaver(app).await;
        live(app, &leaver.client).await;
        assert!(!app.mails().await.is_empty(), "there are mails to be deleted");
        leaver.ask("now").await;
        app.settle().await;
        let mails = app.mails().await;
        assert!(!mails.iter().any(|mail| mail.to.contains(EMAIL)), "{mails:?}");
        let id = leaver.id.to_string();
        let needles = [NAME, EMAIL, KEY, PASSWORD, PROMPT, ADDRESS, MESSAGE, "Canary & Co", "Canary Street", "canarylabel", &id];
        app.assert_absent_from_files(&needles);
        for text in everything(app).await {
            for needle in needles {
                assert!(!text.contains(needle), "{needle} in {text}");
            }
        }
        super::assert_gone(app, leaver.id).await;
        assert_eq!(app.count("privacy_requests").await, 0);
    }

    async fn others_are_left_alone(app: TestApp) {
        let other = app.signed_in_user().await;
        let before = other.client.get("/settings/profile").await.expect(200);
        let leaver = leaver(app).await;
        leaver.ask("now").await;
        app.settle().await;
        let after = other.client.get("/settings/profile").await.expect(200);
        assert!(before.body.contains(&other.email) && after.body.contains(&other.email));
        assert_eq!(app.count("users").await, 1);
    }
}

/// With a mail server that is away.
async fn the_mail_with_the_receipt_outlives_the_account_until_it_is_given_up(engine: Engine) {
    let app = TestApp::spawn_with(engine, &[("SPECTR_SMTP_URL", "smtp://127.0.0.1:1")]).await;
    let person = app.signed_in_user().await;
    let receipt = erasure::by_operator(&app.app, person.id, Reason::Child, true)
        .await
        .unwrap();
    super::assert_gone(&app, person.id).await;
    assert_eq!(
        app.count("outbox").await,
        1,
        "queued before the erasure, and nothing else"
    );
    app.app.keys.data_key(receipt).await.unwrap();
    // Ten attempts, then it is given up; nothing that was sealed for it stays.
    for _ in 0..10 {
        outbox::deliver_due(&app.app).await.unwrap();
        app.advance_days(1);
    }
    erasure::run_due(&app.app).await.unwrap();
    assert_eq!(app.count("outbox").await, 0);
    assert!(app.app.keys.data_key(receipt).await.is_err());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_with_the_receipt_outlives_the_account_until_it_is_given_up_on_sqlite() {
    the_mail_with_the_receipt_outlives_the_account_until_it_is_given_up(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_with_the_receipt_outlives_the_account_until_it_is_given_up_on_postgres() {
    the_mail_with_the_receipt_outlives_the_account_until_it_is_given_up(Engine::Postgres).await;
}

/// Every row of every table of a PostgreSQL database as text; files are searched on SQLite.
async fn everything(app: &TestApp) -> Vec<String> {
    let Db::Postgres(pool) = &app.app.db else {
        return Vec::new();
    };
    let names = "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables \
                 WHERE table_schema IN ('public', 'keystore') AND table_type = 'BASE TABLE'";
    let tables: Vec<String> = sqlx::query_scalar(names).fetch_all(pool).await.unwrap();
    assert!(tables.len() > 10);
    let mut rows = Vec::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
        rows.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(pool).await.unwrap());
    }
    rows
}
