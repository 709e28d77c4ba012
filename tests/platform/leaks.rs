//! The form that burns a leaked key.

use super::{USAGE, ask, create};
use crate::on_both_engines;

const FORM: &str = "/security/leaked-key";

on_both_engines! {
    async fn anybody_who_has_the_whole_key_burns_it_and_its_owner_is_told(app: TestApp) {
        let person = app.signed_in_user().await;
        let (key, other) = (create(&person.client, "").await, create(&person.client, "").await);
        let finder = app.client();
        assert!(finder.get(FORM).await.expect(200).body.contains("name=\"key\""));
        let line = format!("export TOKEN=\"{key}\"");
        assert_eq!(finder.post(FORM, &[("key", &line)]).await.see_other(), "/security/leaked-key?burned=1");
        ask(app, USAGE, &key).await.expect(401);
        ask(app, USAGE, &other).await.expect(200);
        let mails = app.mails().await;
        let told = mails.iter().find(|mail| mail.subject.contains("leaked platform key")).unwrap();
        assert!(told.to.contains(&person.email) && !told.text.contains(&key));
        let log = person.client.get("/settings/security").await.expect(200).body;
        assert!(log.contains("Platform key burned"), "{log}");
        // Whoever never made such a key has an intruder, and the mail leads to what stops him.
        assert!(told.text.contains("If you never made such a key"), "{}", told.text);
        let token = told.token("/not-me");
        assert!(finder.post("/not-me", &[("token", &token)]).await.see_other().starts_with("/reset?token="));
        assert!(person.client.get("/settings/security").await.see_other().starts_with("/login"), "every device is out");
        ask(app, USAGE, &other).await.expect(401);
    }

    async fn the_answer_is_the_same_for_a_key_that_never_was(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        let finder = app.client();
        let stranger = spectr::domain::platform::encode(&[5; 32]);
        let burned = finder.post(FORM, &[("key", &key)]).await;
        let unknown = finder.post(FORM, &[("key", &stranger)]).await;
        assert_eq!((burned.status, burned.see_other()), (unknown.status, unknown.see_other()));
        let again = finder.post(FORM, &[("key", &key)]).await;
        assert_eq!(again.see_other(), burned.see_other());
    }

    async fn a_piece_of_a_key_is_no_key_and_does_not_come_back(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        for piece in [&key[..55], "spectr_", "", "sk-0123456789abcdef"] {
            let reply = app.client().post(FORM, &[("key", piece)]).await.expect(422);
            assert!(reply.body.contains("field-key-error"));
            assert!(piece.len() < 10 || !reply.body.contains(piece));
        }
        ask(app, USAGE, &key).await.expect(200);
    }

    async fn one_network_cannot_ask_without_end(app: TestApp) {
        let stranger = spectr::domain::platform::encode(&[5; 32]);
        let finder = app.client();
        for _ in 0..30 {
            finder.post(FORM, &[("key", &stranger)]).await.see_other();
        }
        let reply = finder.post(FORM, &[("key", &stranger)]).await.expect(429);
        assert!(reply.header("retry-after").is_some());
        app.clock.advance(60_000);
        finder.post(FORM, &[("key", &stranger)]).await.see_other();
    }
}
