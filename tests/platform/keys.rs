//! Creating, listing, replacing and revoking keys; what is kept of them.

use super::{PAGE, USAGE, ask, create, newest_id};
use crate::on_both_engines;
use spectr::domain::privacy::constants::EXPIRED_PLATFORM_KEY_DAYS;
use spectr::domain::timestamp::{HOUR_MS, MINUTE_MS};
use spectr::features::platform;
use spectr::on;

on_both_engines! {
    async fn a_key_is_shown_once_and_then_only_by_its_last_four_characters(app: TestApp) {
        let person = app.signed_in_user().await;
        let reply = person.client.post(PAGE, &[("label", "CI <b>")]).await.expect(200);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let key = super::key_in(&reply.body);
        let page = person.client.get(PAGE).await.expect(200).body;
        let last = &key[key.len() - 4..];
        assert!(!page.contains(&key) && page.contains(&format!("spectr_…{last}")), "{page}");
        assert!(page.contains("CI &lt;b&gt;") && !page.contains("<b>CI"));
        assert!(app.mail_to(&person.email).await.subject.contains("platform key was created"));
        assert_eq!(app.count("security_events").await, 1);
    }

    async fn only_the_hash_of_a_key_is_kept(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "canary-label-9Xq").await;
        ask(app, USAGE, &key).await.expect(200);
        app.mails().await;
        app.assert_absent_from_files(&[&key, &key[7..50], "canary-label-9Xq"]);
        let sql = "SELECT hash FROM platform_keys";
        let mut conn = app.app.db.acquire().await.unwrap();
        let hash: Vec<u8> = on!(&mut conn, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap();
        assert_eq!(hash, <sha2::Sha256 as sha2::Digest>::digest(key.as_bytes()).to_vec());
    }

    async fn a_form_that_is_sent_twice_makes_one_key(app: TestApp) {
        let person = app.signed_in_user().await;
        let page = person.client.get(PAGE).await.expect(200).body;
        let start = "name=\"form\" value=\"";
        let at = page.find(start).unwrap() + start.len();
        let form = &page[at..at + 36];
        person.client.post(PAGE, &[("form", form)]).await.expect(200);
        let again = person.client.post(PAGE, &[("form", form)]).await;
        assert_eq!(again.see_other(), "/settings/platform-keys?made=1");
        assert_eq!(app.count("platform_keys").await, 1);
    }

    async fn a_replaced_key_dies_at_once_unless_an_overlap_was_chosen(app: TestApp) {
        let person = app.signed_in_user().await;
        let first = create(&person.client, "deploy").await;
        let path = async |what: &str| format!("{PAGE}/{}/{what}", newest_id(&person.client).await);
        let reply = person.client.post(&path("rotate").await, &[]).await.expect(200);
        let second = super::key_in(&reply.body);
        ask(app, USAGE, &first).await.expect(401);
        ask(app, USAGE, &second).await.expect(200);
        app.clock.advance(1);
        let reply = person.client.post(&path("rotate").await, &[("overlap", "1")]).await.expect(200);
        let third = super::key_in(&reply.body);
        ask(app, USAGE, &second).await.expect(200);
        ask(app, USAGE, &third).await.expect(200);
        let page = person.client.get(PAGE).await.body;
        assert!(page.contains("Replaced") && page.matches("deploy").count() >= 2, "{page}");
        app.clock.advance(HOUR_MS);
        ask(app, USAGE, &second).await.expect(401);
        ask(app, USAGE, &third).await.expect(200);
        let reply = person.client.post(&path("rotate").await, &[("overlap", "999")]).await.expect(422);
        assert!(reply.body.contains("overlap-error"), "{}", reply.body);
    }

    async fn a_revoked_key_is_refused_at_the_next_request(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        ask(app, USAGE, &key).await.expect(200);
        let path = format!("{PAGE}/{}/revoke", newest_id(&person.client).await);
        person.client.post(&path, &[]).await.see_other();
        ask(app, USAGE, &key).await.expect(401);
        person.client.post(&path, &[]).await.see_other();
        assert_eq!(app.count("platform_keys").await, 0);
    }

    async fn an_expired_key_is_refused_and_its_row_deleted_later(app: TestApp) {
        let person = app.signed_in_user().await;
        let reply = person.client.post(PAGE, &[("expires", "7")]).await.expect(200);
        let key = super::key_in(&reply.body);
        app.advance_days(6);
        ask(app, USAGE, &key).await.expect(200);
        app.advance_days(1);
        ask(app, USAGE, &key).await.expect(401);
        assert!(person.client.get(PAGE).await.expect(200).body.contains("Expired"));
        app.advance_days(EXPIRED_PLATFORM_KEY_DAYS - 1);
        assert_eq!(platform::purge(&app.app).await.unwrap(), 0);
        app.advance_days(1);
        assert_eq!(platform::purge(&app.app).await.unwrap(), 1);
        for expires in ["8", "-1", "x"] {
            let reply = person.client.post(PAGE, &[("expires", expires), ("label", "kept")]).await.expect(422);
            assert!(reply.body.contains("field-expires-error") && reply.body.contains("value=\"kept\""));
        }
    }

    async fn the_last_use_is_noted_at_most_every_few_minutes(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        let used = async || {
            app.settle().await;
            platform::list(&app.app, person.id).await.unwrap()[0].last_used_at
        };
        assert_eq!(used().await, None);
        ask(app, USAGE, &key).await.expect(200);
        let first = used().await;
        assert!(first.is_some());
        app.clock.advance(4 * MINUTE_MS);
        ask(app, USAGE, &key).await.expect(200);
        assert_eq!(used().await, first);
        app.clock.advance(MINUTE_MS);
        ask(app, USAGE, &key).await.expect(200);
        assert!(used().await > first);
    }

    async fn nobody_replaces_or_revokes_the_key_of_another(app: TestApp) {
        let (person, other) = (app.signed_in_user().await, app.signed_in_user().await);
        let key = create(&person.client, "mine").await;
        let id = newest_id(&person.client).await;
        other.client.post(&format!("{PAGE}/{id}/rotate"), &[]).await.expect(404);
        other.client.post(&format!("{PAGE}/{id}/revoke"), &[]).await.see_other();
        assert!(!other.client.get(PAGE).await.expect(200).body.contains("mine"));
        ask(app, USAGE, &key).await.expect(200);
        assert!(app.client().get(PAGE).await.see_other().starts_with("/login"));
        assert!(app.client().post(PAGE, &[]).await.see_other().starts_with("/login"));
    }

    async fn keys_have_a_most(app: TestApp) {
        let person = app.signed_in_user().await;
        for _ in 0..spectr::domain::platform::KEYS_PER_USER {
            create(&person.client, "").await;
        }
        let reply = person.client.post(PAGE, &[("label", "one more")]).await.expect(422);
        assert!(reply.body.contains("20 keys are the most"));
    }

    async fn a_key_does_not_work_while_the_account_is_held(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        let token = app.mail_to(&person.email).await.token("/not-me");
        ask(app, USAGE, &key).await.expect(200);
        let to = app.client().post("/not-me", &[("token", &token)]).await.see_other().to_owned();
        ask(app, USAGE, &key).await.expect(401);
        let reset = to.split_once("token=").unwrap().1;
        app.client().post("/reset", &[("token", reset), ("password", "granite ribbon falcon meadow")]).await.see_other();
        ask(app, USAGE, &key).await.expect(200);
    }
}
