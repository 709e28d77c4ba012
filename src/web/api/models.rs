//! `GET /stream/models?provider=…&key_id=…`: what a key may use, live from the provider, for the
//! model picker. Signed-in people only; a key of somebody else does not exist here.

use crate::domain::ids::ProviderKeyId;
use crate::domain::pricing::Rates;
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::{Model, Provider};
use crate::features::App;
use crate::features::vault;
use crate::web::auth::SignedInApi;
use crate::web::page::query;
use crate::web::respond;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// One model; what is not known is absent.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output: Option<u64>,
    chats: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<bool>,
    /// Micro-USD per million tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Rates>,
}

impl<'a> From<&'a Model> for Entry<'a> {
    fn from(model: &'a Model) -> Self {
        Self {
            id: &model.id,
            name: model.name.as_deref(),
            context: model.context,
            max_output: model.max_output,
            chats: model.chats,
            reasons: model.reasons,
            price: model.price,
        }
    }
}

pub async fn list(State(app): State<App>, SignedInApi(user): SignedInApi, uri: Uri) -> Response {
    match read(&uri) {
        Ok((provider, key_id)) => match vault::models(&app, user.id, provider, key_id).await {
            Ok(models) => {
                let entries: Vec<Entry<'_>> = models.iter().map(Entry::from).collect();
                let mut response = Json(serde_json::json!({ "models": entries })).into_response();
                let headers = response.headers_mut();
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response
            }
            Err(problem) => respond::problem(&problem, None),
        },
        Err(problem) => respond::problem(&problem, None),
    }
}

fn read(uri: &Uri) -> Result<(Provider, Option<ProviderKeyId>), Problem> {
    let wrong = |field: &str, detail: &str| Problem::new(Code::Unprocessable).field(field).detail(detail);
    let provider = query(uri, "provider")
        .and_then(|id| Provider::from_id(&id))
        .ok_or_else(|| wrong("provider", "Name a provider, such as openai."))?;
    let key_id = match query(uri, "key_id").filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| wrong("key_id", "This is no id of a key."))?),
        None => None,
    };
    Ok((provider, key_id))
}
