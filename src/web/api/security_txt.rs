//! `/.well-known/security.txt` (RFC 9116), always valid for another half year.

use crate::domain::timestamp::DAY_MS;
use crate::features::App;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

/// RFC 9116 recommends less than a year.
const VALID_DAYS: i64 = 180;

pub async fn security_txt(State(app): State<App>) -> impl IntoResponse {
    let base = app.config.public_url.as_str().trim_end_matches('/');
    let expires = app.clock.now().start_of_day().plus(VALID_DAYS * DAY_MS).rfc3339();
    let contact = &app.config.contact;
    let mail = if contact.contains('@') && !contact.contains(':') {
        format!("Contact: mailto:{contact}\n")
    } else {
        String::new()
    };
    let text = format!(
        "{mail}Contact: {base}/contact?kind=security\nExpires: {expires}\nPreferred-Languages: en\n\
         Canonical: {base}/.well-known/security.txt\nPolicy: {base}/security\n"
    );
    (
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        )],
        text,
    )
}
