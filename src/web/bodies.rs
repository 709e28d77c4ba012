//! Bodies of requests: how large they may be and how slowly they may arrive.
//!
//! A body is read whole before its handler runs, so that a handler never sees half of one; uploads
//! of files are the exception. What is
//! too large is refused with 413; some of it is read and thrown away first, because a client that
//! is still sending would see a broken connection instead of the answer.

use super::pages::reports::SAVE;
use crate::domain::problem::{Code, Problem};
use crate::domain::reports::saved::MAX_BYTES;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, header};
use http_body_util::BodyExt;
use std::time::Duration;

/// Forms and small JSON.
pub const USUAL_BYTES: usize = 64 * 1024;
/// Conversations with attached text files, at [`LARGE_PATHS`].
pub const LARGE_BYTES: usize = 8 * 1024 * 1024;
/// A report to be saved, at [`SAVE`]: what it may hold, and room for how it is written.
pub const SAVED_BYTES: usize = 2 * MAX_BYTES;
const LARGE_PATHS: &[&str] = &["/stream/chat"];
/// Paths whose handlers take the body as it comes and bound it themselves.
const STREAMED_PATHS: &[&str] = &["/settings/privacy/import"];
/// How much of a body that is too large is read before it is refused.
const DRAINED_BYTES: usize = 32 * 1024 * 1024;
/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

enum Refused {
    TooLarge,
    Broken,
}

/// Reads the body within its bounds and puts it back whole.
///
/// # Errors
/// When it is too large, too slow or breaks off.
pub async fn bound(mut request: Request) -> Result<Request, Problem> {
    // These bounds stand in the place of axum's own.
    DefaultBodyLimit::disable().apply(&mut request);
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        // Nothing reads such a body; hyper closes the connection if one was sent.
        return Ok(request.map(|_| Body::empty()));
    }
    if is_packed(&request) {
        return Err(
            Problem::new(Code::UnsupportedMediaType).detail("Send the body as it is, without Content-Encoding.")
        );
    }
    if STREAMED_PATHS.contains(&request.uri().path()) {
        return Ok(request);
    }
    let limit = match request.uri().path() {
        path if LARGE_PATHS.contains(&path) => LARGE_BYTES,
        SAVE => SAVED_BYTES,
        _ => USUAL_BYTES,
    };
    let (mut parts, body) = request.into_parts();
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match tokio::time::timeout(ARRIVAL, read(body, announced, limit)).await {
        Ok(Ok(bytes)) => {
            parts.headers.remove(header::TRANSFER_ENCODING);
            Ok(Request::from_parts(parts, Body::from(bytes)))
        }
        Ok(Err(Refused::TooLarge)) => {
            let detail = format!("At most {} KiB are taken here.", limit / 1024);
            Err(Problem::new(Code::TooLarge).detail(detail))
        }
        Err(_) => Err(Code::TooSlow.into()),
        Ok(Err(Refused::Broken)) => Err(Code::BadRequest.into()),
    }
}

fn is_packed(request: &Request) -> bool {
    let coding = request.headers().get(header::CONTENT_ENCODING);
    coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

async fn read(mut body: Body, announced: Option<usize>, limit: usize) -> Result<Bytes, Refused> {
    if announced.is_some_and(|length| length > DRAINED_BYTES) {
        return Err(Refused::TooLarge);
    }
    let mut whole = Vec::with_capacity(announced.unwrap_or_default().min(limit));
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refused::Broken)?.into_data() else {
            continue;
        };
        total = total.saturating_add(data.len());
        if total > DRAINED_BYTES {
            return Err(Refused::TooLarge);
        }
        if total <= limit {
            whole.extend_from_slice(&data);
        } else {
            whole = Vec::new();
        }
    }
    if total > limit {
        return Err(Refused::TooLarge);
    }
    Ok(Bytes::from(whole))
}
