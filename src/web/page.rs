//! What pages ask of the request that they answer: its query, its person, and leave to go elsewhere.

use super::auth;
use crate::features::accounts::CurrentUser;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use leptos::prelude::*;

/// One value of a query string, percent-decoded.
#[must_use]
pub fn query(uri: &Uri, name: &str) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// As [`query`], inside a page.
#[must_use]
pub fn page_query(name: &str) -> Option<String> {
    use_context::<Parts>().and_then(|parts| query(&parts.uri, name))
}

/// Inside a page: answers 303 to another one instead.
pub fn go_to(path: &str) {
    let Some(response) = use_context::<leptos_axum::ResponseOptions>() else {
        return;
    };
    response.set_status(StatusCode::SEE_OTHER);
    if let Ok(location) = path.parse() {
        response.insert_header(axum::http::header::LOCATION, location);
    }
}

/// The person of a page that only signed-in people reach; others were sent away by the layer.
#[must_use]
pub fn person() -> Option<CurrentUser> {
    let user = auth::current_user();
    if user.is_none() {
        go_to("/login");
    }
    user
}
