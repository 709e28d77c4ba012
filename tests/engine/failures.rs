//! What a provider's failure becomes: a problem before the first output, an event after it.

use super::double::{self, Step, head, piece, refusal};
use super::stage::{Stage, names, question, text};
use super::stories;
use super::wires::{self, FIVE};
use serde_json::{Value, json};
use spectr::domain::providers::Provider;

fn openai() -> Value {
    question(Provider::OpenAi, "gpt-4o-mini", "hello")
}

/// Asks OpenAI and compares status and code of the problem.
async fn expect(stage: &Stage, status: u16, code: &str) -> (Value, reqwest::header::HeaderMap) {
    let (found, problem, headers) = stage.refused(&openai()).await;
    assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{problem}");
    assert_eq!(
        problem["request_id"].as_str(),
        headers["x-spectr-request-id"].to_str().ok()
    );
    assert!(problem["help"].as_str().is_some_and(|help| !help.is_empty()));
    (problem, headers)
}

stories! {
    async fn an_early_refusal_is_a_real_status_with_the_providers_reason_as_a_code(stage: Stage) {
        let error = |kind: &str, code: &str| {
            format!(r#"{{"error":{{"message":"no","type":"{kind}","param":null,"code":"{code}"}}}}"#)
        };
        let table = [
            (401, error("invalid_request_error", "invalid_api_key"), 424, "key_refused"),
            (403, error("permission_error", "no_access"), 424, "provider_permission"),
            (404, error("invalid_request_error", "model_not_found"), 422, "model_not_found"),
            (400, error("invalid_request_error", "context_length_exceeded"), 422, "context_too_long"),
            (400, error("invalid_request_error", "unsupported_parameter"), 422, "provider_refused_request"),
            (429, error("insufficient_quota", "insufficient_quota"), 424, "provider_billing"),
            (429, error("requests", "rate_limit_exceeded"), 429, "provider_rate_limited"),
            (500, error("server_error", "x"), 502, "provider_down"),
            (503, error("server_error", "x"), 502, "provider_overloaded"),
            (502, "<html>bad gateway</html>".to_owned(), 502, "provider_down"),
        ];
        for (upstream, body, status, code) in &table {
            stage.double.always(refusal(*upstream, "", body));
            expect(stage, *status, code).await;
        }
        let rows = stage.rows().await;
        assert_eq!(rows.len(), table.len());
        for (row, (.., code)) in rows.iter().zip(&table) {
            assert_eq!((row.status.as_str(), row.problem.as_deref()), ("error", Some(*code)));
            assert_eq!((row.input_tokens, row.output_tokens, row.estimated), (0, 0, false));
        }
    }

    async fn the_time_to_wait_is_passed_on(stage: Stage) {
        stage.double.always(refusal(429, "retry-after: 7\r\n", r#"{"error":{"message":"no","type":"requests","code":"rate_limit_exceeded"}}"#));
        let (_, headers) = expect(stage, 429, "provider_rate_limited").await;
        assert_eq!(headers["retry-after"], "7");
    }

    async fn a_refused_key_is_424_at_each_of_the_five(stage: Stage) {
        let bodies = [
            (401, r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#),
            (401, r#"{"error":{"message":"Incorrect API key","type":"invalid_request_error","code":"invalid_api_key"}}"#),
            (400, r#"{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#),
            (401, r#"{"message":"Unauthorized"}"#),
            (401, r#"{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}"#),
        ];
        for ((provider, model), (status, body)) in FIVE.into_iter().zip(bodies) {
            stage.double.always(refusal(status, "", body));
            let (status, problem, _) = stage.refused(&question(provider, model, "hello")).await;
            assert_eq!((status, problem["code"].as_str()), (424, Some("key_refused")), "{provider:?}");
        }
    }

    async fn an_error_event_before_the_first_output_is_a_real_status(stage: Stage) {
        for (provider, model) in FIVE {
            stage.double.always(double::stream(&[wires::opening(provider) + &wires::error(provider, "")]));
            let (status, problem, _) = stage.refused(&question(provider, model, "hello")).await;
            assert_eq!(status, 502, "{provider:?} {problem}");
        }
    }

    async fn an_error_in_the_middle_ends_the_stream_as_an_error_with_usage_before_it(stage: Stage) {
        for (provider, model) in FIVE {
            let pieces = [wires::opening(provider) + &wires::text(provider, "partial answer"), wires::error(provider, "")];
            stage.double.always(double::stream(&pieces));
            let events = stage.ask((provider, model)).await.rest().await;
            assert_eq!(names(&events), ["open", "delta", "usage", "error"], "{provider:?}");
            assert_eq!(events[2].1["estimated"], true);
            assert!(events[3].1["code"].as_str().is_some_and(|code| code.starts_with("provider_")));
            assert!(events[3].1["help"].is_string() && events[3].1["message"].is_string());
        }
        for row in stage.rows().await {
            assert_eq!(row.status, "error");
            assert!(row.estimated && row.output_tokens >= 3);
        }
    }

    async fn a_cut_stream_is_never_shown_as_complete(stage: Stage) {
        for (provider, model) in FIVE {
            let first = wires::opening(provider) + &wires::text(provider, "partial");
            for last in [Step::Reset, Step::Close, double::end()] {
                stage.double.always(vec![head(), piece(&first), last]);
                let events = stage.ask((provider, model)).await.rest().await;
                assert_eq!(text(&events), "partial");
                let tail = &names(&events)[events.len() - 2..];
                assert_eq!(tail, ["usage", "error"], "{provider:?}");
                assert_eq!(events[events.len() - 1].1["code"], "stream_cut");
            }
        }
    }

    async fn a_provider_that_hangs_up_or_talks_nonsense_is_502(stage: Stage) {
        stage.double.always(vec![Step::Close]);
        expect(stage, 502, "provider_unreachable").await;
        stage.double.always(vec![Step::Send(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()), Step::Close]);
        expect(stage, 502, "provider_unreachable").await;
        stage.double.always(vec![Step::Send(double::whole(200, "text/html", "", b"<!doctype html><p>hello"))]);
        expect(stage, 502, "provider_garbled").await;
        stage.double.always(double::stream(&["data: {not json\n\n"]));
        expect(stage, 502, "provider_garbled").await;
        stage.double.always(vec![Step::Send(double::whole(302, "text/plain", "location: http://127.0.0.1:1/\r\n", b""))]);
        expect(stage, 502, "provider_down").await;
    }

    async fn what_cannot_be_a_call_is_422_and_reaches_nobody(stage: Stage) {
        let user = json!([{"role": "user", "content": "x"}]);
        let bad = [
            json!({"provider": "openai", "model": "", "messages": user}),
            json!({"provider": "openai", "model": "m".repeat(201), "messages": user}),
            json!({"provider": "openai", "model": "a\u{0}b", "messages": user}),
            json!({"provider": "openai", "model": "m", "messages": []}),
            json!({"provider": "openai", "model": "m", "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}),
            json!({"provider": "openai", "model": "m", "messages": [{"role": "robot", "content": "x"}]}),
            json!({"provider": "nobody", "model": "m", "messages": user}),
            json!({"provider": "openai", "model": "m", "messages": user, "params": {"temperature": 3}}),
            json!({"provider": "openai", "model": "m", "messages": user, "params": {"max_tokens": 0}}),
            json!({"provider": "openai", "model": "m", "messages": user, "key_id": "no uuid"}),
            json!({"model": "m", "messages": user}),
            json!([]),
            json!(null),
        ];
        for body in bad {
            let (status, problem, _) = stage.refused(&body).await;
            assert_eq!((status, problem["code"].as_str()), (422, Some("unprocessable")), "{body}");
        }
        let named = [
            (json!({"provider": "nobody", "model": "m", "messages": user}), "provider"),
            (json!({"provider": "openai", "model": "m", "messages": [{"role": "robot", "content": "x"}]}), "messages[0].role"),
            (json!({"provider": "openai", "model": "m", "messages": user, "feature": "x"}), "feature"),
            (json!({"provider": "openai", "model": "m".repeat(201), "messages": user}), "model"),
        ];
        for (body, field) in named {
            assert_eq!(stage.refused(&body).await.1["field"], field, "{body}");
        }
        let packed = stage.post(&openai()).header("content-encoding", "gzip");
        assert_eq!(stage.person.client.send(packed).await.status, 415);
        for raw in [&b""[..], b"{", b"\xff\xfe", b"[[[[[[[["] {
            let request = stage.person.client.request(reqwest::Method::POST, "/stream/chat").body(raw.to_vec());
            assert_eq!(stage.person.client.send(request).await.status, 422);
        }
        assert!(stage.double.is_quiet());
        assert!(stage.rows().await.is_empty());
    }

    async fn who_may_not_ask_is_told_why(stage: Stage) {
        let (status, problem, _) = stage.refused(&question(Provider::Compatible, "m", "x")).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("no_key")));
        let mut other = openai();
        other["key_id"] = json!("01890000-0000-7000-8000-000000000000");
        assert_eq!(stage.refused(&other).await.0, 409);

        let nobody = stage.app.client().post_json("/stream/chat", &openai()).await;
        assert_eq!(nobody.status, 401);
        assert_eq!(nobody.header("content-type"), Some("application/problem+json"));
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            assert_eq!(stage.person.client.send(stage.post(&openai()).header(name, value)).await.status, 403);
        }
        let huge = question(Provider::OpenAi, "gpt-4o-mini", &"x".repeat(9 * 1024 * 1024));
        assert_eq!(stage.person.client.send(stage.post(&huge)).await.status, 413);
        assert!(stage.double.is_quiet());
    }

    async fn another_persons_key_is_nobodys(stage: Stage) {
        let keys = spectr::features::vault::list(&stage.app.app, stage.person.id).await.unwrap();
        let other = stage.app.signed_in_user().await;
        for key in keys {
            let mut body = question(key.provider, "m", "x");
            body["key_id"] = json!(key.id);
            assert_eq!(other.client.post_json("/stream/chat", &body).await.status, 409);
        }
        assert!(stage.double.is_quiet());
    }
}
