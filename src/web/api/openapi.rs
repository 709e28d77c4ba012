//! `/openapi.json`: the API in OpenAPI 3.1, for machines. The text stands beside this file; version
//! and address are put in here.

use crate::features::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const TEXT: &str = include_str!("openapi.json");

/// The document for a server at this address.
///
/// # Errors
/// Never in a build that passed its tests: the text is part of it.
fn document(url: &str) -> Result<Value, serde_json::Error> {
    let mut document: Value = serde_json::from_str(TEXT)?;
    if let Some(root) = document.as_object_mut() {
        root.insert("servers".to_owned(), json!([{ "url": url }]));
        if let Some(info) = root.get_mut("info").and_then(Value::as_object_mut) {
            info.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        }
    }
    Ok(document)
}

pub async fn openapi(State(app): State<App>) -> Response {
    match document(app.config.public_url.as_str().trim_end_matches('/')) {
        Ok(document) => Json(document).into_response(),
        Err(error) => {
            tracing::error!(%error, "the description of the API is not readable");
            crate::web::respond::problem(&crate::domain::problem::Code::Internal.into(), None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::usage::PARAMETERS;
    use super::*;

    #[test]
    fn it_describes_the_parameters_that_the_door_reads() {
        let document = document("https://s.example").unwrap();
        let parameters = document["paths"]["/api/v1/usage"]["get"]["parameters"]
            .as_array()
            .unwrap();
        let names: Vec<&str> = parameters.iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, PARAMETERS.map(|(name, _)| name));
        assert_eq!(document["servers"][0]["url"], "https://s.example");
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    }
}
