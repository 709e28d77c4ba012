//! LangSmith: one run per call, of metadata only (docs.langchain.com/langsmith/trace-with-api and
//! /langsmith/log-llm-trace; ingestion by `POST /runs/batch`).
//!
//! Never puts a prompt or an answer into a run: [`Span`] has no field that could hold one, and
//! `inputs` and `outputs` are always empty.

use crate::domain::chat::{Credential, Stop, Tokens};
use crate::domain::ids::CallId;
use crate::domain::problem::Code;
use crate::domain::providers::{Auth, BaseRule, Provider, WireRequest};
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{CallStatus, Feature, plain_usd};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Where runs go unless the operator says otherwise.
pub const BASE_URL: &str = "https://api.smith.langchain.com";
/// The project of a person who names none.
pub const DEFAULT_PROJECT: &str = "spectr";

/// What is known of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub id: CallId,
    pub started_at: Timestamp,
    pub latency_ms: i64,
    /// To the first output.
    pub ttft_ms: Option<i64>,
    pub provider: Provider,
    /// An id from a list, never a text of the caller.
    pub model: String,
    pub feature: Feature,
    pub credential: Credential,
    pub tokens: Tokens,
    pub estimated: bool,
    pub cost_nano_usd: Option<i64>,
    pub status: CallStatus,
    pub problem: Option<Code>,
    pub stop: Option<Stop>,
}

#[derive(Serialize)]
struct Batch<'a> {
    post: Vec<Run<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    id: CallId,
    trace_id: CallId,
    dotted_order: String,
    name: String,
    run_type: &'static str,
    session_name: &'a str,
    start_time: String,
    end_time: String,
    inputs: Empty,
    outputs: Empty,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// LangSmith takes the time to the first token from here.
    events: Vec<Value>,
    extra: Extra<'a>,
    tags: [&'static str; 2],
}

/// `{}`: content stays here.
#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Extra<'a> {
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    ls_provider: &'static str,
    ls_model_name: &'a str,
    ls_model_type: &'static str,
    usage_metadata: Usage,
    spectr_status: &'static str,
    spectr_credential: &'static str,
    spectr_tokens_estimated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    spectr_stop: Option<&'static str>,
}

#[derive(Serialize)]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
    input_token_details: Value,
    output_token_details: Value,
    /// An exact decimal: money is no float on its way here.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_cost: Option<Box<RawValue>>,
}

/// Asks whether a key works; changes nothing there.
#[must_use]
pub fn check_request() -> WireRequest {
    request("/sessions?limit=1", None)
}

/// Hands in finished calls, each a trace of its own. A run's id is the call's, so that handing one in
/// twice leaves one.
#[must_use]
pub fn batch_request(spans: &[Span], project: &str) -> WireRequest {
    let batch = Batch {
        post: spans.iter().map(|span| run(span, project)).collect(),
    };
    // Texts and numbers of our own: they always serialise.
    request("/runs/batch", Some(serde_json::to_vec(&batch).unwrap_or_default()))
}

fn request(path: &str, body: Option<Vec<u8>>) -> WireRequest {
    WireRequest {
        path: path.to_owned(),
        rule: BaseRule::Vendor,
        auth: Auth::Header("x-api-key"),
        headers: Vec::new(),
        body,
    }
}

fn run<'a>(span: &'a Span, project: &'a str) -> Run<'a> {
    let first_token = span
        .ttft_ms
        .map(|ttft| json!({"name": "new_token", "time": span.started_at.plus(ttft).rfc3339()}));
    Run {
        id: span.id,
        trace_id: span.id,
        dotted_order: dotted_order(span),
        name: format!("{} chat", span.provider.id()),
        run_type: "llm",
        session_name: project,
        start_time: span.started_at.rfc3339(),
        end_time: span.started_at.plus(span.latency_ms).rfc3339(),
        inputs: Empty {},
        outputs: Empty {},
        error: span.problem.map(Code::code),
        events: first_token.into_iter().collect(),
        extra: Extra {
            metadata: metadata(span),
        },
        tags: ["spectr", span.feature.id()],
    }
}

fn metadata(span: &Span) -> Metadata<'_> {
    let tokens = &span.tokens;
    let cost = span.cost_nano_usd.map(plain_usd);
    Metadata {
        ls_provider: provider_name(span.provider),
        ls_model_name: &span.model,
        ls_model_type: "chat",
        usage_metadata: Usage {
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            total_tokens: tokens.input.saturating_add(tokens.output),
            input_token_details: json!({"cache_read": tokens.cached_read, "cache_creation": tokens.cached_write}),
            output_token_details: json!({"reasoning": tokens.reasoning}),
            total_cost: cost.and_then(|cost| RawValue::from_string(cost).ok()),
        },
        spectr_status: span.status.id(),
        spectr_credential: span.credential.id(),
        spectr_tokens_estimated: span.estimated,
        spectr_stop: span.stop.map(Stop::id),
    }
}

/// The provider as LangSmith's price table calls it.
const fn provider_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Google => "google_genai",
        provider => provider.id(),
    }
}

/// `%Y%m%dT%H%M%S%fZ` and the id: the place of a run in its trace.
fn dotted_order(span: &Span) -> String {
    let at = span.started_at.to_datetime();
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}{:06}Z{}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.microsecond(),
        span.id
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn span() -> Span {
        Span {
            id: CallId(Uuid::from_u128(0x0192_f0c0_0000_7000_8000_0000_0000_0001)),
            started_at: Timestamp(1_777_881_600_250),
            latency_ms: 1_500,
            ttft_ms: Some(300),
            provider: Provider::Google,
            model: "gemini-2.5-flash".to_owned(),
            feature: Feature::Assistant,
            credential: Credential::Byok,
            tokens: Tokens {
                input: 12,
                output: 30,
                cached_read: 4,
                reasoning: 7,
                ..Tokens::default()
            },
            estimated: false,
            cost_nano_usd: Some(2_100_001),
            status: CallStatus::Error,
            problem: Some(Code::StreamCut),
            stop: None,
        }
    }

    #[test]
    fn a_run_says_what_the_call_was_and_nothing_of_what_was_said() {
        let request = batch_request(&[span()], "nightly");
        let body: Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
        let expected = json!({"post": [{
            "id": "0192f0c0-0000-7000-8000-000000000001",
            "trace_id": "0192f0c0-0000-7000-8000-000000000001",
            "dotted_order": "20260504T080000250000Z0192f0c0-0000-7000-8000-000000000001",
            "name": "google chat",
            "run_type": "llm",
            "session_name": "nightly",
            "start_time": "2026-05-04T08:00:00.25Z",
            "end_time": "2026-05-04T08:00:01.75Z",
            "inputs": {},
            "outputs": {},
            "error": "stream_cut",
            "events": [{"name": "new_token", "time": "2026-05-04T08:00:00.55Z"}],
            "extra": {"metadata": {
                "ls_provider": "google_genai",
                "ls_model_name": "gemini-2.5-flash",
                "ls_model_type": "chat",
                "usage_metadata": {
                    "input_tokens": 12,
                    "output_tokens": 30,
                    "total_tokens": 42,
                    "input_token_details": {"cache_read": 4, "cache_creation": 0},
                    "output_token_details": {"reasoning": 7},
                    "total_cost": 0.002_100_001,
                },
                "spectr_status": "error",
                "spectr_credential": "byok",
                "spectr_tokens_estimated": false,
            }},
            "tags": ["spectr", "assistant"],
        }]});
        assert_eq!(body, expected);
        assert_eq!(
            (request.path.as_str(), request.auth),
            ("/runs/batch", Auth::Header("x-api-key"))
        );
    }

    #[test]
    fn a_cost_that_is_not_known_is_absent_and_never_zero() {
        let unpriced = Span {
            cost_nano_usd: None,
            ..span()
        };
        let body = batch_request(&[unpriced], "p").body.unwrap();
        assert!(!String::from_utf8(body).unwrap().contains("total_cost"));
    }
}
