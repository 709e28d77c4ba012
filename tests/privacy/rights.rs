//! Objections, restrictions, consents and requests of signed-in people, by the page and with effect.

use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::app::PASSWORD;
use spectr::domain::timestamp::DAY_MS;
use spectr::features::engine;
use spectr::features::privacy::requests::{self, desk};
use spectr::on;

const RIGHTS: &str = "/settings/privacy/rights";
const CHAT: &str = "/stream/chat";

fn ask() -> serde_json::Value {
    serde_json::json!({"provider": "spectr", "model": "guide", "messages": [{"role": "user", "content": "hello"}]})
}

async fn limit(client: &crate::support::Client, limit: &str, action: &str) {
    let sent = client
        .post(
            "/settings/privacy/rights/limit",
            &[("limit", limit), ("action", action)],
        )
        .await;
    assert!(sent.see_other().starts_with(RIGHTS), "{limit}");
}

async fn reference(app: &TestApp) -> String {
    let lines = requests::list(&app.app, true).await.unwrap();
    requests::reference(lines.last().unwrap().id)
}

on_both_engines! {
    async fn a_restriction_of_calls_refuses_them_at_once_until_it_is_lifted(app: TestApp) {
        for kind in ["restrict_calls", "restrict_account"] {
            let person = app.signed_in_user().await;
            limit(&person.client, kind, "make").await;
            let refused = person.client.post_json(CHAT, &ask()).await.expect(403);
            assert!(refused.body.contains("\"restricted\""), "{kind}");
            assert!(person.client.get(RIGHTS).await.expect(200).body.contains("Stopped"));
            limit(&person.client, kind, "lift").await;
            assert_ne!(person.client.post_json(CHAT, &ask()).await.status.as_u16(), 403, "{kind}");
        }
    }

    async fn a_restriction_leaves_settings_copies_and_deletion_as_they_are(app: TestApp) {
        let client = app.sign_up("Ada Byron", "ada@example.org").await;
        limit(&client, "restrict_account", "make").await;
        client.post("/settings/profile", &[("name", "Ada King")]).await.see_other();
        for page in ["/dashboard", "/settings/keys", "/settings/integrations", "/settings/privacy", "/stream/models?provider=spectr", "/api/v1/usage"] {
            client.get(page).await.expect(200);
        }
        assert_eq!(client.get("/settings/privacy/export").await.expect(200).header("content-type"), Some("application/zip"));
        let ask = [("password", PASSWORD), ("confirm", "DELETE"), ("when", "grace")];
        assert!(client.post("/settings/privacy/delete", &ask).await.see_other().starts_with("/erasure/"));
    }

    async fn a_restriction_stops_the_canary_which_is_a_call_too(app: TestApp) {
        let person = app.signed_in_user().await;
        limit(&person.client, "restrict_account", "make").await;
        let refused = person.client.post("/privacy/proof/canary", &[]).await.expect(403);
        assert!(refused.body.contains("Lift the restriction"), "{}", refused.body);
        engine::flush(&app.app).await;
        assert_eq!(app.count("llm_calls").await, 0);
    }

    async fn an_objection_to_addresses_removes_those_kept_and_keeps_no_new_ones(app: TestApp) {
        let person = app.signed_in_user().await;
        person.client.post("/settings/profile", &[("name", "Ada King")]).await.see_other();
        let kept = "SELECT COUNT(*) FROM security_events WHERE ip IS NOT NULL";
        let count = || async {
            let mut conn = app.app.db.acquire().await.unwrap();
            on!(&mut conn, c => sqlx::query_scalar::<_, i64>(kept).fetch_one(c).await).unwrap()
        };
        assert_eq!(count().await, 1);
        limit(&person.client, "object_security", "make").await;
        person.client.post("/settings/profile", &[("name", "Ada Byron")]).await.see_other();
        assert_eq!(count().await, 0);
        let log = person.client.get("/settings/privacy/security-log").await.expect(200).body;
        assert!(log.contains("Objection made") && log.contains("Chain of 3 events intact"));
        limit(&person.client, "object_security", "lift").await;
        assert_eq!(count().await, 1, "the lifting is an event with an address again");
    }

    async fn consents_are_off_until_given_here_and_each_change_is_a_record(app: TestApp) {
        let person = app.signed_in_user().await;
        let set = |action: &'static str| [("consent", "marketing_product_news"), ("action", action)];
        assert!(!person.client.get(RIGHTS).await.expect(200).body.contains("In force"));
        person.client.post("/settings/privacy/rights/consent", &set("grant")).await.see_other();
        person.client.post("/settings/privacy/rights/consent", &set("grant")).await.see_other();
        assert_eq!(app.count("consents").await, 1, "agreeing twice is one consent");
        assert!(person.client.get(RIGHTS).await.body.contains("In force"));
        person.client.post("/settings/privacy/rights/consent", &set("withdraw")).await.see_other();
        assert!(!person.client.get(RIGHTS).await.body.contains("In force"));
        for fields in [[("consent", "all"), ("action", "grant")], [("consent", "langsmith_tracing"), ("action", "grant")]] {
            person.client.post("/settings/privacy/rights/consent", &fields).await.expect(422);
        }
        let log = person.client.get("/settings/privacy/security-log").await.body;
        assert!(log.contains("Consent given") && log.contains("Consent withdrawn"));
    }

    async fn a_request_shows_its_owner_the_same_clock_as_the_operator_and_then_the_answer(app: TestApp) {
        let person = app.signed_in_user().await;
        let path = "/settings/privacy/rights/request";
        person.client.post(path, &[("message", " ")]).await.expect(422);
        let asked = person.client.post(path, &[("message", "Delete the canary of my card 4111 1111 1111 1111")]).await;
        assert!(asked.see_other().starts_with(RIGHTS));
        let page = person.client.get(RIGHTS).await.expect(200).body;
        let reference = reference(app).await;
        assert!(page.contains(&reference) && page.contains("30 days left") && page.contains("canary of my card"));
        assert!(!page.contains("4111"));
        app.assert_absent_from_files(&["Delete the canary"]);
        app.clock.advance(20 * DAY_MS);
        assert!(person.client.get(RIGHTS).await.body.contains("10 days left"));
        let open = requests::list(&app.app, false).await.unwrap();
        assert_eq!(open[0].due_at.0 - app.clock_now().0, 10 * DAY_MS);
        desk::extend(&app.app, &reference, 30, "There are many canaries.").await.unwrap().unwrap();
        let page = person.client.get(RIGHTS).await.body;
        assert!(page.contains("40 days left") && page.contains("There are many canaries."));
        assert!(desk::extend(&app.app, &reference, 1, "again").await.unwrap().is_err(), "once only");
        desk::close(&app.app, &reference, "It is gone.").await.unwrap().unwrap();
        assert!(desk::close(&app.app, &reference, "again").await.unwrap().is_err());
        let page = person.client.get(RIGHTS).await.body;
        assert!(page.contains("Answered") && page.contains("It is gone."));
        assert!(app.mails().await.iter().any(|mail| mail.to.contains(&person.email) && mail.text.contains("It is gone.")));
        let log = person.client.get("/settings/privacy/security-log").await.body;
        assert!(log.contains("Privacy request sent") && log.contains("Privacy request answered"));
        // Closed requests are kept for a year, and not shown a day longer even if the purge is late.
        for _ in 0..16 {
            app.clock.advance(23 * DAY_MS);
            person.client.get("/").await;
        }
        assert!(!person.client.get(RIGHTS).await.body.contains(&reference));
        assert_eq!(requests::purge(&app.app).await.unwrap(), 1);
        assert_eq!(app.count("privacy_requests").await, 0);
    }

    async fn nobody_sees_requests_of_somebody_else(app: TestApp) {
        let (ada, eve) = (app.signed_in_user().await, app.signed_in_user().await);
        ada.client.post("/settings/privacy/rights/request", &[("message", "canary of Ada")]).await.see_other();
        assert!(!eve.client.get(RIGHTS).await.expect(200).body.contains("canary of Ada"));
    }

    async fn an_objection_to_kept_requests_deletes_closed_ones_now_and_later_ones_after_their_answer(app: TestApp) {
        let person = app.signed_in_user().await;
        let path = "/settings/privacy/rights/request";
        person.client.post(path, &[("message", "first")]).await.see_other();
        let first = reference(app).await;
        desk::close(&app.app, &first, "Answer one").await.unwrap().unwrap();
        app.mails().await;
        limit(&person.client, "object_requests", "make").await;
        assert_eq!(app.count("privacy_requests").await, 0);
        person.client.post(path, &[("message", "second")]).await.see_other();
        let second = reference(app).await;
        desk::close(&app.app, &second, "Answer two").await.unwrap().unwrap();
        requests::purge(&app.app).await.unwrap();
        assert_eq!(app.count("privacy_requests").await, 1, "the answer has not left yet");
        assert!(app.mails().await.iter().any(|mail| mail.text.contains("Answer two")));
        requests::purge(&app.app).await.unwrap();
        assert_eq!(app.count("privacy_requests").await, 0);
    }

    async fn unknown_switches_are_refused_and_change_nothing(app: TestApp) {
        let person = app.signed_in_user().await;
        for fields in [[("limit", "everything"), ("action", "make")], [("limit", "restrict_calls"), ("action", "x")]] {
            person.client.post("/settings/privacy/rights/limit", &fields).await.expect(422);
        }
        assert_eq!(app.count("processing_limits").await, 0);
        assert!(app.client().get(RIGHTS).await.see_other().starts_with("/login"));
    }

    async fn the_one_cookie_is_explained_with_what_this_browser_sends(app: TestApp) {
        let person = app.signed_in_user().await;
        let page = person.client.get("/settings/privacy/cookies").await.expect(200).body;
        assert!(page.contains("Sent by this browser just now") && page.contains("No other cookie came"));
        assert!(page.contains("3 June 2026"), "30 days after the test's day");
        assert!(!page.contains(&person.client.cookie().unwrap()), "never its value");
        let request = person.client.request(reqwest::Method::GET, "/settings/privacy/cookies");
        let cookie = format!("session={}; other=1", person.client.cookie().unwrap());
        let page = person.client.send(request.header("cookie", cookie)).await;
        assert!(page.status.as_u16() == 200 && page.body.contains("something else on this host name did"));
    }
}
