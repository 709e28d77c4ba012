//! What goes onto the wires, and how models lists are read.

use super::{Auth, Provider, WireRequest};
use crate::domain::chat::{Asker, ChatRequest, Message, Params, Role};
use crate::domain::problem::Code;
use proptest::prelude::*;

fn request(provider: Provider, model: &str) -> ChatRequest {
    ChatRequest {
        provider,
        key_id: None,
        model: model.to_owned(),
        system: Some("Be brief.".to_owned()),
        messages: vec![
            Message::new(Role::User, "one"),
            Message::new(Role::User, "two"),
            Message::new(Role::Assistant, "  "),
            Message::new(Role::System, "In English."),
            Message::new(Role::Assistant, "three \n"),
        ],
        params: Params {
            max_tokens: Some(64),
            temperature: Some(0.5),
        },
        feature: Asker::default(),
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
            messages: vec![Message::new(Role::User, "hi")],
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
    fn models_lists_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        for provider in Provider::ALL {
            drop(provider.read_models(&body));
            drop(provider.next_models_request(&body));
        }
    }
}
