//! Sessions slide on the server, die for good, and are one signed cookie.

use crate::on_both_engines;
use crate::support::{Client, Engine, PASSWORD, TestApp, sign_up_form};
use spectr::domain::timestamp::{DAY_MS, MINUTE_MS};
use spectr::features::accounts::jobs;

on_both_engines! {
    async fn any_request_within_thirty_days_extends_a_session_and_a_day_more_ends_it(app: TestApp) {
        let person = app.signed_in_user().await;
        for _ in 0..3 {
            app.clock.advance(29 * DAY_MS);
            let reply = person.client.get("/").await.expect(200);
            assert!(reply.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=2592000")));
        }
        app.clock.advance(31 * DAY_MS);
        let reply = person.client.get("/settings").await;
        assert_eq!(reply.see_other(), "/login?next=%2Fsettings");
    }

    async fn a_session_is_written_to_at_most_every_five_minutes(app: TestApp) {
        let person = app.signed_in_user().await;
        assert!(person.client.get("/").await.header("set-cookie").is_none());
        app.clock.advance(5 * MINUTE_MS);
        assert!(person.client.get("/").await.header("set-cookie").is_some());
        assert!(person.client.get("/").await.header("set-cookie").is_none());
    }

    async fn the_cookie_is_signed_and_a_tampered_one_is_nobody(app: TestApp) {
        let person = app.signed_in_user().await;
        let cookie = person.client.cookie().unwrap();
        let (secret, signature) = cookie.split_once('.').unwrap();
        let flip = |text: &str| format!("{}{}", if text.starts_with('A') { "B" } else { "A" }, &text[1..]);
        let other = app.signed_in_user().await.client.cookie().unwrap();
        for forged in [
            format!("{}.{signature}", flip(secret)),
            format!("{secret}.{}", flip(signature)),
            format!("{secret}.{}", other.split_once('.').unwrap().1),
            secret.to_owned(),
            format!("{secret}."),
            String::new(),
            "....".to_owned(),
        ] {
            person.client.set_cookie(Some(&forged));
            person.client.get("/settings/profile").await.see_other();
        }
        person.client.set_cookie(Some(&cookie));
        person.client.get("/settings/profile").await.expect(200);
    }

    async fn visitors_have_neither_cookie_nor_row(app: TestApp) {
        let client = app.client();
        for path in ["/", "/login", "/signup", "/forgot", "/verify", "/reset", "/nowhere"] {
            client.get(path).await;
        }
        client.post("/login", &[("email", "nobody@example.org"), ("password", "wrong wrong wrong")]).await;
        assert_eq!(client.cookie(), None);
        assert_eq!(app.count("sessions").await, 0);
    }

    async fn the_secret_of_the_cookie_stands_nowhere_in_the_database(app: TestApp) {
        let person = app.signed_in_user().await;
        let cookie = person.client.cookie().unwrap();
        let secret = cookie.split_once('.').unwrap().0.to_owned();
        app.assert_absent_from_files(&[&secret, &cookie]);
        let mut conn = app.app.db.acquire().await.unwrap();
        let sql = "SELECT id_hash FROM sessions";
        let hash = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, Vec<u8>>(sql).fetch_one(c).await).unwrap();
        assert_eq!(hash.len(), 32);
    }

    async fn devices_are_listed_and_signed_out_one_by_one_or_all_at_once(app: TestApp) {
        const EMAIL: &str = "ada@example.org";
        let here = app.sign_up("Ada", EMAIL).await;
        let mut others = Vec::new();
        for agent in ["Firefox/140.0 Linux", "Chrome/141.0 Windows", "curl/8.1"] {
            others.push(sign_in_with(app, EMAIL, agent).await);
        }
        let page = here.get("/settings/security").await.expect(200).body;
        for device in ["Firefox 140 on Linux", "Chrome 141 on Windows", "curl 8", "This device"] {
            assert!(page.contains(device), "{device}");
        }
        let id = page.split("name=\"session\" value=\"").find(|rest| !rest.starts_with("others") && !rest.starts_with('<'));
        let id = id.unwrap().split('"').next().unwrap();
        assert_eq!(here.post("/settings/security/revoke", &[("session", id)]).await.see_other(), "/settings/security?notice=revoked");
        assert_eq!(alive(&others).await, 2);
        // Another person's session cannot be ended.
        let eve = app.signed_in_user().await;
        assert_eq!(eve.client.post("/settings/security/revoke", &[("session", id)]).await.see_other(), "/settings/security?notice=gone");
        here.post("/settings/security/revoke", &[("session", "others")]).await.see_other();
        assert_eq!(alive(&others).await, 0);
        here.get("/settings/security").await.expect(200);
        eve.client.get("/settings/security").await.expect(200);
    }

    async fn the_purge_deletes_what_is_over_and_nothing_else(app: TestApp) {
        let idle = app.signed_in_user().await;
        let gone = app.signed_in_user().await;
        gone.client.post("/logout", &[]).await.see_other();
        app.advance_days(29);
        let active = app.signed_in_user().await;
        app.advance_days(1);
        assert_eq!(jobs::purge_sessions(&app.app).await.unwrap(), 2);
        assert_eq!(app.count("sessions").await, 1);
        active.client.get("/settings/profile").await.expect(200);
        idle.client.get("/settings/profile").await.see_other();
    }
}

async fn sign_in_with(app: &TestApp, email: &str, agent: &str) -> Client {
    let client = app.client();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", PASSWORD)])
        .finish();
    let request = client
        .request(reqwest::Method::POST, "/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("user-agent", agent)
        .body(body);
    client.send(request).await.see_other();
    client
}

async fn alive(clients: &[Client]) -> usize {
    let mut count = 0;
    for client in clients {
        count += usize::from(client.get("/settings/profile").await.status == 200);
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_bound_to_the_host_and_no_page_shows_a_mails_link() {
    let settings = [
        ("SPECTR_PUBLIC_URL", "https://spectr.example"),
        ("SPECTR_REGION", "EU"),
        ("SPECTR_OPERATOR", "Spectr"),
        ("SPECTR_CONTACT", "hello@spectr.example"),
    ];
    let app = TestApp::spawn_with(Engine::Sqlite, &settings).await;
    let client = app.client();
    let answer = client.request(reqwest::Method::POST, "/logout").send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert_eq!(
        cookie,
        "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
    );
    let form = sign_up_form("Ada", "ada@example.org", PASSWORD);
    assert_eq!(client.post("/signup", &form).await.see_other(), "/signup/sent");
    assert!(
        app.mail_to("ada@example.org")
            .await
            .text
            .contains("https://spectr.example/verify?token=")
    );
    app.stop().await;
}
