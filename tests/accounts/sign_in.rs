//! Signing in and out, forgotten passwords, and the second factor.

use crate::on_both_engines;
use crate::support::{Client, PASSWORD, Reply, TestApp};
use reqwest::Method;
use spectr::domain::timestamp::{MINUTE_MS, SECOND_MS};
use totp_rs::{Builder, Secret};

const EMAIL: &str = "ada@example.org";

async fn sign_in(client: &Client, fields: &[(&str, &str)]) -> Reply {
    let mut form = vec![("email", EMAIL), ("password", PASSWORD)];
    form.extend_from_slice(fields);
    client.post("/login", &form).await
}

/// The current code of a secret, as an authenticator app shows it.
fn code(app: &TestApp, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let seconds = u64::try_from(spectr::infra::clock::Clock::now(&*app.clock).0 / 1_000).unwrap();
    Builder::new()
        .with_secret(secret)
        .build()
        .unwrap()
        .generate(seconds)
        .to_string()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let at = text.find(start).unwrap() + start.len();
    &text[at..at + text[at..].find(end).unwrap()]
}

/// Switches the second factor on; answers the secret and the recovery codes.
async fn switch_on(app: &TestApp, client: &Client) -> (String, Vec<String>) {
    let page = client.get("/settings/security/factor").await.expect(200);
    assert!(page.body.contains("<svg") && page.header("cache-control") == Some("no-store"));
    let secret = between(&page.body, "id=\"factor-secret\">", "</code>").to_owned();
    client
        .post("/settings/security/factor", &[("code", "000000")])
        .await
        .expect(422);
    let done = client
        .post("/settings/security/factor", &[("code", &code(app, &secret))])
        .await
        .expect(200);
    let codes: Vec<String> = done
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

on_both_engines! {
    async fn signing_in_leads_back_to_where_one_was_sent_from_and_nowhere_else(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        client.post("/logout", &[]).await.see_other();
        let sent = client.get("/settings/profile?x=1").await;
        assert_eq!(sent.see_other(), "/login?next=%2Fsettings%2Fprofile%3Fx%3D1");
        let page = client.get(sent.see_other()).await.expect(200);
        assert!(page.body.contains("value=\"/settings/profile?x=1\""));
        let back = sign_in(&client, &[("next", "/settings/profile?x=1")]).await;
        assert_eq!(back.see_other(), "/settings/profile?x=1");
        for evil in ["//evil.example", "https://evil.example", "/\\evil.example"] {
            assert_eq!(sign_in(&app.client(), &[("next", evil)]).await.see_other(), "/dashboard");
        }
        assert_eq!(client.get("/login?next=/settings").await.see_other(), "/settings");
    }

    async fn a_browser_that_drops_the_cookie_is_told_so(app: TestApp) {
        let client = app.client();
        let came_from = format!("{}/login?next=%2Fdashboard", app.url);
        let request = client.request(reqwest::Method::GET, "/dashboard").header("referer", came_from);
        let reply = client.send(request).await;
        assert_eq!(reply.see_other(), "/login?next=%2Fdashboard&cookies=off");
        assert!(client.get(reply.see_other()).await.body.contains("did not keep the sign-in cookie"));
    }

    async fn signing_out_ends_the_session_for_good_and_replaying_its_cookie_is_refused(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let cookie = client.cookie().unwrap();
        assert_eq!(client.post("/logout", &[]).await.see_other(), "/login?notice=signed-out");
        assert_eq!(client.cookie(), None);
        client.set_cookie(Some(&cookie));
        client.get("/settings/profile").await.see_other();
        let forget = client.post("/logout", &[("forget", "on")]).await;
        assert_eq!(forget.header("clear-site-data"), Some("\"storage\""));
    }

    async fn every_sign_in_is_a_new_session_and_ends_the_browsers_old_one(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let first = client.cookie().unwrap();
        sign_in(&client, &[]).await.see_other();
        assert_ne!(client.cookie().unwrap(), first);
        let old = app.client();
        old.set_cookie(Some(&first));
        old.get("/settings/profile").await.see_other();
    }

    async fn a_reset_link_works_once_ends_every_session_and_sets_the_password(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let visitor = app.client();
        visitor.post("/forgot", &[("email", "ADA@example.org")]).await.see_other();
        let link = app.mail_to(EMAIL).await.link("/reset");
        let page = visitor.get(&link).await.expect(200);
        assert_eq!(page.body.matches("method=\"post\"").count(), 1);
        assert!(!page.body.contains("name=\"email\""));
        let token = link.split_once("token=").unwrap().1;
        let fresh = "quiet meadow saxophone 5";
        // A password that is refused does not use up the link.
        let refused = visitor.post("/reset", &[("token", token), ("password", "ada@example.org")]).await.expect(422);
        assert!(refused.body.contains(token));
        let form = [("token", token), ("password", fresh)];
        assert_eq!(visitor.post("/reset", &form).await.see_other(), "/login?notice=reset");
        visitor.post("/reset", &form).await.expect(422);
        client.get("/settings/profile").await.see_other();
        visitor.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.expect(422);
        visitor.post("/login", &[("email", EMAIL), ("password", fresh)]).await.see_other();
        assert_eq!(app.mail_to(EMAIL).await.subject, "Your Spectr password was changed");
    }

    async fn a_reset_link_also_confirms_the_address(app: TestApp) {
        let client = app.client();
        client.post("/signup", &crate::support::sign_up_form("Ada", EMAIL, PASSWORD)).await.see_other();
        app.mails().await;
        client.post("/forgot", &[("email", EMAIL)]).await.see_other();
        let token = app.mail_to(EMAIL).await.token("/reset");
        client.post("/reset", &[("token", &token), ("password", "quiet meadow saxophone 5")]).await.see_other();
        client.post("/login", &[("email", EMAIL), ("password", "quiet meadow saxophone 5")]).await.see_other();
    }

    async fn with_a_second_factor_the_password_alone_opens_nothing(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let (secret, codes) = switch_on(app, &client).await;
        app.clock.advance(31 * SECOND_MS);
        let visitor = app.client();
        let asked = sign_in(&visitor, &[]).await.expect(422);
        assert_eq!(visitor.cookie(), None);
        let step = between(&asked.body, "name=\"step\" value=\"", "\"").to_owned();
        visitor.post("/login", &[("step", &step), ("code", "123456")]).await.expect(422);
        let good = code(app, &secret);
        visitor.post("/login", &[("step", &step), ("code", &good)]).await.see_other();
        assert!(visitor.cookie().is_some());
        // Neither the step nor the code works again.
        let thief = app.client();
        thief.post("/login", &[("step", &step), ("code", &good)]).await.expect(422);
        sign_in(&thief, &[("code", &good)]).await.expect(422);
        app.clock.advance(31 * SECOND_MS);
        let next = code(app, &secret);
        sign_in(&thief, &[("code", &next)]).await.see_other();
        // A recovery code stands in once.
        let lost = app.client();
        sign_in(&lost, &[("code", &codes[0])]).await.see_other();
        sign_in(&app.client(), &[("code", &codes[0])]).await.expect(422);
        assert_eq!(app.mail_to(EMAIL).await.subject, "A recovery code of your Spectr account was used");
    }

    async fn a_second_step_allows_five_codes_and_five_minutes(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let (secret, _) = switch_on(app, &client).await;
        app.clock.advance(MINUTE_MS);
        let visitor = app.client();
        let step = |reply: &Reply| between(&reply.body, "name=\"step\" value=\"", "\"").to_owned();
        let token = step(&sign_in(&visitor, &[]).await);
        for _ in 0..5 {
            visitor.post("/login", &[("step", &token), ("code", "000000")]).await.expect(422);
        }
        let good = code(app, &secret);
        visitor.post("/login", &[("step", &token), ("code", &good)]).await.expect(422);
        let token = step(&sign_in(&visitor, &[]).await);
        app.clock.advance(5 * MINUTE_MS);
        let good = code(app, &secret);
        visitor.post("/login", &[("step", &token), ("code", &good)]).await.expect(422);
        assert_eq!(visitor.cookie(), None);
    }

    async fn codes_are_guessed_seldom_whatever_the_network_and_the_right_one_forgives(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let (secret, _) = switch_on(app, &client).await;
        app.clock.advance(MINUTE_MS);
        let visitor = app.client();
        for _ in 0..9 {
            sign_in(&visitor, &[("code", "000000")]).await.expect(422);
        }
        sign_in(&visitor, &[("code", &code(app, &secret))]).await.see_other();
        for _ in 0..10 {
            sign_in(&visitor, &[("code", "000000")]).await.expect(422);
        }
        let refused = sign_in(&visitor, &[("code", "000000")]).await.expect(429);
        assert_eq!(refused.header("retry-after"), Some("180"));
        let step = between(&sign_in(&visitor, &[]).await.body, "name=\"step\" value=\"", "\"").to_owned();
        visitor.post("/login", &[("step", &step), ("code", "000000")]).await.expect(429);
    }

    async fn a_sign_in_with_a_browser_of_another_kind_is_told_by_mail(app: TestApp) {
        const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let with = async |agent: &str| {
            let client = app.client();
            let form = format!("email={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
            let request = client.request(Method::POST, "/login").header("user-agent", agent);
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
            client.send(request).await.see_other();
            app.clock.advance(1_000);
            client
        };
        let told = async || app.mails().await.iter().filter(|mail| mail.subject.starts_with("A new sign-in")).count();
        app.sign_up("Ada", EMAIL).await;
        assert_eq!(told().await, 0, "the first sign-in is no news");
        with(FIREFOX).await;
        assert_eq!(told().await, 1);
        let mail = app.mail_to(EMAIL).await;
        assert!(mail.text.contains("Firefox 140 on Linux") && mail.text.contains("/not-me?token="), "{}", mail.text);
        with(&FIREFOX.replace("140", "141")).await;
        assert_eq!(told().await, 1, "a new version is no new browser");
        // The link of that mail ends every session, theirs too.
        let thief = with(&FIREFOX.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")).await;
        assert_eq!(told().await, 2);
        let token = app.mail_to(EMAIL).await.token("/not-me");
        app.client().post("/not-me", &[("token", &token)]).await.see_other();
        assert!(thief.get("/dashboard").await.see_other().starts_with("/login"));
    }
}
