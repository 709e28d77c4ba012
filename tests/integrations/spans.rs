//! What goes out once everything is switched on, and how it stops.

use super::{Stage, stories};
use crate::support::Engine;
use crate::support::doubles::Doubles;
use reqwest::Method;
use serde_json::{Value, json};
use spectr::domain::accounts::ConsentKind;
use spectr::features::accounts::{Caller, consents};

const PROMPT: &str = "canary-prompt-Jd72LsW";

/// A call through the real engine; its answer quotes the prompt.
async fn ask(stage: &Stage) -> String {
    let body = json!({
        "provider": "openai", "model": "gpt-4.1", "system": PROMPT,
        "messages": [{"role": "user", "content": PROMPT}],
    });
    let request = stage.person.client.request(Method::POST, "/stream/chat").json(&body);
    let reply = stage.person.client.send(request).await.expect(200);
    spectr::features::engine::flush(&stage.app.app).await;
    stage.flush().await;
    reply.body
}

async fn with_provider(engine: Engine) -> (Stage, Doubles) {
    let doubles = Doubles::start().await.unwrap();
    let settings = doubles.settings();
    let settings: Vec<_> = settings
        .iter()
        .filter(|(name, _)| name.starts_with("SPECTR"))
        .map(|(name, url)| (*name, url.as_str()))
        .collect();
    let stage = Stage::with(engine, &settings).await;
    let key = [("provider", "openai"), ("key", "double-key-1")];
    stage.person.client.post("/settings/keys", &key).await.see_other();
    (stage, doubles)
}

async fn a_call_leaves_one_run_without_a_word_of_it(engine: Engine) {
    let (stage, _doubles) = with_provider(engine).await;
    stage.switch_on().await;
    let answer = ask(&stage).await;
    assert!(answer.contains("event: done"), "{answer}");
    let runs = stage.langsmith.handed_in();
    assert_eq!((runs.len(), stage.langsmith.kept()), (1, 1), "{runs:?}");
    let metadata = &runs[0]["extra"]["metadata"];
    assert_eq!(metadata["ls_model_name"], "gpt-4.1");
    assert!(
        metadata["usage_metadata"]["total_tokens"]
            .as_u64()
            .is_some_and(|tokens| tokens > 0)
    );
    assert_eq!((&runs[0]["inputs"], &runs[0]["outputs"]), (&json!({}), &json!({})));
    let words: Vec<String> = answer
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
        .filter_map(|event| event["text"].as_str().map(str::to_owned))
        .filter(|text| text.trim().len() > 3)
        .collect();
    let sent = stage.langsmith.everything();
    assert!(!words.is_empty() && !sent.contains(PROMPT));
    assert!(words.iter().all(|word| !sent.contains(word.trim())), "{sent}");
    let view = stage.view().await;
    assert_eq!((view.sent, view.dropped, view.problem), (1, 0, None));
    stage.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_leaves_one_run_without_a_word_of_it_on_sqlite() {
    a_call_leaves_one_run_without_a_word_of_it(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_leaves_one_run_without_a_word_of_it_on_postgres() {
    a_call_leaves_one_run_without_a_word_of_it(Engine::Postgres).await;
}

stories! {
    async fn a_withdrawal_in_another_place_stops_at_once(stage: Stage) {
        stage.switch_on().await;
        stage.offer(1);
        stage.flush().await;
        let dials = stage.langsmith.count();
        let caller = Caller { ip: std::net::Ipv4Addr::LOCALHOST.into(), device: String::new() };
        let mut conn = stage.app.app.db.begin().await.unwrap();
        let kind = ConsentKind::LangSmithTracing;
        assert!(consents::withdraw(&mut conn, &stage.app.app, &caller, stage.person.id, kind).await.unwrap());
        conn.commit().await.unwrap();
        stage.offer(5);
        stage.flush().await;
        assert_eq!(stage.langsmith.count(), dials);
        assert!(stage.page().await.contains("your consent is withdrawn"));
        stage.post("/on", &[("consent", "on")]).await.see_other();
        stage.offer(1);
        stage.flush().await;
        assert_eq!(stage.view().await.sent, 2);
    }

    async fn a_withdrawal_stops_what_is_still_being_tried(stage: Stage) {
        stage.switch_on().await;
        stage.langsmith.hold();
        stage.langsmith.next(&[500]);
        stage.offer(1);
        // The first attempt is under way once its request has come in.
        while stage.langsmith.handed_in().is_empty() {
            tokio::task::yield_now().await;
        }
        stage.post("/withdraw", &[]).await.see_other();
        stage.langsmith.release();
        stage.flush().await;
        assert_eq!(stage.langsmith.handed_in().len(), 1, "no second attempt");
    }

    async fn attempts_are_few_and_what_is_refused_is_counted(stage: Stage) {
        stage.switch_on().await;
        stage.langsmith.next(&[500, 503, 429]);
        stage.offer(1);
        stage.flush().await;
        let view = stage.view().await;
        assert_eq!((view.sent, view.dropped, stage.langsmith.count()), (0, 1, 4));
        assert!(stage.page().await.contains("LangSmith did not take the last traces"));
        stage.langsmith.next(&[401]);
        stage.offer(1);
        stage.flush().await;
        assert_eq!((stage.view().await.dropped, stage.langsmith.count()), (2, 5), "a refused key is not tried again");
        stage.langsmith.next(&[500]);
        stage.offer(1);
        stage.flush().await;
        let view = stage.view().await;
        assert_eq!((view.sent, view.problem), (1, None), "the second attempt goes through");
    }

    async fn a_run_that_came_already_counts_as_sent(stage: Stage) {
        stage.switch_on().await;
        let call = crate::usage::call(&stage.app, stage.person.id, stage.app.app.clock.now());
        for _ in 0..2 {
            spectr::features::integrations::offer(&stage.app.app, &call);
            stage.flush().await;
        }
        assert_eq!((stage.view().await.sent, stage.langsmith.kept()), (2, 1));
    }

    async fn what_finds_no_room_is_dropped_and_counted_and_nobody_waits(stage: Stage) {
        stage.switch_on().await;
        stage.langsmith.hold();
        // None of these can wait: there is no await between them.
        stage.offer(2_000);
        stage.langsmith.release();
        stage.flush().await;
        // One that comes later lets the worker note what was lost meanwhile.
        stage.offer(1);
        stage.flush().await;
        let view = stage.view().await;
        assert_eq!(view.sent + view.dropped, 2_001);
        assert!(view.dropped > 0 && view.sent > 0, "{view:?}");
        assert!(stage.langsmith.handed_in().len() < 2_001);
    }

    async fn an_account_that_is_gone_leaves_nothing_to_send(stage: Stage) {
        stage.switch_on().await;
        let call = crate::usage::call(&stage.app, stage.person.id, stage.app.app.clock.now());
        let mut conn = stage.app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "DELETE FROM users WHERE id = $1", stage.person.id.0).unwrap();
        conn.commit().await.unwrap();
        let dials = stage.langsmith.count();
        spectr::features::integrations::offer(&stage.app.app, &call);
        stage.flush().await;
        assert_eq!(stage.langsmith.count(), dials);
    }
}
