//! Settings: password, profile, address, proof of presence, and the log of what happened.

use crate::on_both_engines;
use crate::support::PASSWORD;
use spectr::domain::timestamp::{DAY_MS, MINUTE_MS};
use spectr::features::accounts::jobs;

const EMAIL: &str = "ada@example.org";
const NEW: &str = "quiet meadow saxophone 5";

on_both_engines! {
    async fn changing_the_password_renews_this_session_and_ends_the_others(app: TestApp) {
        let here = app.sign_up("Ada", EMAIL).await;
        let there = app.client();
        there.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
        let before = here.cookie().unwrap();
        let change = |current, new| [("password", current), ("new_password", new)];
        here.post("/settings/security/password", &change("not the password", NEW)).await.expect(422);
        here.post("/settings/security/password", &change(PASSWORD, "short")).await.expect(422);
        let done = here.post("/settings/security/password", &change(PASSWORD, NEW)).await;
        assert_eq!(done.see_other(), "/settings/security?notice=password");
        assert_ne!(here.cookie().unwrap(), before);
        here.get("/settings/security").await.expect(200);
        there.get("/settings/security").await.see_other();
        let replay = app.client();
        replay.set_cookie(Some(&before));
        replay.get("/settings/security").await.see_other();
        assert_eq!(app.mail_to(EMAIL).await.subject, "Your Spectr password was changed");
    }

    async fn sensitive_actions_ask_for_a_password_that_is_older_than_ten_minutes(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        app.clock.advance(10 * MINUTE_MS + 1);
        let to = client.get("/settings/security/factor").await;
        assert_eq!(to.see_other(), "/settings/confirm?next=%2Fsettings%2Fsecurity%2Ffactor");
        let to = client.post("/settings/profile/email", &[("email", "new@example.org")]).await;
        assert_eq!(to.see_other(), "/settings/confirm?next=%2Fsettings%2Fprofile");
        client.get("/settings/confirm?next=%2Fsettings%2Fprofile").await.expect(200);
        client.post("/settings/confirm", &[("password", "wrong wrong wrong")]).await.expect(422);
        let before = client.cookie().unwrap();
        let form = [("password", PASSWORD), ("next", "/settings/profile")];
        assert_eq!(client.post("/settings/confirm", &form).await.see_other(), "/settings/profile");
        assert_ne!(client.cookie().unwrap(), before, "a step-up is a new secret");
        client.get("/settings/security/factor").await.expect(200);
    }

    async fn the_address_changes_only_when_both_mailboxes_agree(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        client.post("/settings/profile/email", &[("email", "ada.new@example.org")]).await.see_other();
        let (old, new) = (
            app.mail_to(EMAIL).await.token("/verify"),
            app.mail_to("ada.new@example.org").await.token("/verify"),
        );
        assert_ne!(old, new);
        let half = client.post("/verify", &[("token", &new)]).await;
        assert_eq!(half.see_other(), "/settings/profile?notice=half");
        assert!(client.get("/settings/profile").await.body.contains("under way"));
        client.post("/verify", &[("token", &new)]).await.expect(422);
        let done = client.post("/verify", &[("token", &old)]).await;
        assert_eq!(done.see_other(), "/settings/profile?notice=changed");
        let visitor = app.client();
        visitor.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.expect(422);
        visitor.post("/login", &[("email", "ada.new@example.org"), ("password", PASSWORD)]).await.see_other();
    }

    async fn an_address_that_has_an_account_is_never_taken_over_nor_told(app: TestApp) {
        let eve = app.signed_in_user().await;
        let client = app.sign_up("Ada", EMAIL).await;
        let asked = client.post("/settings/profile/email", &[("email", &eve.email)]).await;
        assert!(asked.see_other().starts_with("/settings/profile?notice=mailed"));
        let (old, new) = (
            app.mail_to(EMAIL).await.token("/verify"),
            app.mail_to(&eve.email).await.token("/verify"),
        );
        client.post("/verify", &[("token", &old)]).await.see_other();
        let taken = client.post("/verify", &[("token", &new)]).await;
        assert_eq!(taken.see_other(), "/settings/profile?notice=taken");
        app.client().post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
    }

    async fn the_profile_is_saved_shown_and_emptied(app: TestApp) {
        let person = app.signed_in_user().await;
        let save = |phone| [("name", "محمد بن سلمان"), ("organisation", "Analytical \"Engines\" & Co"), ("phone", phone), ("address", "")];
        person.client.post("/settings/profile", &save("+44 20 7946 0000")).await.see_other();
        let page = person.client.get("/settings/profile").await.expect(200).body;
        assert!(page.contains("محمد بن سلمان") && page.contains("+44 20 7946 0000"));
        assert!(page.contains("Analytical &quot;Engines&quot; &amp; Co"));
        person.client.post("/settings/profile", &save("")).await.see_other();
        assert!(!person.client.get("/settings/profile").await.body.contains("+44"));
        let refused = person.client.post("/settings/profile", &[("name", "a\0b"), ("phone", "kept")]).await.expect(422);
        assert!(refused.body.contains("value=\"kept\"") && refused.body.contains("field-name-error"));
    }

    async fn what_happened_is_listed_with_address_and_device_for_as_long_as_promised(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        app.client().post("/login", &[("email", EMAIL), ("password", "wrong wrong wrong")]).await.expect(422);
        app.settle().await;
        let page = client.get("/settings/security").await.expect(200).body;
        for label in ["Account created", "Email address confirmed", "Signed in", "Sign-in with a wrong password"] {
            assert!(page.contains(label), "{label}");
        }
        assert!(page.contains("127.0.0.1") && page.contains("Chain unbroken"));
        for _ in 0..2 {
            app.clock.advance(29 * DAY_MS);
            client.get("/").await;
        }
        jobs::purge_security_events(&app.app).await.unwrap();
        let page = client.get("/settings/security").await.expect(200).body;
        assert!(page.contains("Account created") && !page.contains("127.0.0.1") && page.contains("Chain unbroken"));
        app.clock.advance(29 * DAY_MS);
        client.get("/").await;
        app.clock.advance(4 * DAY_MS);
        // Reads filter too: a late purge is never visible.
        assert!(!client.get("/settings/security").await.body.contains("Account created"));
        jobs::purge_security_events(&app.app).await.unwrap();
        assert_eq!(app.count("security_events").await, 0);
    }

    async fn a_changed_event_breaks_the_chain_visibly(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE security_events SET kind = 'signed_out' WHERE seq = 2").unwrap();
        conn.commit().await.unwrap();
        assert!(client.get("/settings/security").await.expect(200).body.contains("Chain broken"));
    }
}
