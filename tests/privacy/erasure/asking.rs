//! Asking, waiting, calling off.

use super::{EMAIL, NAME, PATH, after_grace, assert_gone, form, leaver, receipt, receipt_id, rows_of, user_of};
use crate::on_both_engines;
use crate::support::PASSWORD;
use spectr::domain::privacy::constants::ERASURE_GRACE_DAYS;
use spectr::domain::privacy::erasure::Reason;
use spectr::features::privacy::{Error, erasure};

on_both_engines! {
    async fn the_keys_die_with_the_answer_and_everything_else_on_the_date(app: TestApp) {
        let leaver = leaver(app).await;
        let other = app.client();
        other.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
        let path = leaver.ask("grace").await;
        for (table, column) in [("provider_keys", "user_id"), ("tokens", "user_id"), ("platform_keys", "user_id")] {
            assert_eq!(rows_of(app, table, column, leaver.id).await, 0, "{table}");
        }
        assert!(other.get("/settings/privacy/delete").await.see_other().starts_with("/login"), "other devices are out");
        assert_eq!(receipt(app, &path).await["state"], "pending");
        assert_eq!(receipt(app, &path).await["deleted"]["provider_keys"], 1);
        app.advance_days(ERASURE_GRACE_DAYS - 1);
        erasure::run_due(&app.app).await.unwrap();
        assert_eq!(receipt(app, &path).await["state"], "pending");
        app.advance_days(1);
        erasure::run_due(&app.app).await.unwrap();
        let done = receipt(app, &path).await;
        assert_eq!(done["state"], "erased");
        assert_eq!(done["deleted"]["users"], 1);
        assert_gone(app, leaver.id).await;
        assert!(leaver.client.get("/dashboard").await.see_other().starts_with("/login"));
    }

    async fn called_off_in_time_the_account_is_back_and_its_keys_are_not(app: TestApp) {
        let leaver = leaver(app).await;
        let path = leaver.ask("grace").await;
        app.advance_days(ERASURE_GRACE_DAYS - 1);
        let back = app.client();
        back.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
        assert_eq!(back.get("/dashboard").await.see_other(), PATH, "a waiting account leads to its way back");
        assert!(back.get(PATH).await.expect(200).body.contains("Keep my account"));
        back.post(PATH, &[("cancel", "1")]).await.see_other();
        assert_eq!(receipt(app, &path).await["state"], "cancelled");
        assert_eq!(rows_of(app, "provider_keys", "user_id", leaver.id).await, 0);
        back.get("/dashboard").await.expect(200);
        assert!(app.mails().await.iter().any(|mail| mail.subject.contains("stays")));
        after_grace(app).await;
        assert_eq!(user_of(app, EMAIL).await, Some(leaver.id), "the old date means nothing any more");
        let again = receipt_id(&leaver_again(app, &back).await);
        assert_ne!(again, receipt_id(&path));
    }

    async fn erased_at_once_the_answer_is_the_receipt_and_nobody_is_signed_in(app: TestApp) {
        let leaver = leaver(app).await;
        let reply = leaver.client.post(PATH, &form("now")).await;
        let path = reply.see_other().to_owned();
        assert!(reply.header("clear-site-data").unwrap().contains("cookies"));
        assert_eq!(leaver.client.cookie(), None, "the cookie is taken away");
        app.settle().await;
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, leaver.id).await;
    }

    async fn two_requests_have_one_receipt_and_the_second_may_hurry(app: TestApp) {
        let leaver = leaver(app).await;
        let first = leaver.ask("grace").await;
        assert_eq!(leaver.ask("grace").await, first);
        assert_eq!(leaver.ask("now").await, first);
        app.settle().await;
        assert_eq!(receipt(app, &first).await["state"], "erased");
        assert_eq!(app.count("erasures").await, 1);
    }

    async fn two_requests_at_the_same_moment_have_one_receipt(app: TestApp) {
        let leaver = leaver(app).await;
        let session = spectr::domain::ids::SessionId(uuid::Uuid::nil());
        let (caller, when) = (super::caller(), spectr::domain::privacy::erasure::When::Now);
        let ask = || erasure::ask(&app.app, &caller, leaver.id, session, when);
        let (one, two) = tokio::join!(ask(), ask());
        // The second may come when everything is over: then there is no account any more.
        let mut asked = Vec::new();
        for answer in [one, two] {
            match answer {
                Ok(answer) => asked.push(answer),
                Err(error) => assert!(matches!(error, Error::NoAccount), "{error}"),
            }
        }
        asked.dedup();
        assert_eq!(asked.len(), 1);
        app.settle().await;
        assert_eq!(receipt(app, &format!("/erasure/{}", asked[0].receipt)).await["state"], "erased");
        assert_gone(app, leaver.id).await;
    }

    async fn a_form_that_is_not_right_comes_back_and_nothing_happens(app: TestApp) {
        let leaver = leaver(app).await;
        for (field, value) in [("password", "not my password at all"), ("password", ""), ("confirm", "delete"), ("when", "later")] {
            let fields = form("grace").map(|(name, sent)| if name == field { (name, value) } else { (name, sent) });
            let reply = leaver.client.post(PATH, &fields).await.expect(422);
            if field != "when" {
                assert!(reply.body.contains(&format!("field-{field}-error")), "{field}");
            }
            assert!(!reply.body.contains(PASSWORD));
        }
        assert_eq!(app.count("erasures").await, 0);
        assert_eq!(rows_of(app, "provider_keys", "user_id", leaver.id).await, 1);
        leaver.client.get("/dashboard").await.expect(200);
    }

    async fn calling_off_too_late_is_said_clearly_before_and_after_the_end(app: TestApp) {
        let leaver = leaver(app).await;
        let path = leaver.ask("grace").await;
        app.advance_days(ERASURE_GRACE_DAYS);
        leaver.client.post(PATH, &[("cancel", "1")]).await.expect(410);
        assert!(leaver.client.get(PATH).await.expect(200).body.contains("is being deleted"));
        erasure::run_due(&app.app).await.unwrap();
        let id = receipt_id(&path).to_string();
        leaver.client.post(PATH, &[("cancel", "1"), ("receipt", &id)]).await.expect(410);
        assert!(leaver.client.post(PATH, &[("cancel", "1")]).await.see_other().starts_with("/login"));
    }

    async fn nothing_is_called_off_where_nothing_is_open(app: TestApp) {
        let leaver = leaver(app).await;
        leaver.client.post(PATH, &[("cancel", "1")]).await.expect(409);
    }

    async fn an_account_that_waits_takes_nothing_new(app: TestApp) {
        let leaver = leaver(app).await;
        leaver.ask("grace").await;
        leaver.client.post("/settings/keys", &[("provider", "openai"), ("key", "sk-new")]).await.expect(409);
        let chat = serde_json::json!({"provider": "spectr", "model": "guide", "messages": [{"role": "user", "content": "hi"}]});
        leaver.client.post_json("/stream/chat", &chat).await.expect(409);
        leaver.client.get("/privacy").await.expect(200);
    }

    async fn the_same_address_can_begin_afresh_after_the_erasure(app: TestApp) {
        let leaver = leaver(app).await;
        leaver.ask("now").await;
        app.settle().await;
        let again = app.sign_up(NAME, EMAIL).await;
        again.get("/dashboard").await.expect(200);
        assert_ne!(user_of(app, EMAIL).await.unwrap(), leaver.id);
    }

    async fn the_operator_erases_a_child_at_once_and_others_with_grace(app: TestApp) {
        let child = leaver(app).await;
        let at_once = erasure::by_operator(&app.app, child.id, Reason::Child, true).await.unwrap();
        let at_once = receipt(app, &format!("/erasure/{at_once}")).await;
        assert_eq!((at_once["state"].as_str(), at_once["asked"].as_str()), (Some("erased"), Some("child")));
        assert_gone(app, child.id).await;
        let adult = leaver(app).await;
        let graceful = erasure::by_operator(&app.app, adult.id, Reason::Request, false).await.unwrap();
        assert_eq!(receipt(app, &format!("/erasure/{graceful}")).await["state"], "pending");
        assert_eq!(rows_of(app, "provider_keys", "user_id", adult.id).await, 0);
        after_grace(app).await;
        let done = receipt(app, &format!("/erasure/{graceful}")).await;
        assert_eq!(done["state"], "erased");
        assert_gone(app, adult.id).await;
    }

    async fn a_clock_that_was_ahead_does_not_put_the_date_off_for_years(app: TestApp) {
        let leaver = leaver(app).await;
        app.advance_days(4_000);
        let back = app.client();
        back.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
        let path = back.post(PATH, &form("grace")).await.see_other().to_owned();
        app.advance_days(-4_000);
        erasure::run_due(&app.app).await.unwrap();
        after_grace(app).await;
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, leaver.id).await;
    }
}

async fn leaver_again(app: &crate::support::TestApp, client: &crate::support::Client) -> String {
    let path = client.post(PATH, &form("grace")).await.see_other().to_owned();
    assert_eq!(receipt(app, &path).await["state"], "pending");
    path
}
