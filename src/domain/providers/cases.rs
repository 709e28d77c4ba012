//! What goes onto the wires, and which problem becomes of an error: one table of each.

use super::{Auth, Provider, WireRequest};
use crate::domain::chat::{ChatRequest, Message, Params, Role};
use crate::domain::problem::{Code, Problem};
use proptest::prelude::*;

fn message(role: Role, content: &str) -> Message {
    Message {
        role,
        content: content.to_owned(),
    }
}

fn request(provider: Provider, model: &str) -> ChatRequest {
    ChatRequest {
        provider,
        key_id: None,
        model: model.to_owned(),
        system: Some("Be brief.".to_owned()),
        messages: vec![
            message(Role::User, "one"),
            message(Role::User, "two"),
            message(Role::Assistant, "  "),
            message(Role::System, "In English."),
            message(Role::Assistant, "three \n"),
        ],
        params: Params {
            max_tokens: Some(64),
            temperature: Some(0.5),
        },
    }
}

fn show(wire: &WireRequest) -> String {
    let body: serde_json::Value = serde_json::from_slice(wire.body.as_deref().unwrap()).unwrap();
    let auth = match wire.auth {
        Auth::Bearer => "authorization: Bearer",
        Auth::Header(name) => name,
    };
    format!("{}\n{auth} {:?}\n{body:#}", wire.path, wire.headers)
}

#[test]
fn chat_requests_have_each_providers_own_shape() {
    for provider in Provider::ALL {
        let wire = provider.chat_request(&request(provider, "the-model"));
        insta::assert_snapshot!(format!("request_{}", provider.id()), show(&wire));
    }
}

#[test]
fn what_was_not_asked_for_is_not_sent() {
    for provider in Provider::ALL {
        let bare = ChatRequest {
            system: None,
            messages: vec![message(Role::User, "hi")],
            params: Params::default(),
            ..request(provider, "m")
        };
        let text = String::from_utf8(provider.chat_request(&bare).body.unwrap()).unwrap();
        for absent in ["temperature", "system", "null", "generationConfig"] {
            assert!(!text.contains(absent), "{provider:?} {text}");
        }
        // Anthropic demands a limit of tokens.
        assert_eq!(text.contains("max_"), provider == Provider::Anthropic, "{provider:?}");
    }
}

#[test]
fn the_limit_that_anthropic_demands_is_within_what_the_model_can_write() {
    for (model, limit) in [
        ("claude-3-haiku-20240307", 4_096),
        ("claude-3-5-sonnet-20241022", 8_192),
        ("claude-opus-4-1-20250805", 16_384),
        ("claude-of-the-future", 16_384),
    ] {
        assert_eq!(super::anthropic::default_limit(model), limit);
    }
}

#[test]
fn a_models_name_cannot_leave_its_place_in_the_path() {
    for (model, path) in [
        (
            "gemini-2.5-flash",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        ),
        (
            "models/gemini-2.5-flash",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        ),
        (
            "tunedModels/mine",
            "/v1beta/tunedModels/mine:streamGenerateContent?alt=sse",
        ),
        (
            "../../x?key=1#",
            "/v1beta/models/..%2F..%2Fx%3Fkey%3D1%23:streamGenerateContent?alt=sse",
        ),
    ] {
        assert_eq!(
            Provider::Google.chat_request(&request(Provider::Google, model)).path,
            path
        );
    }
}

#[test]
fn keys_and_texts_never_show_in_debug_output() {
    let wire = Provider::OpenAi.chat_request(&request(Provider::OpenAi, "m"));
    assert!(!format!("{wire:?}").contains("brief"));
}

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

#[test]
fn models_lists_need_nothing_but_ids() {
    for provider in [
        Provider::Anthropic,
        Provider::OpenAi,
        Provider::Mistral,
        Provider::Groq,
        Provider::Compatible,
    ] {
        let models = provider
            .read_models(br#"{"data":[{"id":"a"},{"id":""},{"x":1},{"id":"b","odd":null}]}"#)
            .unwrap();
        assert_eq!(
            models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(),
            ["a", "b"]
        );
        for bad in ["", "{}", "<html>", "{\"data\":3}", "null"] {
            assert_eq!(
                provider.read_models(bad.as_bytes()).unwrap_err().code,
                Code::ProviderGarbled,
                "{provider:?} {bad}"
            );
        }
    }
    let gemini = Provider::Google
        .read_models(br#"{"models":[{"name":"models/g"},{"id":"h"}]}"#)
        .unwrap();
    assert_eq!(gemini.len(), 2);
    assert!(Provider::Google.read_models(b"{\"data\":[]}").is_err());
    assert!(
        Provider::Compatible
            .read_models(br#"{"object":"list","data":null}"#)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_does_not_chat_is_marked() {
    let marked = |provider: Provider, id: &str| {
        let body = match provider {
            Provider::Google => format!(r#"{{"models":[{{"name":"models/{id}"}}]}}"#),
            _ => format!(r#"{{"data":[{{"id":"{id}"}}]}}"#),
        };
        !provider.read_models(body.as_bytes()).unwrap()[0].chats
    };
    for id in [
        "text-embedding-3-small",
        "whisper-1",
        "gpt-image-1",
        "gpt-5-codex",
        "gpt-4o-realtime-preview",
    ] {
        assert!(marked(Provider::OpenAi, id), "{id}");
    }
    for id in [
        "gpt-4o",
        "gpt-5-mini",
        "o3",
        "chatgpt-4o-latest",
        "ft:gpt-4o-mini:acme::1",
    ] {
        assert!(!marked(Provider::OpenAi, id), "{id}");
    }
    assert!(marked(Provider::Groq, "whisper-large-v3") && !marked(Provider::Groq, "openai/gpt-oss-20b"));
    assert!(marked(Provider::Google, "gemini-embedding-001") && !marked(Provider::Google, "gemini-2.5-flash"));
}

proptest! {
    #[test]
    fn error_bodies_never_panic_nor_leak(status in 300u16..600, body in proptest::collection::vec(any::<u8>(), 0..400)) {
        for provider in Provider::ALL {
            let problem = provider.read_error(status, &|_| None, &body);
            prop_assert!(problem.detail.is_none());
        }
    }

    #[test]
    fn models_lists_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        for provider in Provider::ALL {
            drop(provider.read_models(&body));
            drop(provider.next_models_request(&body));
        }
    }
}
