//! Which problem becomes of an error: one table over all vendors.

use super::Provider;
use crate::domain::problem::{Code, Problem};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(provider: Provider, status: u16, body: &str) -> Problem {
    provider.read_error(status, &|_| None, body.as_bytes())
}

/// Status, body and the problem that it is.
type Case = (u16, String, Code);

/// The bodies stand in the words that the vendors use; every answer is read without repeating them.
fn check(provider: Provider, cases: &[Case]) {
    for (status, body, code) in cases {
        let problem = read(provider, *status, body);
        assert_eq!(problem.code, *code, "{provider:?} {status} {body}");
        assert_eq!(problem.detail, None, "{provider:?} {status}");
    }
}

#[test]
fn anthropics_errors_become_the_problems_that_they_are() {
    let error =
        |kind: &str, message: &str| json!({"type": "error", "error": {"type": kind, "message": message}}).to_string();
    let cases = [
        (
            400,
            error(
                "invalid_request_error",
                "prompt is too long: 210000 tokens > 200000 maximum",
            ),
            Code::ContextTooLong,
        ),
        (
            400,
            error(
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API.",
            ),
            Code::ProviderBilling,
        ),
        (
            400,
            error(
                "invalid_request_error",
                "You have reached your specified API usage limits.",
            ),
            Code::ProviderBilling,
        ),
        (
            400,
            error("invalid_request_error", "temperature: range: 0..1"),
            Code::ProviderRefusedRequest,
        ),
        (
            401,
            error("authentication_error", "invalid x-api-key"),
            Code::KeyRefused,
        ),
        (402, error("billing_error", "x"), Code::ProviderBilling),
        (403, error("permission_error", "x"), Code::ProviderPermission),
        (404, error("not_found_error", "model: nope"), Code::ModelNotFound),
        (413, error("request_too_large", "x"), Code::TooLarge),
        (429, error("rate_limit_error", "x"), Code::ProviderRateLimited),
        (500, error("api_error", "x"), Code::ProviderDown),
        (529, error("overloaded_error", "Overloaded"), Code::ProviderOverloaded),
        (
            400,
            error(
                "invalid_request_error",
                "input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000",
            ),
            Code::ContextTooLong,
        ),
    ];
    check(Provider::Anthropic, &cases);
}

#[test]
fn openais_errors_become_the_problems_that_they_are() {
    let error = |error: Value| json!({ "error": error }).to_string();
    let cases = [
        (
            400,
            error(
                json!({"message": "x", "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}),
            ),
            Code::ContextTooLong,
        ),
        (
            400,
            error(
                json!({"message": "Unsupported value: 'temperature'", "type": "invalid_request_error", "param": "temperature", "code": "unsupported_value"}),
            ),
            Code::ProviderRefusedRequest,
        ),
        (
            401,
            error(
                json!({"message": "Incorrect API key provided: sk-ab***", "type": "invalid_request_error", "code": "invalid_api_key"}),
            ),
            Code::KeyRefused,
        ),
        (
            403,
            error(json!({"message": "x", "code": "unsupported_country_region_territory"})),
            Code::ProviderPermission,
        ),
        (
            404,
            error(
                json!({"message": "The model `x` does not exist", "type": "invalid_request_error", "code": "model_not_found"}),
            ),
            Code::ModelNotFound,
        ),
        (
            429,
            error(json!({"message": "x", "type": "insufficient_quota", "code": "insufficient_quota"})),
            Code::ProviderBilling,
        ),
        (
            429,
            error(json!({"message": "Rate limit reached", "type": "tokens", "code": "rate_limit_exceeded"})),
            Code::ProviderRateLimited,
        ),
        (
            503,
            error(json!({"message": "x", "type": "server_error"})),
            Code::ProviderOverloaded,
        ),
        (
            429,
            error(
                json!({"message": "Request too large for gpt-4o on tokens per min (TPM): the input must be reduced", "type": "tokens", "code": "rate_limit_exceeded"}),
            ),
            Code::ContextTooLong,
        ),
        (
            429,
            error(json!({"message": "Too many tokens, please wait before trying again.", "type": "tokens"})),
            Code::ProviderRateLimited,
        ),
        (
            400,
            error(
                json!({"message": "Your organization must be verified to stream this model.", "type": "invalid_request_error", "param": "stream", "code": "unsupported_value"}),
            ),
            Code::ProviderPermission,
        ),
    ];
    check(Provider::OpenAi, &cases);
}

#[test]
fn googles_errors_become_the_problems_that_they_are() {
    let error = |error: Value| json!({ "error": error }).to_string();
    let cases = [
        (400, error(json!({"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]})), Code::KeyRefused),
        (400, r#"[{"error":{"code":400,"message":"API key expired.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#.to_owned(), Code::KeyRefused),
        (400, error(json!({"code": 400, "message": "The input token count (9) exceeds the maximum number of tokens allowed (8).", "status": "INVALID_ARGUMENT"})), Code::ContextTooLong),
        (400, error(json!({"code": 400, "message": "x", "status": "INVALID_ARGUMENT"})), Code::ProviderRefusedRequest),
        (403, error(json!({"code": 403, "message": "x", "status": "PERMISSION_DENIED"})), Code::ProviderPermission),
        (404, error(json!({"code": 404, "message": "models/x is not found", "status": "NOT_FOUND"})), Code::ModelNotFound),
        (503, error(json!({"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"})), Code::ProviderOverloaded),
        (504, error(json!({"code": 504, "message": "x", "status": "DEADLINE_EXCEEDED"})), Code::ProviderDown),
        (403, error(json!({"code": 403, "message": "Your API key was reported as leaked.", "status": "PERMISSION_DENIED"})), Code::KeyRefused),
        (403, error(json!({"code": 403, "message": "x", "status": "PERMISSION_DENIED", "details": [{"reason": "CONSUMER_SUSPENDED"}]})), Code::KeyRefused),
        (429, error(json!({"code": 429, "message": "Your prepayment credits are depleted.", "status": "RESOURCE_EXHAUSTED"})), Code::ProviderBilling),
        (400, error(json!({"code": 400, "message": "User location is not supported for the API use.", "status": "FAILED_PRECONDITION"})), Code::ProviderPermission),
        (400, error(json!({"code": 400, "message": "User location is not supported without a billing account.", "status": "FAILED_PRECONDITION"})), Code::ProviderBilling),
    ];
    check(Provider::Google, &cases);
}

#[test]
fn mistrals_errors_become_the_problems_that_they_are() {
    let cases = [
        (401, r#"{"message":"Unauthorized","request_id":"x"}"#.to_owned(), Code::KeyRefused),
        (400, r#"{"object":"error","message":"Invalid model: x","type":"invalid_model","param":null,"code":"1500"}"#.to_owned(), Code::ModelNotFound),
        (422, r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","x"],"input":"SECRET"}]},"type":"invalid_request_error"}"#.to_owned(), Code::ProviderRefusedRequest),
        (422, r#"{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required","input":"SECRET"}]}"#.to_owned(), Code::ProviderRefusedRequest),
        (429, r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","code":"3505"}"#.to_owned(), Code::ProviderRateLimited),
    ];
    check(Provider::Mistral, &cases);
}

#[test]
fn groqs_errors_become_the_problems_that_they_are() {
    let error = |error: Value| json!({ "error": error }).to_string();
    let cases = [
        (
            413,
            error(
                json!({"message": "Request too large for model `x` on tokens per minute (TPM)", "type": "tokens", "code": "rate_limit_exceeded"}),
            ),
            Code::ContextTooLong,
        ),
        (424, error(json!({"message": "x"})), Code::ProviderDown),
        (498, error(json!({"message": "x"})), Code::ProviderOverloaded),
        (499, error(json!({"message": "x"})), Code::ProviderDown),
        (
            400,
            error(
                json!({"message": "x has been decommissioned", "type": "invalid_request_error", "code": "model_decommissioned"}),
            ),
            Code::ModelNotFound,
        ),
    ];
    check(Provider::Groq, &cases);
}

#[test]
fn compatible_servers_errors_become_the_problems_that_they_are() {
    let cases = [
        (404, r#"{"error":{"message":"model 'x' not found","type":"api_error","param":null,"code":null}}"#.to_owned(), Code::ModelNotFound),
        (404, "404 page not found".to_owned(), Code::ProviderGarbled),
        (400, r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#.to_owned(), Code::ContextTooLong),
        (500, r#"{"error":"context length exceeded"}"#.to_owned(), Code::ContextTooLong),
        (500, r#"{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}"#.to_owned(), Code::ContextTooLong),
        (400, r#"{"error":{"message":"x","type":"too_many_prompt_tokens","code":400}}"#.to_owned(), Code::ContextTooLong),
        (403, r#"{"code":"no access","error":"Your team does not have any credits yet."}"#.to_owned(), Code::ProviderBilling),
        (403, r#"{"code":"no access","error":"You have run out of credits."}"#.to_owned(), Code::ProviderBilling),
        (502, "<html>Bad gateway</html>".to_owned(), Code::ProviderDown),
        (302, "".to_owned(), Code::ProviderGarbled),
        (400, "".to_owned(), Code::ProviderRefusedRequest),
    ];
    check(Provider::Compatible, &cases);
}

#[test]
fn the_wait_comes_from_the_body_or_the_headers() {
    let body = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}"#;
    assert_eq!(read(Provider::Google, 429, body).retry_after, Some(35));
    let header = |name: &str| (name == "retry-after").then(|| "120".to_owned());
    let problem = Provider::OpenAi.read_error(429, &header, b"{}");
    assert_eq!(problem.retry_after, Some(120));
    assert_eq!(problem.detail.as_deref(), Some("Try again in 2 minutes."));
    // A wait makes no sense where waiting does not help.
    assert_eq!(Provider::OpenAi.read_error(401, &header, b"{}").retry_after, None);
}

proptest! {
    #[test]
    fn error_bodies_never_panic_nor_leak(status in 300u16..600, body in proptest::collection::vec(any::<u8>(), 0..400)) {
        for provider in Provider::ALL {
            let problem = provider.read_error(status, &|_| None, &body);
            prop_assert!(problem.detail.is_none());
        }
    }
}
