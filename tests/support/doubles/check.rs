//! What the vendors refuse, in the vendors' own words and shapes.

use super::{GOOD_KEY, json};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use serde_json::{Value, json};
use spectr::domain::providers::Provider;

pub struct Request {
    pub provider: Provider,
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Value,
}

pub enum Wanted {
    Models,
    Chat { model: String, question: String },
}

/// An error answer: status, the vendor's word for it, a message.
pub struct Refusal {
    pub status: u16,
    pub kind: &'static str,
    pub message: String,
    pub headers: Vec<(&'static str, &'static str)>,
}

impl Refusal {
    pub fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    pub fn into_response(self, provider: Provider) -> Response {
        let (kind, message) = (self.kind, &self.message);
        let body = match provider {
            Provider::Anthropic => {
                json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_double"})
            }
            Provider::Google => json!({"error": {"code": self.status, "message": message, "status": kind}}),
            Provider::Mistral if self.status == 422 => {
                json!({"detail": [{"type": kind, "loc": ["body"], "msg": message, "input": message}]})
            }
            Provider::Mistral => {
                json!({"object": "error", "message": {"detail": message}, "type": kind, "param": null, "code": "1500"})
            }
            _ => json!({"error": {"message": message, "type": kind, "param": null, "code": kind}}),
        };
        let body = match (provider, kind) {
            (Provider::Google, "INVALID_ARGUMENT") if message.starts_with("API key") => json!({"error": {
                "code": 400, "message": message, "status": kind,
                "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
                             "domain": "googleapis.com", "metadata": {"service": "generativelanguage.googleapis.com"}}],
            }}),
            (Provider::Google, "RESOURCE_EXHAUSTED") => json!({"error": {
                "code": 429, "message": message, "status": kind,
                "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}],
            }}),
            _ => body,
        };
        let mut response = json(self.status, &body);
        for (name, value) in self.headers {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }
}

type Check<T> = Result<T, Refusal>;

/// Goes through a request as the vendor's front door does.
pub fn check(request: &Request) -> Check<Wanted> {
    if request.headers.contains_key("cookie") || request.headers.contains_key("origin") {
        return Err(Refusal::new(
            401,
            "authentication_error",
            "browser headers are not taken",
        ));
    }
    if request.provider == Provider::Anthropic && header(request, "anthropic-version") != Some("2023-06-01") {
        return Err(invalid(request, "anthropic-version: header is required"));
    }
    check_key(request)?;
    let (models, chat) = match request.provider {
        Provider::Anthropic => ("/v1/models", "/v1/messages"),
        Provider::Groq => ("/openai/v1/models", "/openai/v1/chat/completions"),
        Provider::Google => ("/v1beta/models", ""),
        _ => ("/v1/models", "/v1/chat/completions"),
    };
    match (&request.method, request.path.as_str()) {
        (&Method::GET, path) if path == models => Ok(Wanted::Models),
        (&Method::POST, path) if path == chat => check_chat(request),
        (&Method::POST, path) if request.provider == Provider::Google => {
            let model = path
                .strip_prefix("/v1beta/models/")
                .and_then(|rest| rest.strip_suffix(":streamGenerateContent"))
                .filter(|_| request.query == "alt=sse")
                .ok_or_else(|| Refusal::new(404, "NOT_FOUND", "no such method"))?;
            check_google(request, model)
        }
        _ => Err(Refusal::new(404, "not_found_error", "no such path")),
    }
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

fn check_key(request: &Request) -> Check<()> {
    let key = match request.provider {
        Provider::Anthropic => header(request, "x-api-key"),
        Provider::Google => header(request, "x-goog-api-key").filter(|_| !request.query.contains("key=")),
        _ => header(request, "authorization").and_then(|value| value.strip_prefix("Bearer ")),
    };
    if request.provider == Provider::Compatible || key.is_some_and(|key| key.starts_with(GOOD_KEY)) {
        return Ok(());
    }
    // As the vendors do, the message repeats a part of the key.
    let message = format!("API key not valid: {}", key.unwrap_or("none"));
    Err(match request.provider {
        Provider::Google => Refusal::new(400, "INVALID_ARGUMENT", message),
        Provider::Anthropic => Refusal::new(401, "authentication_error", message),
        _ => Refusal::new(401, "invalid_api_key", message),
    })
}

fn invalid(request: &Request, message: impl Into<String>) -> Refusal {
    match request.provider {
        Provider::Google => Refusal::new(400, "INVALID_ARGUMENT", message),
        Provider::Mistral => Refusal::new(422, "value_error", message),
        _ => Refusal::new(400, "invalid_request_error", message),
    }
}

/// Fields that our requests may hold; anything else is refused.
fn known(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Anthropic => &["model", "max_tokens", "messages", "system", "stream", "temperature"],
        Provider::OpenAi => &[
            "model",
            "messages",
            "stream",
            "stream_options",
            "max_completion_tokens",
            "temperature",
        ],
        Provider::Groq => &["model", "messages", "stream", "max_completion_tokens", "temperature"],
        Provider::Mistral => &["model", "messages", "stream", "max_tokens", "temperature"],
        Provider::Google => &["contents", "systemInstruction", "generationConfig"],
        _ => &[
            "model",
            "messages",
            "stream",
            "stream_options",
            "max_tokens",
            "temperature",
        ],
    }
}

fn check_fields(request: &Request) -> Check<()> {
    let type_is_json = header(request, "content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let Some(fields) = request.body.as_object().filter(|_| type_is_json) else {
        return Err(invalid(request, "expected a JSON object"));
    };
    match fields
        .keys()
        .find(|name| !known(request.provider).contains(&name.as_str()))
    {
        Some(name) => Err(invalid(request, format!("{name}: extra inputs are not permitted"))),
        None => Ok(()),
    }
}

fn check_chat(request: &Request) -> Check<Wanted> {
    check_fields(request)?;
    let body = &request.body;
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    if model.is_empty() || body.get("stream") != Some(&Value::Bool(true)) {
        return Err(invalid(request, "model: field required; stream: expected true"));
    }
    let is_anthropic = request.provider == Provider::Anthropic;
    if is_anthropic && body.get("max_tokens").and_then(Value::as_u64).is_none() {
        return Err(invalid(request, "max_tokens: field required"));
    }
    let temperature = body.get("temperature").and_then(Value::as_f64);
    if is_anthropic && temperature.is_some_and(|value| value > 1.0) {
        return Err(invalid(request, "temperature: range: 0..1"));
    }
    if request.provider == Provider::OpenAi && temperature.is_some() && model.starts_with("gpt-5") {
        return Err(invalid(request, "temperature: unsupported value"));
    }
    let messages = body.get("messages").and_then(Value::as_array);
    let Some(messages) = messages.filter(|list| !list.is_empty()) else {
        return Err(invalid(request, "messages: at least one message is required"));
    };
    let mut last = "";
    let mut question = "";
    for message in messages {
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        let content = message.get("content").and_then(Value::as_str).unwrap_or_default();
        let roles: &[&str] = if is_anthropic {
            &["user", "assistant"]
        } else {
            &["system", "user", "assistant"]
        };
        if !roles.contains(&role) || content.trim().is_empty() || (is_anthropic && role == last) {
            return Err(invalid(
                request,
                "messages: roles must alternate, content must not be empty",
            ));
        }
        last = role;
        if role == "user" {
            question = content;
        }
    }
    let goes_on = messages.last().and_then(|message| message.get("prefix")) == Some(&Value::Bool(true));
    if request.provider == Provider::Mistral && last == "assistant" && !goes_on {
        return Err(invalid(request, "expected last role user or tool"));
    }
    Ok(Wanted::Chat {
        model: model.to_owned(),
        question: question.to_owned(),
    })
}

fn check_google(request: &Request, model: &str) -> Check<Wanted> {
    check_fields(request)?;
    let contents = request.body.get("contents").and_then(Value::as_array);
    let Some(contents) = contents.filter(|list| !list.is_empty()) else {
        return Err(invalid(request, "contents is not specified"));
    };
    let mut question = "";
    for content in contents {
        let role = content.get("role").and_then(Value::as_str).unwrap_or_default();
        let text = content
            .pointer("/parts/0/text")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !["user", "model"].contains(&role) || text.is_empty() {
            return Err(invalid(request, "contents: please use a valid role: user, model"));
        }
        if role == "user" {
            question = text;
        }
    }
    Ok(Wanted::Chat {
        model: model.to_owned(),
        question: question.to_owned(),
    })
}
