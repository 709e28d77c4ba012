//! Streams at once, requests per minute, trial calls, and which credential pays.

use super::double::{self, Step, end, head, piece, refusal};
use super::stage::{Stage, question};
use super::stories;
use super::wires::{self, FIVE};
use crate::support::Engine;
use spectr::domain::limits::{REQUESTS_PER_MINUTE, STREAMS_PER_USER};
use spectr::domain::providers::Provider;
use std::sync::Arc;
use tokio::sync::Notify;

const TRIAL_KEY: &str = "sk-trial-canary-83Jq";

stories! {
    async fn one_stream_too_many_is_429_and_a_place_is_free_when_one_ends(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(vec![head(), Step::Silence]);
        let mut readers = Vec::new();
        for _ in 0..STREAMS_PER_USER {
            readers.push(stage.ask((provider, model)).await);
        }
        let (status, problem, headers) = stage.refused(&question(provider, model, "x")).await;
        assert_eq!((status, problem["code"].as_str()), (429, Some("too_many_streams")));
        assert!(headers["retry-after"].to_str().unwrap().parse::<u64>().is_ok());
        // Others are not affected.
        let other = stage.app.signed_in_user().await;
        let guide = question(Provider::Spectr, "spectr/guide", "x");
        assert_eq!(other.client.post_json("/stream/chat", &guide).await.status, 200);

        readers.pop();
        while stage.app.app.engine.running() >= STREAMS_PER_USER as usize {
            tokio::task::yield_now().await;
        }
        readers.push(stage.ask((provider, model)).await);
    }

    async fn more_requests_than_the_rate_allows_are_429_with_the_time_to_wait(stage: Stage) {
        stage.double.always(refusal(500, "", "{}"));
        let body = question(Provider::OpenAi, "gpt-4o-mini", "x");
        for asked in 0.. {
            let (status, problem, headers) = stage.refused(&body).await;
            if status == 502 {
                assert!(asked < 4 * REQUESTS_PER_MINUTE, "there is no limit");
                continue;
            }
            assert_eq!((status, problem["code"].as_str()), (429, Some("rate_limited")));
            assert!(headers.contains_key("retry-after"));
            assert!(asked >= REQUESTS_PER_MINUTE);
            break;
        }
    }
}

async fn trial_story(engine: Engine) {
    let stage = Stage::without_keys(
        engine,
        &[
            ("SPECTR_TRIAL_OPENAI_KEY", TRIAL_KEY),
            ("SPECTR_TRIAL_CALLS_PER_DAY", "3"),
        ],
    )
    .await;
    let (provider, model) = FIVE[1];
    let ask = question(provider, model, "hello");

    // Two that run and one that ends are three; the running ones count.
    let gate = Arc::new(Notify::new());
    let answer = wires::answer(provider, &["hi"]).concat();
    stage
        .double
        .always(vec![head(), Step::Gate(gate.clone()), piece(&answer), end()]);
    let mut first = stage.ask((provider, model)).await;
    assert_eq!(first.expect("open").await["credential"], "trial");
    assert_eq!(first.header("x-spectr-credential"), Some("trial"));
    let second = stage.ask((provider, model)).await;
    let third = stage.ask((provider, model)).await;
    for _ in 0..3 {
        let request = stage.double.request().await;
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {TRIAL_KEY}").as_str())
        );
    }
    let (status, problem, headers) = stage.refused(&ask).await;
    assert_eq!((status, problem["code"].as_str()), (429, Some("trial_exhausted")));
    let wait: i64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait <= 24 * 3_600);
    for reader in [first, second, third] {
        gate.notify_one();
        assert_eq!(reader.rest().await.last().unwrap().0, "done");
    }
    assert_eq!(stage.refused(&ask).await.0, 429);
    assert!(
        stage
            .rows()
            .await
            .iter()
            .all(|row| row.credential == "trial" && row.status == "ok")
    );

    // Tomorrow there are three more.
    stage.app.advance_days(1);
    gate.notify_one();
    stage.ask((provider, model)).await.rest().await;

    // No other provider has a trial, and a key that is named is not replaced by it.
    assert_eq!(stage.refused(&question(Provider::Groq, "m", "x")).await.0, 409);
    let mut named = ask.clone();
    named["key_id"] = serde_json::json!("01890000-0000-7000-8000-000000000000");
    assert_eq!(stage.refused(&named).await.0, 409);
    stage.stop().await;
}

async fn fallback_story(engine: Engine) {
    let stage = Stage::without_keys(engine, &[("SPECTR_TRIAL_OPENAI_KEY", TRIAL_KEY)]).await;
    stage.add_key(Provider::OpenAi).await;
    let refused =
        r#"{"error":{"message":"Incorrect API key","type":"invalid_request_error","code":"invalid_api_key"}}"#;
    stage.double.always(refusal(401, "", refused));
    let (status, ..) = stage.refused(&question(Provider::OpenAi, "gpt-4o-mini", "hello")).await;
    assert_eq!(status, 424);
    let request = stage.double.request().await;
    assert!(!request.head.contains(TRIAL_KEY));
    assert!(matches!(stage.double.saw().await, double::Seen::Sent));
    assert!(stage.double.is_quiet(), "a second request went out");
    assert_eq!(stage.row().await.credential, "byok");
    stage.stop().await;
}

async fn refused_trial_story(engine: Engine) {
    let stage = Stage::without_keys(engine, &[("SPECTR_TRIAL_OPENAI_KEY", TRIAL_KEY)]).await;
    stage.double.always(refusal(
        401,
        "",
        r#"{"error":{"message":"no","code":"invalid_api_key"}}"#,
    ));
    let (status, problem, _) = stage.refused(&question(Provider::OpenAi, "gpt-4o-mini", "hello")).await;
    assert_eq!(status, 502);
    assert!(problem["detail"].as_str().unwrap().contains("trial key"));
    stage.stop().await;
}

macro_rules! both {
    ($($name:ident: $story:ident;)+) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$story(crate::support::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$story(crate::support::Engine::Postgres).await;
            }
        }
    )+};
}

both! {
    trial_calls_are_counted_per_day_with_those_that_run: trial_story;
    a_refused_key_never_falls_back_to_the_trial: fallback_story;
    a_refused_trial_key_is_not_blamed_on_the_user: refused_trial_story;
}
