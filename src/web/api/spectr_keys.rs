//! `/.well-known/spectr-keys.json`: the public keys that check this server's receipts and exports, as
//! a JSON Web Key Set (RFC 7517, RFC 8037) with two more forms of each key for people and openssl.

use crate::features::App;
use crate::features::privacy::signing;
use crate::web::respond;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub async fn spectr_keys(State(app): State<App>) -> Response {
    let keys = match signing::published(&app).await {
        Ok(keys) => keys,
        Err(error) => return respond::problem(&error.into(), None),
    };
    let keys: Vec<_> = keys
        .iter()
        .map(|known| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "kid": known.key.id(),
                "x": known.key.to_base64url(),
                "public_key": known.key.to_hex(),
                "pem": known.key.to_pem(),
                "state": if known.retired_at.is_some() { "retired" } else { "current" },
                "since": known.since.rfc3339(),
                "retired_at": known.retired_at.map(|at| at.rfc3339()),
            })
        })
        .collect();
    let body = json!({ "server": app.config.public_url.as_str(), "keys": keys }).to_string();
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
