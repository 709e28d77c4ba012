//! Adding, testing again, replacing, renaming and deleting keys through their forms.

use super::{BETTER, GOOD, Provider};
use crate::on_both_engines;
use crate::support::{Client, Reply};
use spectr::domain::timestamp::MINUTE_MS;

async fn add(client: &Client, label: &str, key: &str, base_url: &str) -> Reply {
    let fields = [
        ("provider", "openai"),
        ("label", label),
        ("key", key),
        ("base_url", base_url),
    ];
    client.post("/settings/keys", &fields).await
}

/// The id in the address to which a form led.
fn id_of(reply: &Reply) -> String {
    reply.see_other().split_once('=').unwrap().1.to_owned()
}

on_both_engines! {
    async fn the_form_that_adds_is_the_first_with_a_field_named_key(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        add(&person.client, "one", GOOD, &provider.url).await.see_other();
        let page = person.client.get("/settings/keys").await.expect(200).body;
        let at = page.find("name=\"key\"").unwrap();
        let form = &page[page[..at].rfind("<form").unwrap()..];
        let form = &form[..form.find("</form>").unwrap()];
        assert!(form.contains("action=\"/settings/keys\"") && form.contains("method=\"post\""));
        for name in ["provider", "label", "key", "base_url"] {
            assert!(form.contains(&format!("name=\"{name}\"")), "{name}");
        }
        assert!(page.contains("name=\"new_key\""));
    }

    async fn a_key_is_tested_before_it_is_kept_and_shown_by_its_hint(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let reply = add(&person.client, " Team 7 ", &format!("  {GOOD}\n"), &provider.url).await;
        let page = person.client.get(reply.see_other()).await.expect(200).body;
        assert!(page.contains("Team 7: sealed, works, 3 models, "), "{page}");
        assert!(page.contains("sk-…c592") && !page.contains(GOOD));
        assert_eq!(provider.asked.lock().unwrap().as_slice(), [format!("/v1/models Bearer {GOOD}")]);
        assert_eq!(app.count("llm_calls").await, 0, "a test is no call");
        assert_eq!(app.count("outbox").await, 1);
        assert_eq!(app.count("security_events").await, 1);
    }

    async fn no_provider_is_asked_while_calls_are_restricted_and_the_way_out_is_named(app: TestApp) {
        for kind in ["restrict_calls", "restrict_account"] {
            let (person, provider) = (app.signed_in_user().await, Provider::start().await);
            let id = id_of(&add(&person.client, "one", GOOD, &provider.url).await);
            let limit = |action| [("limit", kind), ("action", action)];
            person.client.post("/settings/privacy/rights/limit", &limit("make")).await.see_other();
            app.clock.advance(6 * MINUTE_MS);
            let refused = [
                add(&person.client, "two", GOOD, &provider.url).await,
                person.client.post(&format!("/settings/keys/{id}/test"), &[]).await,
                person.client.post(&format!("/settings/keys/{id}/rotate"), &[("new_key", BETTER)]).await,
                person.client.get("/stream/models?provider=openai").await,
                person.client.get(&format!("/stream/models?provider=openai&key_id={id}")).await,
            ];
            for reply in refused {
                let reply = reply.expect(403);
                assert!(reply.body.contains("Lift the restriction under Settings, Privacy, Your rights."), "{}", reply.body);
                assert!(reply.body.contains("You stopped"), "{}", reply.body);
            }
            assert_eq!(provider.count(), 1, "{kind}: only the test before the restriction");
            let page = person.client.get("/settings/keys").await.expect(200).body;
            assert!(page.contains("href=\"/settings/privacy/rights#limits\"") && page.contains("works"), "{page}");
            // What asks nobody goes on.
            person.client.post(&format!("/settings/keys/{id}/label"), &[("label", "three")]).await.see_other();
            person.client.post("/settings/privacy/rights/limit", &limit("lift")).await.see_other();
            person.client.get("/stream/models?provider=openai").await.expect(200);
            assert_eq!(provider.count(), 2, "{kind}");
            person.client.post("/settings/privacy/rights/limit", &limit("make")).await.see_other();
            person.client.post(&format!("/settings/keys/{id}/delete"), &[]).await.see_other();
        }
        assert_eq!(app.count("provider_keys").await, 0);
    }

    async fn nothing_is_kept_of_a_key_that_does_not_work_and_the_reason_is_exact(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let cases: [(u16, &str, &str); 6] = [
            (401, r#"{"error":{"message":"Incorrect API key"}}"#, "OpenAI does not accept this key"),
            (403, r#"{"error":{"message":"no"}}"#, "does not let it list models"),
            (500, "<html>oops</html>", "OpenAI: "),
            (200, "<html>welcome</html>", "unreadable"),
            (200, "{", "unreadable"),
            (429, r#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#, "rate limit"),
        ];
        for (status, body, reason) in cases {
            provider.next(status, body);
            let reply = add(&person.client, "kept label", GOOD, &provider.url).await.expect(422);
            assert!(reply.body.contains(reason), "{status}: {}", reply.body);
            assert!(reply.body.contains("kept label") && reply.body.contains(&provider.url), "what was typed stays");
            assert!(reply.body.contains("aria-invalid=\"true\""));
            assert!(!reply.body.contains(GOOD), "the key never comes back");
        }
        let reply = add(&person.client, "", "sk-another", &provider.url).await.expect(422);
        assert!(!reply.body.contains("CANARY"), "the provider's words are not repeated");
        assert_eq!(app.count("provider_keys").await, 0);
    }

    async fn what_cannot_travel_in_a_header_is_refused_before_it_is_sent(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        for bad in ["", " \n ", "sk-a\r\nHost: b", "ключ", &"x".repeat(4_097)] {
            let reply = add(&person.client, "", bad, &provider.url).await.expect(422);
            assert!(reply.body.contains("field-key-error"), "{bad}");
        }
        let reply = person.client.post("/settings/keys", &[("provider", "spectr"), ("key", GOOD)]).await.expect(422);
        assert!(reply.body.contains("field-provider-error"));
        let reply = person.client.post("/settings/keys", &[("provider", "compatible"), ("key", GOOD)]).await.expect(422);
        assert!(reply.body.contains("field-base_url-error"));
        assert_eq!(provider.count(), 0);
    }

    async fn a_server_without_keys_needs_none(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let fields = [("provider", "compatible"), ("key", ""), ("base_url", provider.url.as_str())];
        let reply = person.client.post("/settings/keys", &fields).await;
        let page = person.client.get(reply.see_other()).await.body;
        assert!(page.contains("no key"));
        assert_eq!(provider.asked.lock().unwrap().as_slice(), ["/v1/models "]);
    }

    async fn testing_again_writes_down_the_outcome_good_or_bad(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let id = id_of(&add(&person.client, "", GOOD, &provider.url).await);
        provider.next(401, r#"{"error":{"message":"revoked"}}"#);
        app.clock.advance(5 * MINUTE_MS);
        let reply = person.client.post(&format!("/settings/keys/{id}/test"), &[]).await;
        let page = person.client.get(reply.see_other()).await.expect(200).body;
        assert!(page.contains("The provider refused your key") && page.contains("Fails"), "{page}");
        let reply = person.client.post(&format!("/settings/keys/{id}/test"), &[]).await;
        let page = person.client.get(reply.see_other()).await.body;
        assert!(page.contains("works, 3 models") && !page.contains("Fails"));
    }

    async fn a_new_key_takes_the_old_ones_place_only_when_it_works(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let id = id_of(&add(&person.client, "mine", GOOD, &provider.url).await);
        let path = format!("/settings/keys/{id}/rotate");
        let reply = person.client.post(&path, &[("new_key", "sk-wrong-0123456789"), ("base_url", &provider.url)]).await;
        let body = reply.expect(422).body;
        assert!(body.contains("does not accept this key") && body.contains("sk-…c592"), "the old one stays");
        assert!(!body.contains("sk-wrong-0123456789"));
        let reply = person.client.post(&path, &[("new_key", BETTER)]).await;
        let page = person.client.get(reply.see_other()).await.body;
        assert!(page.contains("mine: replaced, works") && page.contains("sk-…3077") && !page.contains("sk-…c592"));
        assert_eq!(app.count("provider_keys").await, 1);
    }

    async fn another_host_needs_the_key_again(app: TestApp) {
        let (person, provider, other) = (app.signed_in_user().await, Provider::start().await, Provider::start().await);
        let id = id_of(&add(&person.client, "", GOOD, &provider.url).await);
        let path = format!("/settings/keys/{id}/rotate");
        let reply = person.client.post(&path, &[("new_key", ""), ("base_url", &other.url)]).await.expect(422);
        assert!(reply.body.contains("another host"));
        assert_eq!(other.count(), 0, "the key was not sent to the other host");
        let same_host = format!("{}/v1", provider.url);
        person.client.post(&path, &[("new_key", ""), ("base_url", &same_host)]).await.see_other();
        person.client.post(&path, &[("new_key", GOOD), ("base_url", &other.url)]).await.see_other();
        assert_eq!(other.count(), 1);
    }

    async fn a_label_is_changed_and_a_key_deleted_for_good(app: TestApp) {
        let (person, provider) = (app.signed_in_user().await, Provider::start().await);
        let id = id_of(&add(&person.client, "old", GOOD, &provider.url).await);
        let label = format!("/settings/keys/{id}/label");
        person.client.post(&label, &[("label", "x\u{202e}y")]).await.expect(422);
        let reply = person.client.post(&label, &[("label", "مفتاح <b>")]).await;
        let page = person.client.get(reply.see_other()).await.body;
        assert!(page.contains("مفتاح &lt;b&gt;") && !page.contains("<b>"));
        let delete = format!("/settings/keys/{id}/delete");
        person.client.post(&delete, &[]).await.see_other();
        assert_eq!(app.count("provider_keys").await, 0);
        person.client.post(&delete, &[]).await.see_other();
        person.client.post(&format!("/settings/keys/{id}/test"), &[]).await.expect(404);
    }
}
