//! People who lost their second factor: a link to the mailbox, and days of waiting.

use super::{EMAIL, PATH, assert_gone, leaver, mail_holding, receipt, rows_of};
use crate::on_both_engines;
use crate::support::TestApp;
use spectr::domain::privacy::constants::{ERASURE_GRACE_DAYS, ERASURE_WAIT_DAYS};
use spectr::features::privacy::erasure;

/// Asks for the link and opens it; answers the receipt's path.
async fn begin(app: &TestApp) -> String {
    let client = app.client();
    client.post("/delete-account", &[("email", EMAIL)]).await.see_other();
    let token = mail_holding(app, "/delete-account/confirm")
        .await
        .token("/delete-account/confirm");
    client
        .get(&format!("/delete-account/confirm?token={token}"))
        .await
        .expect(200);
    client
        .post("/delete-account/confirm", &[("token", &token)])
        .await
        .see_other()
        .to_owned()
}

on_both_engines! {
    async fn both_times_pass_before_anything_is_gone(app: TestApp) {
        let leaver = leaver(app).await;
        let path = begin(app).await;
        assert_eq!(receipt(app, &path).await["state"], "waiting");
        assert_eq!(rows_of(app, "provider_keys", "user_id", leaver.id).await, 1, "nothing happens at first");
        leaver.client.get("/dashboard").await.expect(200);
        assert!(leaver.client.get(PATH).await.expect(200).body.contains("asked for by mail"));
        app.advance_days(ERASURE_WAIT_DAYS);
        erasure::run_due(&app.app).await.unwrap();
        assert_eq!(receipt(app, &path).await["state"], "pending");
        assert_eq!(rows_of(app, "provider_keys", "user_id", leaver.id).await, 0);
        app.advance_days(ERASURE_GRACE_DAYS);
        erasure::run_due(&app.app).await.unwrap();
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, leaver.id).await;
    }

    async fn the_mails_link_calls_it_off_in_both_times(app: TestApp) {
        let leaver = leaver(app).await;
        for days in [0, ERASURE_WAIT_DAYS] {
            let path = begin(app).await;
            app.advance_days(days);
            erasure::run_due(&app.app).await.unwrap();
            let mail = mail_holding(app, &format!("{path}/cancel")).await;
            let link = mail.link(&format!("{path}/cancel"));
            let token = mail.token(&format!("{path}/cancel"));
            assert!(app.client().get(&link).await.expect(200).body.contains("Keep the account"));
            app.client().post(&format!("{path}/cancel"), &[("token", "not it")]).await.expect(409);
            app.client().post(&format!("{path}/cancel"), &[("token", &token)]).await.see_other();
            assert_eq!(receipt(app, &path).await["state"], "cancelled");
            assert_eq!(rows_of(app, "users", "id", leaver.id).await, 1);
        }
    }

    async fn an_address_without_an_account_is_answered_alike(app: TestApp) {
        let sent = app.client().post("/delete-account", &[("email", "nobody@example.org")]).await;
        assert!(sent.see_other().starts_with("/delete-account/sent"));
        assert!(app.mails().await.is_empty());
        app.client().post("/delete-account/confirm", &[("token", "x")]).await.expect(410);
    }
}
