//! Requests and answers of every wire through the product's own client and the doubles.

use crate::support::doubles::{Doubles, Ended, GOOD_KEY, Script};
use futures::StreamExt;
use secrecy::SecretString;
use spectr::domain::chat::{Asker, ChatRequest, Message, Params, Role, Stop};
use spectr::domain::problem::{Code, Problem};
use spectr::domain::providers::{Output, Provider, WireRequest};
use spectr::infra::config::{Config, Settings};
use spectr::infra::http::{Http, Response, Target};

const WIRES: [Provider; 6] = [
    Provider::Anthropic,
    Provider::OpenAi,
    Provider::Google,
    Provider::Mistral,
    Provider::Groq,
    Provider::Compatible,
];

/// Bytes of a body that are read.
const MAX: usize = 1 << 20;

fn request(provider: Provider, model: &str) -> ChatRequest {
    ChatRequest {
        provider,
        key_id: None,
        model: model.to_owned(),
        system: Some("Be brief.".to_owned()),
        messages: vec![
            Message::new(Role::User, "first"),
            Message::new(Role::User, "and more"),
            Message::new(Role::Assistant, "yes?"),
            Message::new(Role::System, "Answer in English."),
            Message::new(Role::User, "  "),
            Message::new(Role::User, "hello"),
        ],
        params: Params {
            max_tokens: Some(64),
            temperature: None,
        },
        feature: Asker::default(),
    }
}

async fn send(doubles: &Doubles, provider: Provider, wire: WireRequest, key: &str) -> Response {
    let config = Config::from_settings(&Settings::new()).expect("defaults");
    let http = Http::open(&config).expect("a client");
    let base = doubles.base(provider).parse().expect("an address");
    let secret = SecretString::from(key);
    let sent = http.send(wire, &Target::Operator(base), Some(&secret)).await;
    sent.expect("the double answers")
}

/// Sends a chat request and reads all of its answer.
async fn ask(doubles: &Doubles, request: &ChatRequest, key: &str) -> Result<Vec<Output>, Problem> {
    let provider = request.provider;
    let response = send(doubles, provider, provider.chat_request(request), key).await;
    let status = response.status();
    let headers = response.headers();
    if status != 200 {
        let body = response.read(MAX).await.expect("an error body");
        let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        return Err(provider.read_error(status, &header, &body));
    }
    let mut decoder = provider.decoder();
    let mut outputs = Vec::new();
    let mut body = response.into_stream();
    while let Some(Ok(bytes)) = body.next().await {
        outputs.extend(decoder.push(&bytes));
        if matches!(outputs.last(), Some(Output::Error(_))) {
            return Ok(outputs);
        }
    }
    outputs.extend(decoder.finish());
    Ok(outputs)
}

fn text(outputs: &[Output]) -> String {
    let texts = outputs.iter().filter_map(|output| match output {
        Output::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn failed(outputs: &[Output]) -> Option<Code> {
    match outputs.last() {
        Some(Output::Error(problem)) => Some(problem.code),
        _ => None,
    }
}

async fn doubles() -> Doubles {
    Doubles::start().await.expect("free ports")
}

fn key() -> String {
    format!("{GOOD_KEY}1")
}

#[tokio::test]
async fn a_conversation_passes_the_strict_door_of_every_vendor_and_comes_back_whole() {
    let doubles = doubles().await;
    for provider in WIRES {
        for model in ["any-model", "double-crlf", "double-bytes"] {
            let outputs = ask(&doubles, &request(provider, model), &key())
                .await
                .expect("accepted");
            assert!(text(&outputs).starts_with("You said: "), "{provider:?}");
            assert!(text(&outputs).ends_with("hello Grüße 👋🏽"), "{provider:?} {model}");
            assert!(outputs.contains(&Output::Stop(Stop::End)), "{provider:?}");
            assert_eq!(outputs.last(), Some(&Output::End), "{provider:?}");
            let usage = outputs.iter().rev().find_map(|output| match output {
                Output::Usage(tokens) => Some(*tokens),
                _ => None,
            });
            let usage = usage.expect("usage");
            assert!(usage.input == 21 && usage.output > 3, "{provider:?} {usage:?}");
        }
    }
}

#[tokio::test]
async fn reasoning_tools_and_refusals_come_through_every_wire() {
    let doubles = doubles().await;
    for provider in WIRES {
        let thought = ask(&doubles, &request(provider, "double-reasoning"), &key())
            .await
            .expect("accepted");
        assert!(
            thought.iter().any(|output| matches!(output, Output::Reasoning(_))),
            "{provider:?}"
        );
        assert_eq!(text(&thought), "Thought about.");
        let tools = ask(&doubles, &request(provider, "double-tools"), &key())
            .await
            .expect("accepted");
        let arguments: String = tools
            .iter()
            .filter_map(|output| match output {
                Output::Tool(tool) => Some(tool.arguments.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(arguments, "{\"suite\":\"login\"}", "{provider:?}");
        assert!(tools.contains(&Output::Stop(Stop::ToolUse)), "{provider:?}");
        let refusal = ask(&doubles, &request(provider, "double-refusal"), &key())
            .await
            .expect("accepted");
        let refused = [Output::Stop(Stop::Refusal), Output::Stop(Stop::ContentFilter)];
        assert!(refused.iter().any(|stop| refusal.contains(stop)), "{provider:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_as_such_by_every_vendor() {
    let doubles = doubles().await;
    for provider in WIRES.into_iter().filter(|provider| *provider != Provider::Compatible) {
        let problem = ask(&doubles, &request(provider, "any"), "sk-wrong-CANARY")
            .await
            .expect_err("refused");
        assert_eq!(problem.code, Code::KeyRefused, "{provider:?}");
        assert!(!format!("{problem:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn error_statuses_become_problems_that_name_the_mend_and_nothing_else() {
    let doubles = doubles().await;
    for provider in WIRES {
        for (model, code) in [
            ("double-400", Code::ProviderRefusedRequest),
            ("double-401", Code::KeyRefused),
            ("double-404", Code::ModelNotFound),
            ("double-429", Code::ProviderRateLimited),
            ("double-500", Code::ProviderDown),
            ("double-529", Code::ProviderOverloaded),
            ("double-echo-error", Code::ProviderRefusedRequest),
        ] {
            let problem = ask(&doubles, &request(provider, model), &key())
                .await
                .expect_err("refused");
            assert_eq!(problem.code, code, "{provider:?} {model}");
            assert!(!format!("{problem:?}").contains("hello"), "{provider:?} {model}");
            let wait = if provider == Provider::Google { 35 } else { 7 };
            assert_eq!(
                problem.retry_after,
                (model == "double-429").then_some(wait),
                "{provider:?}"
            );
        }
    }
}

#[tokio::test]
async fn broken_streams_end_with_the_right_problem_and_keep_what_came() {
    let doubles = doubles().await;
    for provider in WIRES {
        for (model, code) in [
            ("double-cut", Code::StreamCut),
            ("double-reset", Code::StreamCut),
            ("double-error-mid", Code::ProviderOverloaded),
            ("double-broken-json", Code::ProviderGarbled),
        ] {
            let outputs = ask(&doubles, &request(provider, model), &key())
                .await
                .expect("accepted");
            assert_eq!(failed(&outputs), Some(code), "{provider:?} {model}");
            assert_eq!(text(&outputs), "This answer will not ", "{provider:?} {model}");
        }
        let page = ask(&doubles, &request(provider, "double-html"), &key())
            .await
            .expect("accepted");
        assert_eq!(failed(&page), Some(Code::ProviderGarbled), "{provider:?}");
        let huge = ask(&doubles, &request(provider, "double-huge-line"), &key())
            .await
            .expect("accepted");
        assert_eq!(failed(&huge), Some(Code::ProviderTooMuch), "{provider:?}");
    }
}

#[tokio::test]
async fn models_lists_are_read_to_their_last_page() {
    let doubles = doubles().await;
    for provider in WIRES {
        let mut wire = Some(provider.models_request());
        let mut models = Vec::new();
        let mut pages = 0;
        while let Some(next) = wire {
            let body = send(&doubles, provider, next, &key())
                .await
                .read(MAX)
                .await
                .expect("a list");
            models.extend(provider.read_models(&body).expect("a list"));
            wire = provider.next_models_request(&body);
            pages += 1;
        }
        assert!(models.len() > 50, "{provider:?}: {}", models.len());
        assert!(models.iter().any(|model| model.id == "double-model-30"), "{provider:?}");
        let is_paged = matches!(provider, Provider::Anthropic | Provider::Google);
        assert_eq!(pages > 1, is_paged, "{provider:?}");
        if provider != Provider::Compatible {
            assert!(models.iter().any(|model| model.price.is_some()), "{provider:?}");
        }
    }
}

#[tokio::test]
async fn the_double_sees_its_socket_close_before_the_first_byte_and_in_mid_stream() {
    let doubles = doubles().await;
    for provider in WIRES {
        for script in [Script::StallFirst, Script::StallMid, Script::Endless] {
            let id = doubles.calls().len();
            doubles.next(provider, script.clone());
            let chat = request(provider, "any");
            let key = key();
            let call = ask(&doubles, &chat, &key);
            let begun = doubles.until(|calls| {
                let call = calls.get(id)?;
                (matches!(script, Script::StallFirst) || call.sent > 0).then_some(())
            });
            // Dropping the call is what Stop does.
            tokio::select! {
                outcome = call => panic!("{provider:?} {script:?}: {outcome:?}"),
                () = begun => {}
            }
            doubles.closed(id).await;
        }
    }
    let whole = ask(&doubles, &request(Provider::Groq, "any"), &key()).await;
    assert!(whole.is_ok());
    let last = doubles.calls().len() - 1;
    let ended = doubles.until(|calls| calls.get(last)?.ended).await;
    assert_eq!(ended, Ended::Sent);
}

#[tokio::test]
async fn fields_and_headers_that_a_vendor_does_not_know_are_refused() {
    let doubles = doubles().await;
    for provider in WIRES {
        let mut wire = provider.chat_request(&request(provider, "any"));
        wire.body = Some(b"{\"surprise\":true}".to_vec());
        let status = send(&doubles, provider, wire, &key()).await.status();
        assert!([400, 422].contains(&status), "{provider:?}");
        let mut wire = provider.chat_request(&request(provider, "any"));
        wire.headers.push(("origin", "https://spectr.example"));
        assert_eq!(
            send(&doubles, provider, wire, &key()).await.status(),
            401,
            "{provider:?}"
        );
    }
}
