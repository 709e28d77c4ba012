//! Keys stay in the vault: nothing in files, logs, pages or another person's hands.

use super::{BETTER, GOOD, Provider};
use crate::on_both_engines;
use crate::support::{Engine, TestApp};
use spectr::domain::providers::Provider as Id;
use spectr::features::vault;

on_both_engines! {
    async fn no_key_label_or_address_is_readable_in_the_files(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let fields = [("provider", "compatible"), ("label", "canary-label"), ("key", GOOD), ("base_url", provider.url.as_str())];
        let reply = person.client.post("/settings/keys", &fields).await;
        let id = reply.see_other().split_once('=').unwrap().1.to_owned();
        person.client.post(&format!("/settings/keys/{id}/rotate"), &[("new_key", BETTER)]).await.see_other();
        provider.next(401, "{}");
        person.client.post(&format!("/settings/keys/{id}/test"), &[]).await.see_other();
        let host = provider.url.trim_start_matches("http://");
        app.assert_absent_from_files(&[GOOD, BETTER, "canary-label", "sk-…3077", "9753077", host]);
    }

    async fn a_key_opens_for_its_owner_and_provider_only(app: TestApp) {
        let (owner, other, provider) = (app.signed_in_user().await, app.signed_in_user().await, Provider::start().await);
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        let reply = owner.client.post("/settings/keys", &fields).await;
        let id = Some(reply.see_other().split_once('=').unwrap().1.parse().unwrap());
        let opened = vault::open_for_call(&app.app, owner.id, Id::Compatible, id).await.unwrap();
        assert!(opened.secret().is_some() && !format!("{opened:?}").contains(GOOD));
        for (user, of, key) in [(owner.id, Id::OpenAi, id), (owner.id, Id::OpenAi, None), (other.id, Id::Compatible, id)] {
            let problem = vault::open_for_call(&app.app, user, of, key).await.unwrap_err();
            assert_eq!(problem.code.code(), "no_key");
        }
    }

    async fn the_newest_key_of_a_provider_is_the_default(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let mut last = String::new();
        for key in [GOOD, BETTER] {
            app.clock.advance(1_000);
            let fields = [("provider", "compatible"), ("key", key), ("base_url", provider.url.as_str())];
            last = person.client.post("/settings/keys", &fields).await.see_other().split_once('=').unwrap().1.to_owned();
        }
        let opened = vault::open_for_call(&app.app, person.id, Id::Compatible, None).await.unwrap();
        assert_eq!(opened.id.to_string(), last);
    }

    async fn a_key_sealed_for_one_person_does_not_open_for_another(app: TestApp) {
        let (owner, thief, provider) = (app.signed_in_user().await, app.signed_in_user().await, Provider::start().await);
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        owner.client.post("/settings/keys", &fields).await.see_other();
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE provider_keys SET user_id = $1", thief.id.0).unwrap();
        conn.commit().await.unwrap();
        assert!(vault::open_for_call(&app.app, thief.id, Id::Compatible, None).await.is_err());
    }
}

/// The guard itself is tested beside its code; here: it stands in the way of the form.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_of_the_inside_are_refused_unless_the_operator_allows_them() {
    let app = TestApp::spawn_with(Engine::Sqlite, &[("SPECTR_ALLOW_TARGETS", "models.internal")]).await;
    let (person, provider) = (app.signed_in_user().await, Provider::start().await);
    let own = app.url.clone();
    for url in [
        provider.url.as_str(),
        "http://169.254.169.254/latest",
        "https://10.0.0.1",
        "https://[::1]:9/",
        &own,
        "file:///etc/passwd",
        "https://a:b@example.org",
    ] {
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", url)];
        let reply = person.client.post("/settings/keys", &fields).await.expect(422);
        assert!(reply.body.contains("field-base_url-error"), "{url}");
    }
    assert_eq!(provider.count(), 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trial_calls_are_shown_with_what_is_left() {
    let settings = [
        ("SPECTR_TRIAL_OPENAI_KEY", "sk-operator-canary-0123456789"),
        ("SPECTR_TRIAL_CALLS_PER_DAY", "7"),
    ];
    let app = TestApp::spawn_with(Engine::Sqlite, &settings).await;
    let person = app.signed_in_user().await;
    for path in ["/settings", "/settings/keys"] {
        let page = person.client.get(path).await.expect(200).body;
        assert!(
            page.contains("7 of 7 left today") && page.contains("Calls to OpenAI"),
            "{path}"
        );
        assert!(!page.contains("canary"));
    }
    app.stop().await;
}
