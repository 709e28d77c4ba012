//! A person's rights: the security log and "this was not me", objections, restrictions, consents and requests.

pub mod cookies;
pub mod not_me;
pub mod page;
pub mod requests;
pub mod security_log;

use crate::features::App;
use axum::Router;
use axum::routing::post;

/// The forms of these pages.
pub fn doors() -> Router<App> {
    Router::new()
        .route("/not-me", post(not_me::post_not_me))
        .route("/settings/privacy/rights/limit", post(page::post_limit))
        .route("/settings/privacy/rights/consent", post(page::post_consent))
        .route("/settings/privacy/rights/request", post(requests::post_request))
        .route("/settings/privacy/security-log/not-me", post(security_log::post_not_me))
}
