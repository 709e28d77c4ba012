//! A server that stops lets answers end, refuses new ones, and writes every row.

use super::double::{self, Step, end, head, piece};
use super::stage::{Reader, names, question};
use super::stories;
use super::wires::{self, FIVE};
use spectr::features::engine;
use std::sync::Arc;
use tokio::sync::Notify;

stories! {
    async fn while_it_drains_running_answers_end_and_new_ones_are_503(stage: Stage) {
        let (provider, model) = FIVE[1];
        let gate = Arc::new(Notify::new());
        let answer = wires::answer(provider, &["hi"]).concat();
        stage.double.always(vec![head(), Step::Gate(gate.clone()), piece(&answer), end()]);
        let running = stage.ask((provider, model)).await;
        engine::drain(&stage.app.app);
        let (status, problem, headers) = stage.refused(&question(provider, model, "x")).await;
        assert_eq!((status, problem["code"].as_str()), (503, Some("busy")));
        assert!(headers.contains_key("retry-after"));
        gate.notify_one();
        assert_eq!(names(&running.rest().await), ["open", "delta", "usage", "done"]);
    }

    async fn what_still_runs_at_the_end_is_told_and_written(stage: Stage) {
        let (provider, model) = FIVE[1];
        let first = wires::opening(provider) + &wires::text(provider, "partial");
        stage.double.always(vec![head(), piece(first), Step::Silence]);
        let mut streaming = stage.ask((provider, model)).await;
        streaming.expect("open").await;
        streaming.expect("delta").await;
        stage.double.request().await;
        stage.double.always(vec![Step::Silence]);
        let waiting = tokio::spawn(stage.post(&question(provider, model, "x")).send());
        stage.double.request().await;

        engine::close(&stage.app.app).await;
        stage.double.gone().await;
        stage.double.gone().await;
        assert_eq!(names(&streaming.rest().await), ["usage", "error"]);
        assert_eq!(waiting.await.unwrap().unwrap().status(), 503);
        assert_eq!(stage.app.count("llm_calls").await, 2);
    }

    async fn the_database_being_locked_does_not_hold_up_an_answer_and_the_row_comes_later(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        // Everything a call reads is read once, so that only the write is left.
        stage.ask((provider, model)).await.rest().await;
        let mut held = stage.app.app.db.begin().await.unwrap();
        if matches!(stage.app.engine, crate::support::Engine::Postgres) {
            spectr::execute!(&mut held, "LOCK TABLE llm_calls IN ACCESS EXCLUSIVE MODE").unwrap();
        }
        let response = stage.post(&question(provider, model, "hello")).send().await.unwrap();
        let events = Reader::new(response).rest().await;
        assert_eq!(events.last().unwrap().0, "done");
        drop(held);
        assert_eq!(stage.rows().await.len(), 2);
    }
}
