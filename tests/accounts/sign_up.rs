//! Sign-up and confirmation: what is kept, what is refused, what a link is worth.

use crate::on_both_engines;
use crate::support::{Engine, PASSWORD, TestApp, sign_up_form};
use spectr::domain::privacy::constants::POLICY_VERSION;
use spectr::domain::timestamp::MINUTE_MS;

on_both_engines! {
    async fn a_refusal_for_age_policy_or_password_leaves_no_row_and_keeps_what_was_typed(app: TestApp) {
        let client = app.client();
        let good = sign_up_form("Ada", "ada@example.org", PASSWORD);
        let without = |gone: &str| good.iter().copied().filter(|(name, _)| *name != gone).collect::<Vec<_>>();
        for (form, field) in [
            (without("age"), "age"),
            (without("policy"), "policy"),
            (without("policy_version"), "policy"),
            (without("name"), "name"),
            (without("email"), "email"),
            (sign_up_form("Ada", "ada@example.org", "short").to_vec(), "password"),
            (sign_up_form("Ada", "ada@example.org", "passwordpassword").to_vec(), "password"),
            (sign_up_form("Ada", "ada@example.org", "ada@example.org").to_vec(), "password"),
        ] {
            let reply = client.post("/signup", &form).await.expect(422);
            assert!(reply.body.contains(&format!("id=\"field-{field}-error\"")), "{field}");
            assert!(reply.body.contains("aria-invalid=\"true\"") && reply.body.contains("name=\"policy_version\""));
            assert!(!reply.body.contains(PASSWORD) && !reply.body.contains("passwordpassword"));
        }
        for table in ["users", "tokens", "outbox", "policy_acceptances", "security_events"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
    }

    async fn an_account_is_used_only_after_its_link_was_posted(app: TestApp) {
        let client = app.client();
        let reply = client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await;
        assert!(reply.see_other().starts_with("/signup/sent"));
        let sign_in = [("email", "ada@example.org"), ("password", PASSWORD)];
        client.post("/login", &sign_in).await.expect(422);
        let link = app.mail_to("ada@example.org").await.link("/verify");
        // A mail scanner that opens the link confirms nothing.
        let page = client.get(&link).await.expect(200);
        assert_eq!(page.body.matches("method=\"post\"").count(), 1);
        assert!(!page.body.contains("name=\"email\""));
        client.post("/login", &sign_in).await.expect(422);
        let token = link.split_once("token=").unwrap().1;
        assert_eq!(client.post("/verify", &[("token", token)]).await.see_other(), "/login?notice=confirmed");
        client.post("/verify", &[("token", token)]).await.expect(422);
        assert_eq!(client.post("/login", &sign_in).await.see_other(), "/dashboard");
    }

    async fn on_this_machine_the_page_itself_shows_the_link(app: TestApp) {
        let client = app.client();
        let reply = client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await;
        let page = client.get(reply.see_other()).await.expect(200);
        let link = page.link("/verify?token=").unwrap();
        assert_eq!(link, app.mail_to("ada@example.org").await.link("/verify"));
    }

    async fn a_link_is_over_after_thirty_minutes(app: TestApp) {
        let client = app.client();
        client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await.see_other();
        let token = app.mail_to("ada@example.org").await.token("/verify");
        app.clock.advance(30 * MINUTE_MS);
        let reply = client.post("/verify", &[("token", &token)]).await.expect(422);
        assert!(reply.body.contains("Nothing was confirmed"));
    }

    async fn the_newest_sign_up_of_an_unconfirmed_address_counts(app: TestApp) {
        let client = app.client();
        client.post("/signup", &sign_up_form("Mallory", "ada@example.org", "another pass for mallory")).await.see_other();
        let old = app.mail_to("ada@example.org").await.token("/verify");
        app.clock.advance(1);
        client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await.see_other();
        let new = app.mail_to("ada@example.org").await.token("/verify");
        client.post("/verify", &[("token", &old)]).await.expect(422);
        client.post("/verify", &[("token", &new)]).await.see_other();
        let mallory = [("email", "ada@example.org"), ("password", "another pass for mallory")];
        client.post("/login", &mallory).await.expect(422);
        client.post("/login", &[("email", "ada@example.org"), ("password", PASSWORD)]).await.see_other();
        assert_eq!(app.count("users").await, 1);
    }

    async fn two_sign_ups_with_one_address_at_once_make_one_account(app: TestApp) {
        let (one, two) = (app.client(), app.client());
        let form = sign_up_form("Ada", "ada@example.org", PASSWORD);
        let (first, second) = tokio::join!(one.post("/signup", &form), two.post("/signup", &form));
        assert!(first.see_other().starts_with("/signup/sent") && second.see_other().starts_with("/signup/sent"));
        assert_eq!(app.count("users").await, 1);
        app.settle().await;
        let mut keystore = app.app.keystore.acquire().await.unwrap();
        let sql = "SELECT COUNT(*) FROM data_keys";
        let keys = spectr::on!(&mut keystore, c => sqlx::query_scalar::<_, i64>(sql).fetch_one(c).await).unwrap();
        assert_eq!(keys, 1, "a key that lost its owner dies");
    }

    async fn hashes_are_2b_12_and_the_acceptance_names_the_text(app: TestApp) {
        let app = TestApp::spawn_hashing_in_full(app.engine).await;
        app.sign_up("Ada Lovelace", "ada@example.org").await;
        let mut conn = app.app.db.acquire().await.unwrap();
        let sql = "SELECT password_hash FROM users";
        let hash = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, String>(sql).fetch_one(c).await).unwrap();
        assert!(hash.starts_with("$2b$12$") && hash.len() == 60);
        let sql = "SELECT version, text_sha256 FROM policy_acceptances WHERE age_confirmed";
        let (version, sha) =
            spectr::on!(&mut conn, c => sqlx::query_as::<_, (String, Vec<u8>)>(sql).fetch_one(c).await).unwrap();
        assert_eq!((version.as_str(), sha.len()), (POLICY_VERSION, 32));
        drop(conn);
        app.stop().await;
    }

    async fn sign_ups_that_nobody_confirms_die_after_a_week(app: TestApp) {
        let client = app.client();
        client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await.see_other();
        app.mails().await;
        app.advance_days(6);
        assert_eq!(spectr::features::accounts::jobs::purge_unverified(&app.app).await.unwrap(), 0);
        app.advance_days(1);
        assert_eq!(spectr::features::accounts::jobs::purge_unverified(&app.app).await.unwrap(), 1);
        app.settle().await;
        assert_eq!((app.count("users").await, app.count("outbox").await), (0, 0));
        assert!(app.mails().await.is_empty(), "its mail file dies with it");
    }
}

/// Who stands before a proxy on the same machine is not on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_no_page_shows_a_link() {
    let settings = [
        ("SPECTR_PUBLIC_URL", "http://spectr.intranet.example"),
        ("SPECTR_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let app = TestApp::spawn_with(Engine::Sqlite, &settings).await;
    let client = app.client();
    let reply = client
        .post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD))
        .await;
    assert_eq!(reply.see_other(), "/signup/sent");
    let link = app.mail_to("ada@example.org").await.link("/verify");
    let token = link.split_once("token=").unwrap().1;
    let page = client.get(&format!("/signup/sent?token={token}")).await.expect(200);
    assert!(!page.body.contains(token));
    let reply = client.post("/forgot", &[("email", "ada@example.org")]).await;
    assert_eq!(reply.see_other(), "/forgot/sent");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_personal_is_readable_in_the_database_files() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let name = "Canaria Zwölfhundert";
    let client = app.sign_up(name, "canary.7f3a@example.org").await;
    let profile = [
        ("name", name),
        ("organisation", "Canary Org 7f3a"),
        ("phone", "+49 7733 7f3a"),
        ("address", "Canary Street 7f3a"),
    ];
    client.post("/settings/profile", &profile).await.see_other();
    // What the file transport wrote is for the operator of this machine to read.
    std::fs::remove_dir_all(app.data_dir().join("outbox")).unwrap();
    app.assert_absent_from_files(&[
        name,
        "Canaria",
        "canary.7f3a",
        "Canary Org",
        "7733 7f3a",
        "Canary Street",
        PASSWORD,
        "127.0.0.1",
    ]);
    app.stop().await;
}
