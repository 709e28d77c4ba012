//! Which problem becomes of an error: one table over all vendors.

use super::Provider;
use crate::domain::problem::{Code, Problem};
use proptest::prelude::*;

fn read(provider: Provider, status: u16, body: &str) -> Problem {
    provider.read_error(status, &|_| None, body.as_bytes())
}

#[test]
fn errors_become_the_problems_that_they_are() {
    use Code as C;
    use Provider as P;
    for (provider, status, body, code) in [
        (
            P::Anthropic,
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            C::ContextTooLong,
        ),
        (
            P::Anthropic,
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
            C::ProviderBilling,
        ),
        (
            P::Anthropic,
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits."}}"#,
            C::ProviderBilling,
        ),
        (
            P::Anthropic,
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"temperature: range: 0..1"}}"#,
            C::ProviderRefusedRequest,
        ),
        (
            P::Anthropic,
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
            C::KeyRefused,
        ),
        (
            P::Anthropic,
            402,
            r#"{"type":"error","error":{"type":"billing_error","message":"x"}}"#,
            C::ProviderBilling,
        ),
        (
            P::Anthropic,
            403,
            r#"{"type":"error","error":{"type":"permission_error","message":"x"}}"#,
            C::ProviderPermission,
        ),
        (
            P::Anthropic,
            404,
            r#"{"type":"error","error":{"type":"not_found_error","message":"model: nope"}}"#,
            C::ModelNotFound,
        ),
        (
            P::Anthropic,
            413,
            r#"{"type":"error","error":{"type":"request_too_large","message":"x"}}"#,
            C::TooLarge,
        ),
        (
            P::Anthropic,
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"x"}}"#,
            C::ProviderRateLimited,
        ),
        (
            P::Anthropic,
            500,
            r#"{"type":"error","error":{"type":"api_error","message":"x"}}"#,
            C::ProviderDown,
        ),
        (
            P::Anthropic,
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            C::ProviderOverloaded,
        ),
        (
            P::OpenAi,
            400,
            r#"{"error":{"message":"x","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
            C::ContextTooLong,
        ),
        (
            P::OpenAi,
            400,
            r#"{"error":{"message":"Unsupported value: 'temperature'","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"#,
            C::ProviderRefusedRequest,
        ),
        (
            P::OpenAi,
            401,
            r#"{"error":{"message":"Incorrect API key provided: sk-ab***","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            C::KeyRefused,
        ),
        (
            P::OpenAi,
            403,
            r#"{"error":{"message":"x","code":"unsupported_country_region_territory"}}"#,
            C::ProviderPermission,
        ),
        (
            P::OpenAi,
            404,
            r#"{"error":{"message":"The model `x` does not exist","type":"invalid_request_error","code":"model_not_found"}}"#,
            C::ModelNotFound,
        ),
        (
            P::OpenAi,
            429,
            r#"{"error":{"message":"x","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            C::ProviderBilling,
        ),
        (
            P::OpenAi,
            429,
            r#"{"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}}"#,
            C::ProviderRateLimited,
        ),
        (
            P::OpenAi,
            503,
            r#"{"error":{"message":"x","type":"server_error"}}"#,
            C::ProviderOverloaded,
        ),
        (
            P::Google,
            400,
            r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#,
            C::KeyRefused,
        ),
        (
            P::Google,
            400,
            r#"[{"error":{"code":400,"message":"API key expired.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            C::KeyRefused,
        ),
        (
            P::Google,
            400,
            r#"{"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8).","status":"INVALID_ARGUMENT"}}"#,
            C::ContextTooLong,
        ),
        (
            P::Google,
            400,
            r#"{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}}"#,
            C::ProviderRefusedRequest,
        ),
        (
            P::Google,
            403,
            r#"{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED"}}"#,
            C::ProviderPermission,
        ),
        (
            P::Google,
            404,
            r#"{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}"#,
            C::ModelNotFound,
        ),
        (
            P::Google,
            503,
            r#"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#,
            C::ProviderOverloaded,
        ),
        (
            P::Google,
            504,
            r#"{"error":{"code":504,"message":"x","status":"DEADLINE_EXCEEDED"}}"#,
            C::ProviderDown,
        ),
        (
            P::Mistral,
            401,
            r#"{"message":"Unauthorized","request_id":"x"}"#,
            C::KeyRefused,
        ),
        (
            P::Mistral,
            400,
            r#"{"object":"error","message":"Invalid model: x","type":"invalid_model","param":null,"code":"1500"}"#,
            C::ModelNotFound,
        ),
        (
            P::Mistral,
            422,
            r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","x"],"input":"SECRET"}]},"type":"invalid_request_error"}"#,
            C::ProviderRefusedRequest,
        ),
        (
            P::Mistral,
            422,
            r#"{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required","input":"SECRET"}]}"#,
            C::ProviderRefusedRequest,
        ),
        (
            P::Mistral,
            429,
            r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","code":"3505"}"#,
            C::ProviderRateLimited,
        ),
        (
            P::Groq,
            413,
            r#"{"error":{"message":"Request too large for model `x` on tokens per minute (TPM)","type":"tokens","code":"rate_limit_exceeded"}}"#,
            C::ContextTooLong,
        ),
        (P::Groq, 424, r#"{"error":{"message":"x"}}"#, C::ProviderDown),
        (P::Groq, 498, r#"{"error":{"message":"x"}}"#, C::ProviderOverloaded),
        (P::Groq, 499, r#"{"error":{"message":"x"}}"#, C::ProviderDown),
        (
            P::Groq,
            400,
            r#"{"error":{"message":"x has been decommissioned","type":"invalid_request_error","code":"model_decommissioned"}}"#,
            C::ModelNotFound,
        ),
        (
            P::Compatible,
            404,
            r#"{"error":{"message":"model 'x' not found","type":"api_error","param":null,"code":null}}"#,
            C::ModelNotFound,
        ),
        (P::Compatible, 404, "404 page not found", C::ProviderGarbled),
        (
            P::Compatible,
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
            C::ContextTooLong,
        ),
        (
            P::Compatible,
            500,
            r#"{"error":"context length exceeded"}"#,
            C::ContextTooLong,
        ),
        (P::Compatible, 502, "<html>Bad gateway</html>", C::ProviderDown),
        (P::Compatible, 302, "", C::ProviderGarbled),
        (P::Compatible, 400, "", C::ProviderRefusedRequest),
    ] {
        let problem = read(provider, status, body);
        assert_eq!(problem.code, code, "{provider:?} {status} {body}");
        assert_eq!(problem.detail, None, "{provider:?} {status}");
    }
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
