//! Promises about where data stands: purposes, access, region.

use crate::on_both_engines;
use crate::support::TestApp;
use spectr::domain::privacy::inventory::{Basis, INVENTORY};
use spectr::features::App;
use spectr::features::privacy::proof::{self, Standing};
use spectr::infra::clock::SystemClock;
use spectr::infra::config::{Config, ConfigError, Settings};
use spectr::infra::db::Db;
use std::sync::Arc;

fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_settings(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
}

/// An application beside the owner's, on the same database with a role that may use it and nothing else.
pub async fn with_runtime_role(owner: &TestApp) -> (App, String) {
    let Db::Postgres(pool) = &owner.app.db else {
        panic!("spawned on PostgreSQL")
    };
    let role = format!("spectr_runtime_{}", uuid::Uuid::now_v7().simple());
    let make = sqlx::AssertSqlSafe(format!("CREATE ROLE {role} LOGIN PASSWORD 'runtime'"));
    sqlx::query(make).execute(pool).await.unwrap();
    let mut runtime = url::Url::parse(&owner.app.config.database_url).unwrap();
    let owner_url = runtime.to_string();
    runtime.set_username(&role).unwrap();
    runtime.set_password(Some("runtime")).unwrap();
    let settings = Settings::from([
        ("DATABASE_URL".to_owned(), runtime.to_string()),
        ("DATABASE_MIGRATE_URL".to_owned(), owner_url),
        (
            "SPECTR_DATA_DIR".to_owned(),
            owner.data_dir().join("runtime").display().to_string(),
        ),
        // The keys that the keystore of this database was made with.
        (
            "SPECTR_MASTER_KEY_FILE".to_owned(),
            owner.data_dir().join("master.keys").display().to_string(),
        ),
    ]);
    let config = Config::from_settings(&settings).unwrap();
    App::migrate(&config).await.unwrap();
    (App::open(config, Arc::new(SystemClock)).await.unwrap(), role)
}

/// Takes the role away again.
pub async fn drop_role(owner: &TestApp, role: &str) {
    let Db::Postgres(pool) = &owner.app.db else {
        panic!("spawned on PostgreSQL")
    };
    for sql in ["DROP OWNED BY", "DROP ROLE"] {
        let sql = sqlx::AssertSqlSafe(format!("{sql} {role}"));
        sqlx::query(sql).execute(pool).await.unwrap();
    }
}

on_both_engines! {
    async fn clause_08_every_column_has_a_listed_purpose(app: TestApp) {
        for table in INVENTORY {
            assert!(!table.is_personal() || table.purpose.basis() != Basis::None, "{}", table.name);
        }
        let standing = |report: &proof::Report| report.entry(8).unwrap().finding.clone();
        assert_eq!(standing(&*proof::report(&app.app).await).standing, Standing::Kept);
        // A column that nobody listed turns the promise red, and names it.
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "ALTER TABLE sessions ADD COLUMN pages_visited TEXT").unwrap();
        conn.commit().await.unwrap();
        app.clock.advance(11_000);
        let found = standing(&*proof::report(&app.app).await);
        assert_eq!(found.standing, Standing::Broken);
        assert!(found.value.contains("sessions.pages_visited"), "{}", found.value);
    }

    async fn clause_12_the_region_is_named_and_required_in_production(app: TestApp) {
        let page = app.client().get("/privacy").await.expect(200).body;
        assert!(page.contains("Region of storage") && page.contains(&app.app.config.region));
        let https = [("SPECTR_PUBLIC_URL", "https://spectr.example"), ("SPECTR_OPERATOR", "E"), ("SPECTR_CONTACT", "e@e.example")];
        assert!(matches!(config(&https), Err(ConfigError::Missing { name: "SPECTR_REGION" })));
        let named: Vec<_> = https.into_iter().chain([("SPECTR_REGION", "EU (Frankfurt)")]).collect();
        assert_eq!(config(&named).unwrap().region, "EU (Frankfurt)");
    }
}

mod clause_11_a_remote_database_needs_verified_tls_and_no_ddl {
    use super::config;
    use crate::support::{Engine, TestApp};
    use spectr::features::privacy::proof::{self, Standing};
    use std::os::unix::fs::PermissionsExt;

    /// Files are their owner's only; a group that may read one turns the promise red.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        let app = TestApp::spawn(Engine::Sqlite).await;
        let file = app.data_dir().join("spectr.db");
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(&app.data_dir().join("keystore.db")), 0o600);
        let standing = |report: &proof::Report| report.entry(11).unwrap().finding.standing;
        assert_eq!(standing(&*proof::report(&app.app).await), Standing::Kept);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        app.clock.advance(11_000);
        assert_eq!(standing(&*proof::report(&app.app).await), Standing::Broken);
        app.stop().await;
    }

    /// A server elsewhere needs verified TLS, or the operator's word; the serving role needs no DDL.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        for (url, is_ok) in [
            ("postgres://u:p@db.example/x", false),
            ("postgres://u:p@db.example/x?sslmode=require", false),
            ("postgres://u:p@db.example/x?sslmode=verify-full", true),
            ("postgres://u:p@127.0.0.1/x", true),
        ] {
            assert_eq!(config(&[("DATABASE_URL", url)]).is_ok(), is_ok, "{url}");
        }
        let accepted = [
            ("DATABASE_URL", "postgres://u:p@db.example/x"),
            ("SPECTR_DATABASE_PLAINTEXT", "accept"),
        ];
        assert!(config(&accepted).unwrap().accepts_plaintext);

        let owner = TestApp::spawn(Engine::Postgres).await;
        let (app, role) = super::with_runtime_role(&owner).await;
        let mut conn = app.db.begin().await.unwrap();
        let refused = spectr::execute!(&mut conn, "CREATE TABLE canary (id INTEGER)").unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{refused}");
        drop(conn);
        let mut conn = app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE job_heartbeats SET affected = affected").unwrap();
        drop(conn);
        app.close().await;
        super::drop_role(&owner, &role).await;
        owner.stop().await;
    }
}
