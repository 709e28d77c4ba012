//! Silence of each kind, with its own problem; durations are short here and only here.

use super::double::{Step, end, head, piece};
use super::stage::{names, question};
use super::stories;
use super::wires::{self, FIVE};
use spectr::domain::providers::Provider;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(60);

stories! {
    async fn no_head_in_time_is_504_and_the_provider_is_let_go(stage: Stage) {
        stage.timing(|timing| timing.first_byte = SHORT);
        stage.double.always(vec![Step::Silence]);
        let (status, problem, _) = stage.refused(&question(Provider::OpenAi, "gpt-4o-mini", "hello")).await;
        assert_eq!((status, problem["code"].as_str()), (504, Some("first_byte_timeout")));
        stage.double.request().await;
        stage.double.gone().await;
        assert_eq!(stage.row().await.problem.as_deref(), Some("first_byte_timeout"));
    }

    async fn no_byte_after_the_head_is_an_error_event(stage: Stage) {
        stage.timing(|timing| timing.first_byte = SHORT);
        stage.double.always(vec![head(), Step::Silence]);
        let events = stage.ask(FIVE[1]).await.rest().await;
        assert_eq!(names(&events), ["open", "usage", "error"]);
        assert_eq!(events[2].1["code"], "first_byte_timeout");
        stage.double.request().await;
        stage.double.gone().await;
    }

    async fn a_stall_ends_the_stream_and_our_own_heartbeat_does_not_put_it_off(stage: Stage) {
        stage.timing(|timing| {
            timing.stall = SHORT * 2;
            timing.heartbeat = SHORT / 10;
        });
        for (provider, model) in FIVE {
            let first = wires::opening(provider) + &wires::text(provider, "partial");
            stage.double.always(vec![head(), piece(first), Step::Silence]);
            let mut reader = stage.ask((provider, model)).await;
            let mut events = Vec::new();
            while let Some(event) = reader.next().await {
                events.push(event);
            }
            assert_eq!(names(&events), ["open", "delta", "usage", "error"]);
            assert_eq!(events[3].1["code"], "stalled");
            assert!(reader.comments >= 3, "{} heartbeats", reader.comments);
            stage.double.request().await;
            stage.double.gone().await;
        }
        assert!(stage.rows().await.iter().all(|row| row.problem.as_deref() == Some("stalled")));
    }

    async fn a_provider_that_only_pings_is_alive_until_the_total_is_over(stage: Stage) {
        stage.timing(|timing| {
            timing.total = SHORT * 3;
            timing.stall = LONG;
        });
        stage.double.always(vec![head(), Step::Endless(b"3\r\n:\n\n\r\n".to_vec())]);
        let events = stage.ask(FIVE[1]).await.rest().await;
        assert_eq!(names(&events), ["open", "usage", "error"]);
        assert!(matches!(events[2].1["code"].as_str(), Some("total_timeout" | "provider_too_much")));
    }

    async fn silence_is_filled_with_comments(stage: Stage) {
        stage.timing(|timing| timing.heartbeat = SHORT / 10);
        let gate = Arc::new(Notify::new());
        let (provider, model) = FIVE[1];
        stage.double.always(vec![
            head(),
            Step::Gate(Arc::clone(&gate)),
            piece(wires::answer(provider, &["late"]).concat()),
            end(),
        ]);
        let mut reader = stage.ask((provider, model)).await;
        reader.expect("open").await;
        let first = reader.response.chunk().await.unwrap().unwrap();
        assert!(first.starts_with(b":") && first.ends_with(b"\n\n"));
        gate.notify_one();
        assert_eq!(names(&reader.rest().await), ["delta", "usage", "done"]);
    }

    async fn a_slow_reader_is_no_stalled_provider(stage: Stage) {
        stage.timing(|timing| {
            timing.stall = SHORT;
            timing.unread = LONG;
        });
        // Far more than all buffers between the two ends hold.
        let (provider, model) = FIVE[1];
        let text = wires::text(provider, &"x".repeat(16 * 1024));
        let mut script = vec![head()];
        script.extend((0..800).map(|_| piece(&text)));
        script.extend([piece(wires::closing(provider)), end()]);
        stage.double.always(script);
        let reader = stage.ask((provider, model)).await;
        // The one place that lets time pass: the reader sleeps for several stalls.
        tokio::time::sleep(SHORT * 4).await;
        let events = reader.rest().await;
        assert_eq!(events.last().unwrap().0, "done");
        assert_eq!(names(&events).iter().filter(|name| **name == "delta").count(), 800);
    }

    async fn a_reader_that_takes_nothing_at_all_loses_the_stream_and_the_provider_is_let_go(stage: Stage) {
        stage.timing(|timing| {
            timing.unread = SHORT;
            timing.sweep = SHORT;
        });
        let (provider, model) = FIVE[1];
        let text = wires::text(provider, &"x".repeat(16 * 1024));
        let framed = format!("{:x}\r\n{text}\r\n", text.len()).into_bytes();
        stage.double.always(vec![head(), Step::Endless(framed)]);
        // The first call starts the sweep with these durations.
        let reader = stage.ask((provider, model)).await;
        stage.double.request().await;
        tokio::time::timeout(LONG, stage.double.gone()).await.unwrap();
        let events = reader.rest().await;
        let found = names(&events);
        assert_eq!(found[found.len() - 2..], ["usage", "error"]);
        assert_eq!(stage.row().await.status, "error");
    }
}
