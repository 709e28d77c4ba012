//! Promises about platform keys.

use super::traces;
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::app::Person;
use reqwest::Method;
use spectr::features::platform;
use spectr::features::privacy::proof::{self, Standing};

const CREATE: &str = "/settings/platform-keys";

/// Makes a key by the form; its text stands in this one answer only.
async fn create(person: &Person) -> String {
    let page = person
        .client
        .post(CREATE, &[("label", "CI"), ("expires", "30")])
        .await
        .expect(200)
        .body;
    whole_key(&page)
}

fn whole_key(page: &str) -> String {
    let at = page
        .match_indices("spectr_")
        .map(|(at, _)| {
            page[at..]
                .chars()
                .take_while(|it| it.is_ascii_alphanumeric() || *it == '_')
                .collect::<String>()
        })
        .find(|word| word.len() == spectr::domain::platform::KEY_CHARS);
    at.expect("the page shows the key whole")
}

async fn status(app: &TestApp, key: &str) -> u16 {
    let request = app.client().request(Method::GET, "/api/v1/usage").bearer_auth(key);
    request.send().await.unwrap().status().as_u16()
}

on_both_engines! {
    async fn clause_27_platform_keys_are_shown_once_and_kept_as_hash(app: TestApp) {
        traces::listen();
        let person = app.signed_in_user().await;
        let key = create(&person).await;
        assert_eq!(status(app, &key).await, 200);
        let page = person.client.get(CREATE).await.expect(200).body;
        assert!(!page.contains(&key), "shown once");
        let last_four = &key[key.len() - 4..];
        assert!(page.contains("spectr_…") && page.contains(last_four));
        traces::assert_none(app, &[&key, &key["spectr_".len()..]]).await;
        let sql = "SELECT hash FROM platform_keys";
        let mut conn = app.app.db.acquire().await.unwrap();
        let hash = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, Vec<u8>>(sql).fetch_one(c).await).unwrap();
        drop(conn);
        use sha2::Digest;
        assert_eq!(hash, sha2::Sha256::digest(&key).to_vec());
        let report = proof::report(&app.app).await;
        assert_eq!(report.entry(27).unwrap().finding.standing, Standing::Kept);
    }

    async fn clause_28_a_revoked_or_leaked_key_is_dead_on_the_next_request(app: TestApp) {
        let person = app.signed_in_user().await;
        // Revoked by its owner.
        let revoked = create(&person).await;
        let id = only_id(app, &person).await;
        person.client.post(&format!("{CREATE}/{id}/revoke"), &[]).await.see_other();
        assert_eq!(status(app, &revoked).await, 401);
        // Rotated: the new one works at once, the old one no more.
        let old = create(&person).await;
        let id = only_id(app, &person).await;
        let page = person.client.post(&format!("{CREATE}/{id}/rotate"), &[("overlap", "")]).await.expect(200).body;
        let new = whole_key(&page);
        assert_ne!(new, old);
        assert_eq!((status(app, &old).await, status(app, &new).await), (401, 200));
        // Found by somebody who has no account.
        app.client().post("/security/leaked-key", &[("key", &new)]).await.see_other();
        assert_eq!(status(app, &new).await, 401);
    }
}

async fn only_id(app: &TestApp, person: &Person) -> String {
    let keys = platform::list(&app.app, person.id).await.unwrap();
    let alive: Vec<_> = keys.into_iter().filter(|key| key.replaced_at.is_none()).collect();
    assert_eq!(alive.len(), 1);
    alive[0].id.to_string()
}
