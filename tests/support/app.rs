//! The application as it is served: real loop, real port, its own data folder, its own database.

use super::client::Client;
use spectr::domain::accounts::{AccountState, Email, PersonName};
use spectr::domain::ids::UserId;
use spectr::domain::privacy::constants::POLICY_VERSION;
use spectr::domain::timestamp::{DAY_MS, Timestamp};
use spectr::features::App;
use spectr::features::{accounts, outbox};
use spectr::infra::clock::ManualClock;
use spectr::infra::config::{Config, Settings};
use spectr::infra::crypto::Passwords;
use spectr::web;
use sqlx::{Connection, Executor};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Where the PostgreSQL server for tests listens; `cargo xtask test` starts one and sets this.
const POSTGRES_URL: &str = "SPECTR_TEST_POSTGRES_URL";
/// The moment at which every test's clock begins: 2026-05-04T08:00:00Z.
pub const START: Timestamp = Timestamp(1_777_881_600_000);
/// The lowest cost that bcrypt has.
const LEAST_COST: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A running application. Ends with [`TestApp::stop`]; a dropped one only loses its files.
pub struct TestApp {
    pub app: App,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    pub clock: Arc<ManualClock>,
    pub engine: Engine,
    dir: tempfile::TempDir,
    /// Files of the outbox in the order in which tests met them.
    met: Mutex<Vec<PathBuf>>,
    database: Option<PostgresDatabase>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// A person with an account and a browser that is signed in.
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub client: Client,
}

/// The fields of the sign-up form, all in order.
pub fn sign_up_form<'a>(name: &'a str, email: &'a str, password: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("name", name),
        ("email", email),
        ("password", password),
        ("age", "on"),
        ("policy", "on"),
        ("policy_version", POLICY_VERSION),
    ]
}

/// A mail as its reader sees it.
#[derive(Debug)]
pub struct ReceivedMail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl ReceivedMail {
    pub fn read(raw: &str) -> Self {
        let (head, text) = raw.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            let line = head
                .lines()
                .find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
            line.and_then(|line| line.split_once(':')).unwrap().1.trim().to_owned()
        };
        Self {
            to: header("to"),
            subject: header("subject"),
            text: text.to_owned(),
        }
    }

    /// The path and query of the first link to `path` in the mail.
    pub fn link(&self, path: &str) -> String {
        let line = self.text.lines().find(|line| line.contains(path)).unwrap();
        line[line.find(path).unwrap()..].trim().to_owned()
    }

    /// The token of the first link to `path` in the mail.
    pub fn token(&self, path: &str) -> String {
        self.link(path).split_once("token=").unwrap().1.to_owned()
    }
}

/// A password that is good, and never the point of a test.
pub const PASSWORD: &str = "gravel lantern orbit mosaic";

impl TestApp {
    /// As it is served, but for the cost of hashes: a third of the time of all tests would go there.
    pub async fn spawn(engine: Engine) -> Self {
        Self::spawn_with(engine, &[]).await
    }

    /// With settings as they would stand in the environment.
    pub async fn spawn_with(engine: Engine, settings: &[(&str, &str)]) -> Self {
        Self::spawn_hashing(engine, settings, Passwords::start_at_cost(LEAST_COST).unwrap()).await
    }

    /// For tests of the hashes themselves: passwords are hashed as in a server.
    pub async fn spawn_hashing_in_full(engine: Engine) -> Self {
        Self::spawn_hashing(engine, &[], Passwords::start().unwrap()).await
    }

    async fn spawn_hashing(engine: Engine, settings: &[(&str, &str)], passwords: Passwords) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let mut all = Settings::from([
            ("SPECTR_ADDR".to_owned(), addr.to_string()),
            (
                "SPECTR_DATA_DIR".to_owned(),
                dir.path().join("data").display().to_string(),
            ),
        ]);
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(PostgresDatabase::create().await),
        };
        if let Some(database) = &database {
            all.insert("DATABASE_URL".to_owned(), database.url.clone());
        }
        all.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let clock = Arc::new(ManualClock::at(START));
        let config = Config::from_settings(&all).unwrap();
        let app = App::open_with(config, clock.clone(), passwords).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let site = web::router::site(app.clone());
        let server = tokio::spawn(web::serve::serve(listener, site, async move {
            drop(stopped.await);
        }));
        Self {
            app,
            url: format!("http://{addr}"),
            clock,
            engine,
            dir,
            met: Mutex::default(),
            database,
            stop,
            server,
        }
    }

    /// Stops the server, closes the databases and drops the test's own database.
    pub async fn stop(self) {
        self.stop.send(()).ok();
        self.server.await.unwrap();
        self.app.close().await;
        if let Some(database) = self.database {
            database.drop().await;
        }
    }

    /// A browser that was never here.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// The data folder (`SPECTR_DATA_DIR`).
    pub fn data_dir(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    /// The moment by the test's clock.
    pub fn clock_now(&self) -> Timestamp {
        spectr::infra::clock::Clock::now(&*self.clock)
    }

    pub fn advance_days(&self, days: i64) {
        self.clock.advance(days * DAY_MS);
    }

    /// A confirmed account with a signed-in browser, made without hashing: its password is nobody's.
    pub async fn signed_in_user(&self) -> Person {
        let id = UserId(spectr::infra::clock::Clock::new_id(&*self.clock));
        let email = format!("ada.{}@example.org", id.0.simple());
        let key = self.app.keys.create_data_key(id.0).await.unwrap();
        let user = accounts::NewUser {
            id,
            name: &PersonName::parse("Ada Lovelace").unwrap(),
            email: &Email::parse(&email).unwrap(),
            password_hash: "$2b$12$............................nobody..................",
            state: AccountState::Active,
        };
        let mut conn = self.app.db.begin().await.unwrap();
        accounts::insert_user(&mut conn, &self.app, &key, &user).await.unwrap();
        let secret = accounts::open_session(&mut conn, &self.app, id, &key, "Firefox 140 on Linux")
            .await
            .unwrap()
            .1;
        conn.commit().await.unwrap();
        let client = self.client();
        client.set_cookie(Some(&secret.to_cookie(&self.app)));
        Person { id, email, client }
    }

    /// Delivers what is queued and answers every mail kept so far, oldest first.
    pub async fn mails(&self) -> Vec<ReceivedMail> {
        outbox::deliver_due(&self.app).await.unwrap();
        let folder = self.data_dir().join("outbox");
        let mut met = self.met.lock().unwrap();
        // Names begin with the moment of writing. Times of files are no order: many mails leave within one tick.
        let mut fresh: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "eml") && !met.contains(path))
            .collect();
        fresh.sort();
        met.append(&mut fresh);
        met.iter()
            .filter(|path| path.exists())
            .map(|path| ReceivedMail::read(&std::fs::read_to_string(path).unwrap()))
            .collect()
    }

    /// The newest mail to this address; fails the test when there is none.
    pub async fn mail_to(&self, address: &str) -> ReceivedMail {
        let mails = self.mails().await;
        if let Some(found) = mails.into_iter().rev().find(|mail| mail.to.contains(address)) {
            return found;
        }
        let sql = "SELECT kind, state, problem FROM outbox";
        let mut conn = self.app.db.acquire().await.unwrap();
        let rows =
            spectr::on!(&mut conn, c => sqlx::query_as::<_, (String, String, Option<String>)>(sql).fetch_all(c).await);
        panic!("no mail to {address}; the outbox holds {rows:?}")
    }

    /// Waits for work that goes on after answers were given.
    pub async fn settle(&self) {
        while !self.app.background.is_empty() {
            tokio::task::yield_now().await;
        }
    }

    /// Signs up, confirms and signs in by the pages, password and all.
    pub async fn sign_up(&self, name: &str, email: &str) -> Client {
        let client = self.client();
        client
            .post("/signup", &sign_up_form(name, email, PASSWORD))
            .await
            .see_other();
        let token = self.mail_to(email).await.token("/verify");
        client.post("/verify", &[("token", &token)]).await.see_other();
        let signed_in = client.post("/login", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(signed_in.see_other(), "/dashboard");
        client
    }

    /// How many rows a table holds.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let mut conn = self.app.db.acquire().await.unwrap();
        spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).fetch_one(c).await).unwrap()
    }

    /// Fails the test when one of the needles stands in any file under the data folder.
    #[track_caller]
    pub fn assert_absent_from_files(&self, needles: &[&str]) {
        assert_absent(&self.data_dir(), needles);
    }
}

#[track_caller]
fn assert_absent(path: &Path, needles: &[&str]) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            assert_absent(&entry.unwrap().path(), needles);
        }
        return;
    }
    let bytes = std::fs::read(path).unwrap();
    for needle in needles {
        let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        assert!(!found, "{} holds {needle:?}", path.display());
    }
}

/// A database of this test's own on the server for tests.
struct PostgresDatabase {
    server: String,
    name: String,
    url: String,
}

impl PostgresDatabase {
    async fn create() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
        let server = std::env::var(POSTGRES_URL).unwrap_or_else(|_| {
            panic!("{POSTGRES_URL} is not set. Run `cargo xtask test`, which starts a PostgreSQL server for the tests.")
        });
        let name = format!("spectr_test_{}", uuid::Uuid::now_v7().simple());
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        let database = Self {
            server,
            name,
            url: url.to_string(),
        };
        database.run(format!("CREATE DATABASE {}", database.name)).await;
        database
    }

    async fn drop(self) {
        self.run(format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }

    async fn run(&self, sql: String) {
        let mut conn = sqlx::PgConnection::connect(&self.server).await.unwrap();
        conn.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        conn.close().await.unwrap();
    }
}
