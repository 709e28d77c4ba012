//! The outbox: in the change's own transaction, once, sealed, dropped after delivery.

use crate::on_both_engines;
use crate::support::{PASSWORD, TestApp, sign_up_form};
use spectr::domain::mail::Letter;
use spectr::features::outbox::{self, Mail};

fn mail<'a>(owner: uuid::Uuid, dedupe: &str) -> Mail<'a> {
    Mail {
        owner,
        to: "ada@example.org",
        kind: "test",
        letter: Letter {
            subject: "A subject".to_owned(),
            body: "canary-body-51c9\n".to_owned(),
        },
        dedupe: dedupe.to_owned(),
    }
}

async fn row(app: &TestApp) -> (String, bool, i64) {
    let sql = "SELECT state, content IS NOT NULL, attempts FROM outbox";
    let mut conn = app.app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_as::<_, (String, bool, i64)>(sql).fetch_one(c).await).unwrap()
}

on_both_engines! {
    async fn a_mail_is_queued_with_its_change_or_not_at_all(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut conn = app.app.db.begin().await.unwrap();
        outbox::enqueue(&mut conn, &app.app, mail(person.id.0, "one")).await.unwrap();
        drop(conn);
        assert_eq!(app.count("outbox").await, 0);
    }

    async fn the_same_key_is_mailed_once_and_content_is_dropped_after_delivery(app: TestApp) {
        let person = app.signed_in_user().await;
        for _ in 0..3 {
            let mut conn = app.app.db.begin().await.unwrap();
            outbox::enqueue(&mut conn, &app.app, mail(person.id.0, "one")).await.unwrap();
            conn.commit().await.unwrap();
        }
        app.assert_absent_from_files(&["canary-body-51c9", "ada@example.org"]);
        assert_eq!(row(app).await, ("queued".to_owned(), true, 0));
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("canary-body-51c9"));
        assert_eq!(row(app).await, ("sent".to_owned(), false, 1));
    }

    async fn two_processes_never_send_one_mail_twice(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut conn = app.app.db.begin().await.unwrap();
        for number in 0..10 {
            outbox::enqueue(&mut conn, &app.app, mail(person.id.0, &number.to_string())).await.unwrap();
        }
        conn.commit().await.unwrap();
        let (one, two) = tokio::join!(outbox::deliver_due(&app.app), outbox::deliver_due(&app.app));
        assert_eq!(one.unwrap() + two.unwrap(), 10);
    }

    async fn a_mail_of_an_erased_owner_is_never_sent(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut conn = app.app.db.begin().await.unwrap();
        outbox::enqueue(&mut conn, &app.app, mail(person.id.0, "one")).await.unwrap();
        conn.commit().await.unwrap();
        app.app.keys.destroy_data_key(person.id.0).await.unwrap();
        assert!(app.mails().await.is_empty());
        assert_eq!(row(app).await, ("failed".to_owned(), false, 1));
    }

    async fn mail_files_are_for_the_owner_of_the_process_only(app: TestApp) {
        use std::os::unix::fs::PermissionsExt;
        let client = app.client();
        client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await.see_other();
        app.mails().await;
        let folder = app.data_dir().join("outbox");
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        for entry in std::fs::read_dir(folder).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
