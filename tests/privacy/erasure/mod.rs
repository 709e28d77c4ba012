//! The deletion of an account through the running server: what dies at once, what dies on its date,
//! what comes back, and that nothing is left.

mod asking;
mod faults;
mod lost;
mod receipts;
mod restored;
mod traces;

use crate::support::app::ReceivedMail;
use crate::support::{Client, PASSWORD, TestApp};
use secrecy::SecretString;
use spectr::domain::ids::UserId;
use spectr::domain::privacy::constants::ERASURE_GRACE_DAYS;
use spectr::features::accounts::Caller;
use spectr::features::privacy::erasure;
use spectr::features::vault::{self, NewKey, Who};
use spectr::on;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

pub const PATH: &str = "/settings/privacy/delete";
pub const NAME: &str = "Wilhelmina Canarybird";
pub const EMAIL: &str = "wilhelmina.canary@example.org";
pub const KEY: &str = "sk-canary-9fQ2eraseZ417";

/// A person who signed up by the pages, with a provider key.
pub struct Leaver {
    pub id: UserId,
    pub client: Client,
}

pub async fn leaver(app: &TestApp) -> Leaver {
    let client = app.sign_up(NAME, EMAIL).await;
    let id = user_of(app, EMAIL).await.unwrap();
    add_key(app, id).await;
    Leaver { id, client }
}

/// Who has this address.
pub async fn user_of(app: &TestApp, email: &str) -> Option<UserId> {
    let index = app.app.keys.email_index(email).to_vec();
    let sql = "SELECT id FROM users WHERE email_index = $1";
    let mut conn = app.app.db.acquire().await.unwrap();
    let id = on!(&mut conn, c => sqlx::query_scalar::<_, Uuid>(sql).bind(index).fetch_optional(c).await);
    id.unwrap().map(UserId)
}

/// A key of a server on this machine that lists one model for whoever asks.
async fn add_key(app: &TestApp, user: UserId) {
    let list = r#"{"data":[{"id":"a"}]}"#;
    let router = axum::Router::new().route("/v1/models", axum::routing::get(move || async move { list }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let new = NewKey {
        provider: "compatible",
        label: "canarylabel",
        key: &SecretString::from(KEY),
        base_url: &base_url,
    };
    let caller = caller();
    vault::add(&app.app, Who { user, caller: &caller }, &new).await.unwrap();
    server.abort();
}

pub fn caller() -> Caller {
    Caller {
        ip: "203.0.113.77".parse().unwrap(),
        device: "Firefox 140 on Linux".to_owned(),
    }
}

impl Leaver {
    /// Asks for the deletion and answers the receipt's path.
    pub async fn ask(&self, when: &str) -> String {
        let reply = self.client.post(PATH, &form(when)).await;
        let path = reply.see_other().to_owned();
        assert!(path.starts_with("/erasure/"), "{path}");
        assert!(reply.header("clear-site-data").is_some());
        path
    }
}

pub fn form(when: &str) -> [(&str, &str); 3] {
    [("password", PASSWORD), ("confirm", "DELETE"), ("when", when)]
}

/// The receipt's id in its path.
pub fn receipt_id(path: &str) -> Uuid {
    path.trim_start_matches("/erasure/").parse().unwrap()
}

/// The receipt as a machine reads it.
pub async fn receipt(app: &TestApp, path: &str) -> serde_json::Value {
    serde_json::from_str(&app.client().get(path).await.expect(200).body).unwrap()
}

/// The newest mail that leads to this path; fails the test when there is none.
pub async fn mail_holding(app: &TestApp, path: &str) -> ReceivedMail {
    let mails = app.mails().await;
    mails.into_iter().rev().find(|mail| mail.text.contains(path)).unwrap()
}

/// Lets the days of grace pass and the job run.
pub async fn after_grace(app: &TestApp) {
    app.advance_days(ERASURE_GRACE_DAYS);
    erasure::run_due(&app.app).await.unwrap();
}

/// Rows of a table that belong to this person.
pub async fn rows_of(app: &TestApp, table: &str, column: &str, user: UserId) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1"));
    let mut conn = app.app.db.acquire().await.unwrap();
    on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).fetch_one(c).await).unwrap()
}

/// Whether nothing of the person is left: no row of any table of the inventory, no key, nobody to sign in as.
pub async fn assert_gone(app: &TestApp, user: UserId) {
    for table in spectr::domain::privacy::inventory::INVENTORY {
        let Some(owner) = table.owner_column() else { continue };
        let db = match table.store {
            spectr::domain::privacy::inventory::Store::Main => &app.app.db,
            spectr::domain::privacy::inventory::Store::Keystore => &app.app.keystore,
        };
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {} WHERE {owner} = $1", table.name));
        let mut conn = db.acquire().await.unwrap();
        let rows = on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).fetch_one(c).await).unwrap();
        assert_eq!(rows, 0, "{}", table.name);
    }
    assert!(app.app.keys.data_key(user.0).await.is_err());
}
