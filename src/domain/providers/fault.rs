//! Errors of providers, classified: by their own names first, then by what their message speaks
//! of, then by the HTTP status.
//!
//! A provider's words are read and never repeated: an error body can hold the prompt (Groq's
//! `failed_generation`, Mistral's 422 `input`) or the key.

use super::{Provider, wait};
use crate::domain::problem::{Code, Problem};
use serde_json::Value;

/// A wait beyond this many seconds is shown as this one: a week.
const MAX_WAIT: u64 = 7 * 24 * 3600;

/// How much of a message is looked at, in bytes.
const MAX_MESSAGE: usize = 600;

/// What an error object says, in lower case.
#[derive(Default)]
struct Words {
    /// `type`, `code`, `status` and the reasons of details.
    names: Vec<String>,
    message: String,
    /// An HTTP status inside the body.
    status: Option<u16>,
    /// `google.rpc.RetryInfo`, in seconds.
    retry: Option<u64>,
    is_json: bool,
}

/// An answer with an error status.
pub fn read_error(provider: Provider, status: u16, headers: &dyn Fn(&str) -> Option<String>, body: &[u8]) -> Problem {
    let words = serde_json::from_slice::<Value>(body).map_or_else(|_| Words::default(), |body| Words::of(&body));
    let code = by_status(provider, status, &words);
    with_wait(code, words.retry.or_else(|| wait::by_headers(headers)))
}

/// An error object inside a stream or inside an answer with status 200.
pub fn in_stream(provider: Provider, error: &Value) -> Problem {
    let words = Words::of(error);
    let code = match words.status {
        Some(status) if status >= 400 => by_status(provider, status, &words),
        _ => named(&words).unwrap_or(Code::ProviderDown),
    };
    with_wait(code, words.retry)
}

fn with_wait(code: Code, wait: Option<u64>) -> Problem {
    let problem = Problem::new(code);
    match (code, wait.map(|seconds| seconds.min(MAX_WAIT))) {
        (Code::ProviderRateLimited | Code::ProviderOverloaded | Code::ProviderDown, Some(seconds)) if seconds > 0 => {
            problem.retry_after(seconds).detail(wait_sentence(seconds))
        }
        _ => problem,
    }
}

fn wait_sentence(seconds: u64) -> String {
    match seconds {
        1 => "Try again in 1 second.".to_owned(),
        2..=119 => format!("Try again in {seconds} seconds."),
        120..=7199 => format!("Try again in {} minutes.", seconds.div_ceil(60)),
        _ => format!("Try again in {} hours.", seconds.div_ceil(3600)),
    }
}

fn by_status(provider: Provider, status: u16, words: &Words) -> Code {
    let named = named(words);
    match status {
        401 => Code::KeyRefused,
        402 => Code::ProviderBilling,
        403 => match named {
            Some(code @ (Code::KeyRefused | Code::ProviderBilling | Code::ProviderRateLimited)) => code,
            _ => Code::ProviderPermission,
        },
        // A page or a bare text means that nothing of this protocol lives at the address.
        404 if !words.is_json => Code::ProviderGarbled,
        404 => Code::ModelNotFound,
        408 | 504 => Code::ProviderDown,
        413 => match named {
            Some(Code::ContextTooLong) => Code::ContextTooLong,
            _ => Code::TooLarge,
        },
        429 => match named {
            Some(code @ (Code::ProviderBilling | Code::ProviderOverloaded)) => code,
            // More than a minute ever allows: waiting does not help.
            _ if words.message.contains("request too large for") => Code::ContextTooLong,
            _ => Code::ProviderRateLimited,
        },
        // 498: Groq's flex capacity is used up. 529: Anthropic is overloaded.
        498 | 503 | 529 => Code::ProviderOverloaded,
        424 | 499 => Code::ProviderDown,
        400..=499 => match named {
            Some(Code::ProviderDown) | None => Code::ProviderRefusedRequest,
            // Gemini says INVALID_ARGUMENT for everything; a 400 of others is not about load.
            Some(code) => code,
        },
        500..=599 => match named {
            Some(code @ (Code::ProviderOverloaded | Code::ProviderRateLimited)) => code,
            // Some compatible servers answer 500 when the context is too long.
            Some(Code::ContextTooLong) if provider == Provider::Compatible => Code::ContextTooLong,
            _ => Code::ProviderDown,
        },
        _ => Code::ProviderGarbled,
    }
}

/// Which problem the names and the message speak of.
fn named(words: &Words) -> Option<Code> {
    // These names say little: another name, or the message, may say more.
    let is_general = |code: &Code| {
        matches!(
            code,
            Code::ProviderRefusedRequest | Code::ProviderRateLimited | Code::ProviderPermission | Code::ProviderDown
        )
    };
    let mut found = words.names.iter().filter_map(|name| by_name(name));
    let first = found.next();
    // `invalid_request_error` stands beside `context_length_exceeded`.
    let by_name = first
        .filter(|code| !is_general(code))
        .or_else(|| found.find(|code| !is_general(code)))
        .or(first);
    match by_name {
        Some(code) if !is_general(&code) => Some(code),
        general => by_message(&words.message).or(general),
    }
}

fn by_name(name: &str) -> Option<Code> {
    Some(match name {
        "api_key_invalid"
        | "api_key_expired"
        | "authentication_error"
        | "invalid_api_key"
        | "invalid_authentication"
        | "unauthenticated"
        | "unauthorized"
        | "account_deactivated"
        | "consumer_suspended"
        | "401" => Code::KeyRefused,
        "insufficient_quota"
        | "billing_error"
        | "billing_hard_limit_reached"
        | "billing_not_active"
        | "billing_disabled"
        | "insufficient_balance"
        | "payment_required"
        | "402" => Code::ProviderBilling,
        "permission_error"
        | "permission_denied"
        | "forbidden"
        | "unsupported_country_region_territory"
        | "api_key_service_blocked"
        | "service_disabled"
        | "model_permission_blocked_project"
        | "403" => Code::ProviderPermission,
        "not_found_error"
        | "model_not_found"
        | "invalid_model"
        | "not_found"
        | "notfounderror"
        | "model_decommissioned"
        | "404" => Code::ModelNotFound,
        "context_length_exceeded"
        | "exceed_context_size_error"
        | "model_context_window_exceeded"
        | "too_many_prompt_tokens" => Code::ContextTooLong,
        "request_too_large" | "413" => Code::TooLarge,
        "rate_limit_error"
        | "rate_limit_exceeded"
        | "rate_limited"
        | "resource_exhausted"
        | "too_many_requests"
        | "429" => Code::ProviderRateLimited,
        "overloaded_error"
        | "overloaded"
        | "unavailable"
        | "service_unavailable"
        | "capacity_exceeded"
        | "engine_overloaded"
        | "server_overloaded"
        | "slow_down"
        | "498"
        | "503"
        | "529" => Code::ProviderOverloaded,
        "api_error"
        | "server_error"
        | "internal"
        | "internal_error"
        | "internal_server_error"
        | "timeout_error"
        | "deadline_exceeded"
        | "500"
        | "502"
        | "504" => Code::ProviderDown,
        "invalid_request_error"
        | "invalid_argument"
        | "failed_precondition"
        | "invalid_request_message"
        | "badrequesterror"
        | "400"
        | "422" => Code::ProviderRefusedRequest,
        _ => return None,
    })
}

fn by_message(message: &str) -> Option<Code> {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&[
        "prompt is too long",
        "context length",
        "context_length",
        "context window",
        "context size",
        "context limit",
        "maximum context",
        "input token count",
        "too many tokens",
        "too large for model",
    ]) {
        return Some(Code::ContextTooLong);
    }
    if says(&[
        "credit balance",
        "usage limits",
        "spend limit",
        "spending limit",
        "spending cap",
        "insufficient balance",
        "credits are depleted",
        "any credits",
        "out of credits",
        "billing account",
    ]) || says(&["exceeded your current quota"]) && says(&["billing"]) && says(&["platform.openai.com"])
    {
        return Some(Code::ProviderBilling);
    }
    if says(&[
        "api key not valid",
        "api key expired",
        "incorrect api key",
        "invalid api key",
        "invalid x-api-key",
        "reported as leaked",
    ]) {
        return Some(Code::KeyRefused);
    }
    if says(&["location is not supported", "must be verified"]) {
        return Some(Code::ProviderPermission);
    }
    if message.contains("model")
        && says(&[
            "does not exist",
            "invalid model",
            "model not found",
            "is not found",
            "decommissioned",
        ])
    {
        return Some(Code::ModelNotFound);
    }
    None
}

impl Words {
    /// Finds the error in `{"error":{…}}`, `{"error":"…"}`, `[{"error":…}]`, `{"detail":…}` or in
    /// the object itself.
    fn of(body: &Value) -> Self {
        let body = body.as_array().and_then(|list| list.first()).unwrap_or(body);
        let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
        let mut words = Self {
            is_json: body.is_object(),
            ..Self::default()
        };
        words.say(error);
        // Mistral's message may be an object or stand under `detail`.
        for place in [error, body] {
            for name in ["message", "detail"] {
                if let Some(inner) = place.get(name).filter(|inner| !inner.is_string()) {
                    words.say(inner.as_array().and_then(|list| list.first()).unwrap_or(inner));
                }
            }
        }
        for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
            words.say(detail);
            if let Some(delay) = detail.get("retryDelay").and_then(Value::as_str) {
                words.retry = wait::duration(delay);
            }
        }
        words
    }

    fn say(&mut self, object: &Value) {
        if let Some(text) = object.as_str() {
            self.hear(text);
        }
        for name in [
            "type",
            "code",
            "status",
            "reason",
            "error_code",
            "raw_status_code",
            "status_code",
        ] {
            match object.get(name) {
                Some(Value::String(text)) if text.len() <= 80 => self.names.push(text.to_lowercase()),
                Some(Value::Number(number)) => {
                    self.names.push(number.to_string());
                    self.status = number
                        .as_u64()
                        .and_then(|number| u16::try_from(number).ok())
                        .filter(|status| (400..600).contains(status))
                        .or(self.status);
                }
                _ => {}
            }
        }
        for name in ["message", "msg", "detail"] {
            if let Some(text) = object.get(name).and_then(Value::as_str) {
                self.hear(text);
            }
        }
    }

    fn hear(&mut self, text: &str) {
        let room = MAX_MESSAGE.saturating_sub(self.message.len());
        self.message
            .extend(text.chars().take(room).flat_map(char::to_lowercase));
        self.message.push('\n');
    }
}
