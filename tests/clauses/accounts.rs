//! Promises about accounts: what they need, passwords, age, addresses.

use super::traces;
use crate::on_both_engines;
use crate::support::{PASSWORD, TestApp, sign_up_form};
use spectr::domain::timestamp::DAY_MS;
use spectr::features::accounts::jobs;
use spectr::on;

async fn scalar<T>(app: &TestApp, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let mut conn = app.app.db.acquire().await.unwrap();
    on!(&mut conn, c => sqlx::query_scalar::<_, T>(sql).fetch_one(c).await).unwrap()
}

on_both_engines! {
    async fn clause_01_only_name_and_email_are_required(app: TestApp) {
        let page = app.client().get("/signup").await.expect(200).body;
        let form = page.split("<form").find(|form| form.contains("action=\"/signup\"")).unwrap();
        let form = form.split("</form>").next().unwrap();
        let mut fields: Vec<&str> = form
            .split(" name=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        fields.sort_unstable();
        assert_eq!(fields, ["age", "email", "name", "password", "policy", "policy_version"]);
        app.sign_up("Ada Lovelace", "ada@example.org").await;
        let left: i64 = scalar(app, "SELECT COUNT(*) FROM users WHERE organisation IS NULL AND phone IS NULL AND address IS NULL").await;
        assert_eq!(left, 1);
    }

    async fn clause_02_passwords_are_kept_as_bcrypt_cost_12(app: TestApp) {
        traces::listen();
        let served = TestApp::spawn_hashing_in_full(app.engine).await;
        let app = &served;
        // Longer than the 72 bytes at which bcrypt stops; only the end differs.
        let long = format!("{PASSWORD} {}", "k7Qx".repeat(20));
        let (right, wrong) = (format!("{long} one"), format!("{long} two"));
        let client = app.client();
        client.post("/signup", &sign_up_form("Ada", "ada@example.org", &right)).await.see_other();
        let token = app.mail_to("ada@example.org").await.token("/verify");
        client.post("/verify", &[("token", &token)]).await.see_other();
        let hash: String = scalar(app, "SELECT password_hash FROM users").await;
        assert!(hash.starts_with("$2b$12$") && hash.len() == 60, "{hash}");
        let fields = |password| [("email", "ada@example.org"), ("password", password)];
        assert_ne!(client.post("/login", &fields(wrong.as_str())).await.status, 303);
        client.post("/login", &fields(right.as_str())).await.see_other();
        traces::assert_none(app, &[&right, &wrong, &long]).await;
        served.stop().await;
    }

    async fn clause_13_a_stolen_database_shows_nobody(app: TestApp) {
        traces::listen();
        let (name, email) = ("Canaria Nightingale", "canaria.nightingale@example.org");
        let client = app.sign_up(name, email).await;
        let profile = [
            ("name", name), ("organisation", "Canary Aviary Ltd"), ("phone", "+49 30 5550199"),
            ("address", "7 Canary Wharf"), ("password", PASSWORD),
        ];
        client.post("/settings/profile", &profile).await.see_other();
        let page = client.get("/settings/profile").await.expect(200).body;
        assert!(page.contains("Canary Aviary Ltd"), "the profile holds what is searched for");
        // Mails are files of the person's own mailbox here; they are looked at apart.
        std::fs::remove_dir_all(app.data_dir().join("outbox")).unwrap();
        let texts = [name, "Nightingale", email, "canaria.nightingale", "Canary Aviary Ltd", "5550199", "7 Canary Wharf", "127.0.0.1"];
        traces::assert_none(app, &texts).await;
    }

    async fn clause_23_a_refused_age_leaves_nothing(app: TestApp) {
        traces::listen();
        let email = "young.canary@example.org";
        let form: Vec<_> = sign_up_form("Young Canary", email, PASSWORD)
            .into_iter()
            .filter(|(name, _)| *name != "age")
            .collect();
        let reply = app.client().post("/signup", &form).await.expect(422);
        assert!(reply.body.contains("16"), "the page says why");
        for table in ["users", "tokens", "outbox", "policy_acceptances", "security_events", "sessions"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
        traces::assert_none(app, &[email, "Young Canary"]).await;
        // Who is old enough: "passed" is kept and no age.
        app.sign_up("Ada", "ada@example.org").await;
        let passed: i64 = scalar(app, "SELECT COUNT(*) FROM policy_acceptances WHERE age_confirmed = TRUE").await;
        assert_eq!(passed, 1);
    }

    async fn clause_29_addresses_go_after_30_days_and_pages_are_not_recorded(app: TestApp) {
        traces::listen();
        let client = app.sign_up("Ada", "ada@example.org").await;
        let events: i64 = scalar(app, "SELECT COUNT(*) FROM security_events WHERE ip IS NOT NULL").await;
        assert!(events > 0);
        // Rows of every table before and after a walk: a page that is visited leaves none.
        let before = rows(app).await;
        for path in ["/dashboard", "/assistant", "/settings/keys?canary-query=9f31", "/docs", "/privacy"] {
            client.get(path).await.expect(200);
        }
        assert_eq!(rows(app).await, before);
        app.clock.advance(29 * DAY_MS);
        jobs::purge_security_events(&app.app).await.unwrap();
        assert_eq!(scalar::<i64>(app, "SELECT COUNT(*) FROM security_events WHERE ip IS NOT NULL").await, events);
        app.clock.advance(2 * DAY_MS);
        jobs::purge_security_events(&app.app).await.unwrap();
        assert_eq!(scalar::<i64>(app, "SELECT COUNT(*) FROM security_events WHERE ip IS NOT NULL").await, 0);
        assert_eq!(scalar::<i64>(app, "SELECT COUNT(*) FROM security_events").await, events);
        // The link in the mail of the sign-up leads to this server, whose name is the searched address.
        std::fs::remove_dir_all(app.data_dir().join("outbox")).unwrap();
        traces::assert_none(app, &["127.0.0.1", "canary-query=9f31"]).await;
    }
}

async fn rows(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in spectr::domain::privacy::inventory::INVENTORY {
        if table.store == spectr::domain::privacy::inventory::Store::Main {
            counts.push(app.count(table.name).await);
        }
    }
    counts
}
