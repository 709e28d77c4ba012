//! `GET /api/v1/usage` and its description.

use super::{USAGE, ask, create};
use crate::on_both_engines;
use crate::support::{TestApp, assert_follows};
use crate::usage::{call, record};
use reqwest::Method;
use serde_json::{Value, json};
use spectr::domain::providers::Provider;
use spectr::domain::timestamp::DAY_MS;
use spectr::infra::clock::Clock;

/// Fails unless the value is what `openapi.json` says of a schema.
#[track_caller]
fn assert_is(document: &Value, schema: &str, value: &Value) {
    let mut root = document.clone();
    root["$ref"] = json!(format!("#/components/schemas/{schema}"));
    assert_follows(root, value, schema);
}

async fn json(app: &TestApp, query: &str, key: &str) -> Value {
    let reply = ask(app, &format!("{USAGE}?{query}"), key).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    serde_json::from_str(&reply.body).unwrap()
}

on_both_engines! {
    async fn a_key_and_a_session_see_the_same_and_only_their_own(app: TestApp) {
        let (person, other) = (app.signed_in_user().await, app.signed_in_user().await);
        let now = app.clock.now();
        record(app, &[call(app, person.id, now), call(app, other.id, now)]).await;
        let key = create(&person.client, "").await;
        let by_key = json(app, "", &key).await;
        let by_session: Value = serde_json::from_str(&person.client.get(USAGE).await.expect(200).body).unwrap();
        assert_eq!(by_key, by_session);
        assert_eq!((&by_key["total"]["calls"], by_key["calls"].as_array().unwrap().len()), (&json!(1), 1));
        assert_eq!(by_key["calls"][0]["cost_usd"], "0.01");
        let document: Value = serde_json::from_str(&app.client().get("/openapi.json").await.expect(200).body).unwrap();
        assert_is(&document, "Usage", &by_key);
    }

    async fn who_is_nobody_is_told_how_to_come_in(app: TestApp) {
        let document: Value = serde_json::from_str(&app.client().get("/openapi.json").await.expect(200).body).unwrap();
        let nobody = app.client().get(USAGE).await.expect(401);
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer realm=\"spectr\""));
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        let unknown = spectr::domain::platform::encode(&[3; 32]);
        for sent in [format!("Bearer {unknown}"), format!("Basic {key}"), "Bearer".into(), key.clone(), format!("Bearer x{key}")] {
            // The cookie of somebody who is signed in does not help a key that does not work.
            let request = person.client.request(Method::GET, USAGE).header("authorization", &sent);
            let refused = person.client.send(request).await.expect(401);
            assert_eq!(refused.header("content-type"), Some("application/problem+json"), "{sent}");
            assert!(refused.header("www-authenticate").unwrap().contains("invalid_token"));
            assert_is(&document, "Problem", &serde_json::from_str(&refused.body).unwrap());
            assert!(!refused.body.contains(&key));
        }
    }

    async fn pages_follow_each_other_without_a_gap_or_a_repetition(app: TestApp) {
        let person = app.signed_in_user().await;
        // Many share a moment, so that pages end inside it.
        let calls: Vec<_> = (0..25).map(|n| call(app, person.id, app.clock.now().minus(n / 10))).collect();
        record(app, &calls).await;
        let key = create(&person.client, "").await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = json(app, &format!("limit=7&cursor={cursor}"), &key).await;
            assert_eq!(page["total"]["calls"], 25, "the sum is over everything");
            seen.extend(page["calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let mut ids: Vec<String> = calls.iter().map(|call| call.id.to_string()).collect();
        ids.sort_unstable();
        seen.sort_unstable();
        assert_eq!(seen, ids);
    }

    async fn filters_and_groups_narrow_and_add_up(app: TestApp) {
        let person = app.signed_in_user().await;
        let now = app.clock.now();
        let mut claude = call(app, person.id, now.minus(DAY_MS));
        (claude.provider, claude.model, claude.key_id, claude.price) = (Provider::Anthropic, "claude".into(), None, None);
        record(app, &[call(app, person.id, now), call(app, person.id, now.minus(DAY_MS)), claude]).await;
        let key = create(&person.client, "").await;
        let count = async |query: &str| {
            let found = json(app, query, &key).await;
            let rows = found["calls"].as_array().unwrap().len();
            (found["total"]["calls"].as_i64().unwrap(), rows)
        };
        assert_eq!(count("provider=anthropic").await, (1, 1));
        assert_eq!(count("model=gpt-4.1").await, (2, 2));
        assert_eq!(count("model=%27%20OR%201%3D1--").await, (0, 0));
        assert_eq!(count("key_id=00000000-0000-0000-0000-000000000007").await, (2, 2));
        assert_eq!(count("from=2026-05-03&to=2026-05-03").await, (2, 2));
        assert_eq!(count("to=2026-05-03&provider=openai").await, (1, 1));
        let document: Value = serde_json::from_str(&app.client().get("/openapi.json").await.expect(200).body).unwrap();
        for (group, names) in [
            ("day", vec!["2026-05-03", "2026-05-04"]),
            ("provider", vec!["anthropic", "openai"]),
            ("model", vec!["claude", "gpt-4.1"]),
            ("feature", vec!["assistant"]),
            ("key", vec!["", "00000000-0000-0000-0000-000000000007"]),
        ] {
            let found = json(app, &format!("group={group}"), &key).await;
            assert_is(&document, "Usage", &found);
            let groups = found["groups"].as_array().unwrap();
            let found_names: Vec<&str> = groups.iter().map(|group| group["name"].as_str().unwrap()).collect();
            assert_eq!(found_names, names, "{group}");
            let calls: i64 = groups.iter().map(|group| group["calls"].as_i64().unwrap()).sum();
            assert_eq!(calls, 3);
            assert_eq!(found["total"]["unpriced"], 1);
        }
        for wrong in ["provider=x", "limit=0", "limit=1001", "from=yesterday", "cursor=x", "group=x", "providr=openai"] {
            let reply = ask(app, &format!("{USAGE}?{wrong}"), &key).await.expect(422);
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{wrong}");
        }
    }

    async fn calls_are_there_after_89_days_and_gone_after_91_whatever_is_asked(app: TestApp) {
        let person = app.signed_in_user().await;
        record(app, &[call(app, person.id, app.clock.now())]).await;
        let key = create(&person.client, "").await;
        app.advance_days(89);
        assert_eq!(json(app, "from=2020-01-01", &key).await["total"]["calls"], 1);
        app.advance_days(2);
        let found = json(app, "from=2020-01-01", &key).await;
        assert_eq!((&found["total"]["calls"], &found["calls"]), (&json!(0), &json!([])));
    }

    async fn one_person_cannot_ask_without_end(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        for _ in 0..120 {
            ask(app, USAGE, &key).await.expect(200);
        }
        let reply = ask(app, USAGE, &key).await.expect(429);
        assert!(reply.header("retry-after").is_some());
        app.clock.advance(10_000);
        ask(app, USAGE, &key).await.expect(200);
    }

    async fn only_reading_is_possible(app: TestApp) {
        let person = app.signed_in_user().await;
        let key = create(&person.client, "").await;
        let program = app.client();
        let request = program.request(Method::POST, USAGE).header("authorization", format!("Bearer {key}"));
        program.send(request).await.expect(405);
        ask(app, "/settings", &key).await.see_other();
        ask(app, "/stream/models?provider=spectr", &key).await.expect(401);
    }
}
