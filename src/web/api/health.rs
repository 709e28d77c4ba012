//! `/healthz` (the process lives) and `/readyz` (its databases answer).

use crate::features::App;
use axum::extract::State;
use axum::http::StatusCode;

pub async fn healthz() -> &'static str {
    "ok"
}

/// # Errors
/// 503 while a database does not answer.
pub async fn readyz(State(app): State<App>) -> Result<&'static str, (StatusCode, &'static str)> {
    if app.db.is_ready().await && app.keystore.is_ready().await {
        Ok("ready")
    } else {
        Err((StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"))
    }
}
