//! Exports that end badly: never a file that looks whole, never a file that stays.

use super::{EXPORT, ask, download, spools};
use crate::on_both_engines;
use crate::support::TestApp;
use reqwest::Method;
use spectr::domain::ids::{ExportId, UserId};
use spectr::features::privacy::export::{self, State};

async fn run(app: &TestApp, sql: &'static str, user: UserId) {
    let mut conn = app.app.db.begin().await.unwrap();
    spectr::execute!(&mut conn, sql, user.0).unwrap();
    conn.commit().await.unwrap();
}

on_both_engines! {
    async fn a_section_that_cannot_be_read_fails_the_whole_export(app: TestApp) {
        let person = app.signed_in_user().await;
        person.client.post("/settings/profile", &[("name", "Ada"), ("phone", "1")]).await.see_other();
        // A sealed value of another column does not open here.
        run(app, "UPDATE users SET phone = name WHERE id = $1", person.id).await;
        let whole = match person.client.request(Method::GET, EXPORT).send().await {
            Ok(response) => response.bytes().await,
            Err(broken) => Err(broken),
        };
        let is_zip = whole.is_ok_and(|bytes| zip::ZipArchive::new(std::io::Cursor::new(bytes)).is_ok());
        assert!(!is_zip, "the connection breaks before the directory of the ZIP");
        app.settle().await;
        let exports = export::list(&app.app, person.id).await.unwrap();
        assert_eq!((exports.len(), exports[0].state, exports[0].problem.as_deref()), (1, State::Failed, Some("failed")));
        assert!(spools(app).is_empty());
        let page = person.client.get("/settings/privacy/downloads").await.expect(200).body;
        assert!(page.contains("Failed"));
        run(app, "UPDATE users SET phone = NULL WHERE id = $1", person.id).await;
        download(&person.client).await;
    }

    async fn what_a_crash_left_behind_is_swept_and_said(app: TestApp) {
        let person = app.signed_in_user().await;
        download(&person.client).await;
        app.settle().await;
        let kept = spools(app);
        run(app, "UPDATE exports SET state = 'building', completed_at = NULL WHERE user_id = $1", person.id).await;
        let orphan = app.data_dir().join("exports").join(format!("{}.sealed", uuid::Uuid::now_v7()));
        std::fs::write(&orphan, b"half").unwrap();
        export::purge(&app.app).await.unwrap();
        assert!(!orphan.exists() && !kept[0].exists());
        let exports = export::list(&app.app, person.id).await.unwrap();
        assert_eq!((exports[0].state, exports[0].problem.as_deref()), (State::Failed, Some("interrupted")));
    }

    async fn a_complete_export_survives_the_sweep(app: TestApp) {
        let person = app.signed_in_user().await;
        let made = ask(&person.client, EXPORT, &[]).await.expect(200);
        app.settle().await;
        assert_eq!(export::purge(&app.app).await.unwrap(), 0);
        let again = ask(&person.client, made.header("content-location"), &[]).await.expect(200);
        assert_eq!(again.bytes, made.bytes);
    }

    async fn erasure_ends_every_export_of_the_person_and_nobody_elses(app: TestApp) {
        let (ada, bob) = (app.signed_in_user().await, app.signed_in_user().await);
        download(&ada.client).await;
        download(&bob.client).await;
        app.settle().await;
        assert_eq!(export::cancel_for(&app.app, ada.id).await.unwrap(), 1);
        assert_eq!(export::cancel_for(&app.app, ada.id).await.unwrap(), 0);
        assert_eq!((spools(app).len(), app.count("exports").await), (1, 1));
    }

    async fn a_disk_that_cannot_be_written_is_said_at_once(app: TestApp) {
        let person = app.signed_in_user().await;
        std::fs::write(app.data_dir().join("exports"), b"in the way").unwrap();
        let refused = ask(&person.client, EXPORT, &[]).await;
        assert_eq!(refused.status, 500);
        assert_eq!(app.count("exports").await, 0);
    }

    async fn the_files_say_nothing_and_belong_to_their_owner_only(app: TestApp) {
        use std::os::unix::fs::PermissionsExt;
        let person = app.signed_in_user().await;
        person.client.post("/settings/profile", &[("name", "Canary Zanzibar 7431")]).await.see_other();
        download(&person.client).await;
        app.assert_absent_from_files(&["Zanzibar 7431", &person.email, "README.html"]);
        for path in spools(app) {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    async fn a_bundle_on_another_servers_disk_is_said_to_be_there_and_a_new_one_is_made(app: TestApp) {
        let (ada, bob) = (app.signed_in_user().await, app.signed_in_user().await);
        let made = ask(&ada.client, EXPORT, &[]).await.expect(200);
        let (place, id) = (made.header("content-location").to_owned(), made.header("etag").trim_matches('"').to_owned());
        app.settle().await;
        for file in spools(app) {
            std::fs::remove_file(file).unwrap();
        }
        let page = ada.client.get(&place).await.expect(409);
        let form = ada.client.post(EXPORT, &[("export", &id)]).await.expect(409);
        for reply in [page, form] {
            assert!(reply.body.contains("not on this server") && reply.body.contains("Ask for a new one"), "{}", reply.body);
        }
        bob.client.get(&place).await.expect(404);
        // A download that goes on begins anew instead, whole.
        let whole = ask(&ada.client, EXPORT, &[("range", "bytes=100-"), ("if-range", made.header("etag"))]).await;
        whole.zip();
        ada.client.post(&format!("{place}/delete"), &[]).await.see_other();
        ada.client.get(&place).await.expect(404);
    }

    async fn a_deleted_key_makes_a_finished_export_unreadable(app: TestApp) {
        let person = app.signed_in_user().await;
        let made = ask(&person.client, EXPORT, &[]).await.expect(200);
        let id: ExportId = made.header("etag").trim_matches('"').parse().unwrap();
        app.settle().await;
        app.app.keys.destroy_data_key(person.id.0).await.unwrap();
        assert!(export::find(&app.app, person.id, id).await.is_err());
    }
}
