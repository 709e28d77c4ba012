//! Who gets a bundle, when, and which part of it.

use super::{Answer, EXPORT, ask, download, spools};
use crate::on_both_engines;
use crate::support::{Client, PASSWORD};
use reqwest::Method;
use spectr::domain::timestamp::{DAY_MS, MINUTE_MS};
use spectr::features::privacy::export::purge;

async fn post(client: &Client, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = client
        .request(Method::POST, EXPORT)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    if let Some(cookie) = headers.get("set-cookie") {
        let value = cookie.to_str().unwrap().split(';').next().unwrap();
        client.set_cookie(Some(value.strip_prefix("session=").unwrap()));
    }
    let bytes = response.bytes().await.unwrap().to_vec();
    Answer { status, headers, bytes }
}

on_both_engines! {
    async fn ten_minutes_after_the_password_it_is_asked_for_again(app: TestApp) {
        let client = app.sign_up("Ada", "ada@example.org").await;
        assert_eq!(download(&client).await.json("data/account.json")["name"], "Ada");
        app.clock.advance(10 * MINUTE_MS + 1);
        let form = ask(&client, EXPORT, &[]).await.expect(200);
        assert!(form.header("content-type").starts_with("text/html"));
        let page = String::from_utf8(form.bytes).unwrap();
        assert!(page.contains("name=\"password\"") && !page.contains("name=\"code\""));
        assert!(page.contains(&format!("action=\"{EXPORT}\"")));
        let wrong = post(&client, &[("password", "wrong wrong wrong")]).await.expect(422);
        assert!(String::from_utf8(wrong.bytes).unwrap().contains("field-password-error"));
        assert!(post(&client, &[]).await.header("content-type").starts_with("text/html"));
        let before = client.cookie();
        let bundle = post(&client, &[("password", PASSWORD)]).await.zip();
        assert_eq!(bundle.json("data/account.json")["email"], "ada@example.org");
        assert_ne!(client.cookie(), before, "the session has a new secret");
        ask(&client, EXPORT, &[]).await.zip();
        let signed_out = ask(&app.client(), EXPORT, &[]).await.expect(303);
        assert!(signed_out.header("location").starts_with("/login?next="));
    }

    async fn a_download_that_was_cut_off_is_resumed_by_range(app: TestApp) {
        let person = app.signed_in_user().await;
        let first = ask(&person.client, EXPORT, &[]).await.expect(200);
        let (etag, place) = (first.header("etag").to_owned(), first.header("content-location").to_owned());
        assert!(first.header("content-disposition").starts_with("attachment; filename=\"spectr-export-"));
        assert_eq!(first.header("accept-ranges"), "bytes");
        let whole = first.bytes;
        let half = whole.len() / 2;
        for path in [EXPORT, place.as_str()] {
            let range = format!("bytes={half}-");
            let rest = ask(&person.client, path, &[("range", &range), ("if-range", &etag)]).await.expect(206);
            assert_eq!(rest.header("content-range"), format!("bytes {half}-{}/{}", whole.len() - 1, whole.len()));
            assert_eq!(rest.header("etag"), etag);
            assert_eq!(rest.bytes, whole[half..], "{path}");
        }
        let part = ask(&person.client, &place, &[("range", "bytes=8190-8200")]).await.expect(206);
        assert_eq!(part.bytes, whole[8190..8201]);
        let beyond = ask(&person.client, &place, &[("range", "bytes=99999999-")]).await.expect(416);
        assert_eq!(beyond.header("content-range"), format!("bytes */{}", whole.len()));
        let again = ask(&person.client, &place, &[]).await.expect(200);
        assert_eq!(again.bytes, whole);
        assert_eq!(again.header("content-length"), whole.len().to_string());
        // Another export than the one that was begun: the whole of a new one.
        let changed = ask(&person.client, EXPORT, &[("range", "bytes=5-"), ("if-range", "\"00000000-0000-7000-8000-000000000000\"")]);
        let changed = changed.await;
        assert_ne!(changed.header("etag"), etag);
        changed.zip();
    }

    async fn other_peoples_exports_do_not_exist(app: TestApp) {
        let (ada, bob) = (app.signed_in_user().await, app.signed_in_user().await);
        let made = ask(&ada.client, EXPORT, &[]).await.expect(200);
        let place = made.header("content-location").to_owned();
        ask(&bob.client, &place, &[]).await.expect(404);
        bob.client.post(&format!("{place}/delete"), &[]).await.expect(404);
        let id = place.rsplit('/').next().unwrap();
        assert_eq!(post(&bob.client, &[("export", id)]).await.status, 404);
        assert_eq!(post(&bob.client, &[("export", "x")]).await.status, 404);
        ask(&bob.client, "/settings/privacy/export/none", &[]).await.expect(404);
        ask(&ada.client, &place, &[]).await.expect(200);
        let range = [("range", "bytes=0-9"), ("if-range", made.header("etag"))];
        let own = ask(&bob.client, EXPORT, &range).await;
        assert_ne!(own.header("etag"), made.header("etag"));
        assert_eq!(own.zip().json("data/account.json")["email"], bob.email);
    }

    async fn ten_downloads_at_once_share_exports_and_all_are_whole(app: TestApp) {
        let person = app.signed_in_user().await;
        let all = futures::future::join_all((0..10).map(|_| ask(&person.client, EXPORT, &[]))).await;
        for answer in all {
            let bundle = answer.zip();
            assert_eq!(bundle.json("data/account.json")["email"], person.email);
        }
        app.settle().await;
        assert!(app.count("exports").await <= 5, "no more are kept than is said");
        assert_eq!(spools(app).len() as i64, app.count("exports").await);
    }

    async fn an_export_is_listed_downloaded_again_and_deleted(app: TestApp) {
        let person = app.signed_in_user().await;
        let page = person.client.get("/settings/privacy/downloads").await.expect(200).body;
        assert!(page.contains("None yet") && page.contains("Download my data"));
        let made = ask(&person.client, EXPORT, &[]).await.expect(200);
        let id = made.header("etag").trim_matches('"').to_owned();
        app.settle().await;
        let page = person.client.get("/settings/privacy/downloads").await.expect(200).body;
        assert!(page.contains(&format!("value=\"{id}\"")) && page.contains("11 May 2026"));
        let again = post(&person.client, &[("export", &id)]).await.expect(200);
        assert_eq!(again.bytes, made.bytes);
        let delete = format!("{EXPORT}/{id}/delete");
        assert_eq!(person.client.post(&delete, &[]).await.see_other(), "/settings/privacy/downloads?notice=deleted");
        assert!(spools(app).is_empty());
        person.client.post(&delete, &[]).await.expect(404);
        ask(&person.client, &format!("{EXPORT}/{id}"), &[]).await.expect(404);
    }

    async fn after_seven_days_an_export_is_gone(app: TestApp) {
        let person = app.signed_in_user().await;
        let made = ask(&person.client, EXPORT, &[]).await.expect(200);
        let place = made.header("content-location").to_owned();
        app.settle().await;
        app.clock.advance(7 * DAY_MS - 1);
        purge(&app.app).await.unwrap();
        assert_eq!(spools(app).len(), 1);
        app.clock.advance(1);
        // Not even before the purge comes round.
        ask(&person.client, &place, &[]).await.expect(404);
        assert_eq!(purge(&app.app).await.unwrap(), 1);
        assert_eq!((spools(app).len(), app.count("exports").await), (0, 0));
    }
}
