//! The models list behind the picker, and the names under which calls are recorded.

use super::{GOOD, Provider};
use crate::on_both_engines;
use spectr::domain::chat::Credential;
use spectr::domain::providers::Provider as Id;
use spectr::domain::timestamp::MINUTE_MS;
use spectr::features::vault;

const PATH: &str = "/stream/models?provider=compatible";

on_both_engines! {
    async fn the_list_is_live_and_kept_for_some_minutes(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let body = person.client.get(PATH).await.expect(409).body;
        assert!(body.contains("no_key"), "{body}");
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        person.client.post("/settings/keys", &fields).await.see_other();
        let json: serde_json::Value = serde_json::from_str(&person.client.get(PATH).await.expect(200).body).unwrap();
        let ids: Vec<_> = json["models"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
        assert!(ids.contains(&"small-1") && ids.len() == 3, "{ids:?}");
        assert_eq!(provider.count(), 1, "the list of the test is used");
        app.clock.advance(6 * MINUTE_MS);
        person.client.get(PATH).await.expect(200);
        assert_eq!(provider.count(), 2);
    }

    async fn nobody_lists_with_anothers_key(app: TestApp) {
        let (owner, other, provider) = (app.signed_in_user().await, app.signed_in_user().await, Provider::start().await);
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        let reply = owner.client.post("/settings/keys", &fields).await;
        let id = reply.see_other().split_once('=').unwrap().1;
        other.client.get(&format!("{PATH}&key_id={id}")).await.expect(409);
        other.client.post(&format!("/settings/keys/{id}/test"), &[]).await.expect(404);
        other.client.post(&format!("/settings/keys/{id}/delete"), &[]).await.see_other();
        assert_eq!(app.count("provider_keys").await, 1);
        app.client().get(PATH).await.expect(401);
        owner.client.get("/stream/models?provider=nobody").await.expect(422);
        owner.client.get(&format!("{PATH}&key_id=1")).await.expect(422);
    }

    async fn only_names_that_stand_in_a_list_are_recorded(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        let reply = person.client.post("/settings/keys", &fields).await;
        let id = Some(reply.see_other().split_once('=').unwrap().1.parse().unwrap());
        let name = async |provider, key, model| {
            vault::recorded_model(&app.app, person.id, provider, key, model).await
        };
        let own = (Credential::Byok, id);
        assert_eq!(name(Id::Compatible, own, "small-1").await, "small-1");
        assert_eq!(name(Id::Compatible, own, "my secret plan").await, "other");
        assert_eq!(name(Id::Spectr, (Credential::None, None), "my secret plan").await, "other");
        assert_eq!(name(Id::Spectr, (Credential::None, None), "spectr/guide").await, "spectr/guide");
        assert_eq!(provider.count(), 1);
    }

    async fn a_malicious_list_is_cut_and_cleaned(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let many: Vec<String> = (0..5_000).map(|n| format!("{{\"id\":\"m{n}\"}}")).collect();
        let evil = format!("{{\"data\":[{{\"id\":\"a\\u0000b\"}},{{\"id\":\"\\u202Eevil\"}},{{\"nope\":1}},{}]}}", many.join(","));
        provider.next(200, evil);
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        let reply = person.client.post("/settings/keys", &fields).await;
        let page = person.client.get(reply.see_other()).await.body;
        assert!(page.contains("works, 2000 models"), "{page}");
        provider.next(200, vec![b' '; 9 * 1024 * 1024]);
        let reply = person.client.post("/settings/keys", &fields).await.expect(422);
        assert!(reply.body.contains("more than can be taken"));
    }

    async fn an_address_without_a_list_is_named_and_no_model(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        provider.next(404, r#"{"detail":"Not Found"}"#);
        let fields = [("provider", "compatible"), ("key", GOOD), ("base_url", provider.url.as_str())];
        let reply = person.client.post("/settings/keys", &fields).await.expect(422);
        assert!(reply.body.contains("There is no models list at this address.") && reply.body.contains("base URL"));
        assert!(!reply.body.contains("does not know this model"));
    }
}
