//! After the end nothing is left: not in a table, not in a file, not in the log of a database, not in
//! the keystore, not in a mail.

use super::{EMAIL, KEY, NAME, leaver};
use crate::on_both_engines;
use crate::support::{PASSWORD, TestApp};
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
