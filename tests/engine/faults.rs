//! Malicious and broken providers: memory stays bounded and the stream ends with a word.

use super::double::{self, Step, head, piece};
use super::stage::{names, question, text};
use super::stories;
use super::wires::{self, FIVE};
use spectr::domain::providers::Provider;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

stories! {
    async fn a_line_of_ten_megabytes_is_too_much(stage: Stage) {
        for (provider, model) in FIVE {
            let mut script = vec![head(), piece("data: ")];
            script.extend((0..160).map(|_| piece("x".repeat(64 * 1024))));
            script.push(double::end());
            stage.double.always(script);
            let (status, problem, _) = stage.refused(&question(provider, model, "hello")).await;
            assert_eq!((status, problem["code"].as_str()), (502, Some("provider_too_much")), "{provider:?}");
        }
    }

    async fn an_endless_answer_is_cut_off(stage: Stage) {
        let (provider, model) = FIVE[1];
        let text = wires::text(provider, &"x".repeat(64 * 1024));
        let framed = format!("{:x}\r\n{text}\r\n", text.len()).into_bytes();
        stage.double.always(vec![head(), Step::Endless(framed)]);
        let events = tokio::time::timeout(PATIENCE, stage.ask((provider, model)).await.rest()).await.unwrap();
        let found = names(&events);
        assert_eq!(found[found.len() - 2..], ["usage", "error"]);
        assert_eq!(events.last().unwrap().1["code"], "provider_too_much");
        stage.double.request().await;
        stage.double.gone().await;
        assert_eq!(stage.row().await.problem.as_deref(), Some("provider_too_much"));
    }

    async fn endless_bytes_that_say_nothing_are_cut_off(stage: Stage) {
        let (provider, model) = FIVE[1];
        let comments = b": nothing\n\n".repeat(6_000);
        let mut framed = format!("{:x}\r\n", comments.len()).into_bytes();
        framed.extend_from_slice(&comments);
        framed.extend_from_slice(b"\r\n");
        stage.double.always(vec![head(), Step::Endless(framed)]);
        let events = tokio::time::timeout(PATIENCE, stage.ask((provider, model)).await.rest()).await.unwrap();
        assert_eq!(events.last().unwrap().1["code"], "provider_too_much");
    }

    async fn an_error_answer_without_end_is_read_to_a_bound(stage: Stage) {
        let head = b"HTTP/1.1 500 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let framed = format!("{:x}\r\n{}\r\n", 65_536, "x".repeat(65_536)).into_bytes();
        stage.double.always(vec![Step::Send(head), Step::Endless(framed)]);
        let (status, problem, _) = stage.refused(&question(Provider::OpenAi, "gpt-4o-mini", "hello")).await;
        assert_eq!((status, problem["code"].as_str()), (502, Some("provider_down")));
    }

    async fn bytes_that_are_no_utf_8_do_not_break_the_stream(stage: Stage) {
        let (provider, model) = FIVE[1];
        let mut broken = wires::text(provider, "a?b").into_bytes();
        let at = broken.iter().position(|byte| *byte == b'?').unwrap();
        broken[at] = 0xff;
        broken.extend_from_slice(wires::closing(provider).as_bytes());
        stage.double.always(double::stream(&[broken]));
        let events = stage.ask((provider, model)).await.rest().await;
        assert_eq!(text(&events), "a\u{fffd}b");
        assert_eq!(events.last().unwrap().0, "done");
    }

    async fn ids_of_a_malicious_provider_are_not_passed_on(stage: Stage) {
        let (provider, model) = FIVE[1];
        let long = "x".repeat(5_000);
        let body = wires::answer(provider, &["a"]).concat();
        let headers = format!("x-request-id: {long}\r\nset-cookie: session=stolen\r\n");
        stage.double.always(vec![Step::Send(double::whole(200, "text/event-stream", &headers, body.as_bytes()))]);
        let reader = stage.ask((provider, model)).await;
        assert!(reader.header("x-spectr-upstream-id").is_none_or(|id| id.len() < 200));
        assert_eq!(reader.header("set-cookie"), None);
    }
}
