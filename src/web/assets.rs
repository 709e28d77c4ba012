//! Static files, embedded into the binary so that it serves the site alone.
//!
//! `cargo xtask` fills `target/site` and packs each file beforehand; nothing is compressed per request.
//! An address with the version of its content (`url`) is kept by browsers for ever, any other one is
//! asked for again and answered 304 by its `ETag`. A debug build reads the folder at each request.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_embed::{EmbeddedFile, RustEmbed};

/// `target/site`, filled by `cargo xtask`.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// The script that runs apart from its page, under a policy of its own.
pub const WORKER: &str = "analyzer-worker.js";

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");
/// Packed variants by preference: the coding's name and the suffix of its files.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The address of this file with the version of its content: `pkg/spectr.css` is
/// `/pkg/spectr.css?v=0123456789abcdef`.
#[must_use]
pub fn url(path: &str) -> String {
    match Site::get(path) {
        Some(file) => format!("/{path}?v={}", version(&file)),
        None => format!("/{path}"),
    }
}

/// The value of an `integrity` attribute for this file, where it exists.
#[must_use]
pub fn integrity(path: &str) -> Option<String> {
    Site::get(path).map(|file| format!("sha256-{}", STANDARD.encode(file.metadata.sha256_hash())))
}

/// Answers `GET` and `HEAD` of an embedded file, or `None` where there is no such file.
#[must_use]
pub fn file<B>(request: &Request<B>) -> Option<Response<Body>> {
    let path = decoded_path(request.uri())?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) || CODINGS.iter().any(|(_, end)| path.ends_with(end)) {
        return None;
    }
    let plain = Site::get(path)?;
    let version = version(&plain);
    let coded = CODINGS.iter().find_map(|(coding, end)| {
        let accepted = accepts(request.headers(), coding);
        accepted.then(|| Site::get(&format!("{path}{end}")).map(|file| (*coding, file)))?
    });
    let (coding, body) = match coded {
        Some((coding, file)) => (Some(coding), file.data),
        None => (None, plain.data),
    };
    let etag = HeaderValue::from_str(&format!(
        "\"{version}{}\"",
        coding.map(|name| format!("-{name}")).unwrap_or_default()
    ))
    .ok()?;
    let fresh = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| matches(known, &etag));

    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let versioned = request.uri().query() == Some(&format!("v={version}"));
    headers.insert(header::CACHE_CONTROL, if versioned { FOR_EVER } else { ASK_AGAIN });
    headers.insert(header::ETAG, etag);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Some(response);
    }
    headers.insert(header::CONTENT_TYPE, content_type(path)?);
    if path == WORKER {
        headers.insert(header::CONTENT_SECURITY_POLICY, super::headers::WORKER);
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    if request.method() == Method::GET {
        *response.body_mut() = Body::from(body);
    }
    Some(response)
}

/// Whether there is a file at this address, by whatever method it was asked for.
#[must_use]
pub fn exists(uri: &Uri) -> bool {
    decoded_path(uri).is_some_and(|path| Site::get(path).is_some())
}

/// The path below the root. Our files have plain names: an address with an escape is none of them.
fn decoded_path(uri: &Uri) -> Option<&str> {
    uri.path().strip_prefix('/').filter(|path| !path.contains(['%', '\\']))
}

/// 64 bits of the content's hash: enough to tell versions apart.
fn version(file: &EmbeddedFile) -> String {
    hex::encode(file.metadata.sha256_hash().get(..8).unwrap_or_default())
}

fn content_type(path: &str) -> Option<HeaderValue> {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let text = kind.type_() == mime_guess::mime::TEXT || kind.suffix() == Some(mime_guess::mime::XML);
    HeaderValue::from_str(&if text {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    })
    .ok()
}

/// Whether `Accept-Encoding` names this coding and does not rule it out by `q=0`.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
    lists
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
            let refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
            });
            named && !refused
        })
}

/// Whether `If-None-Match` holds this tag; weak tags compare equal (RFC 9110, 13.1.2).
fn matches(known: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(known), Ok(etag)) = (known.to_str(), etag.to_str()) else {
        return false;
    };
    known
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(encoding).unwrap())])
    }

    #[test]
    fn a_coding_is_taken_only_when_named_and_not_ruled_out() {
        assert!(accepts(&request("gzip, deflate, br"), "br"));
        assert!(accepts(&request("br;q=0.5"), "br"));
        assert!(!accepts(&request("br;q=0, gzip"), "br"));
        assert!(!accepts(&request("gzip"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn tags_compare_weakly_and_in_lists() {
        let etag = HeaderValue::from_static("\"a-br\"");
        for known in ["\"a-br\"", "W/\"a-br\"", "\"x\", \"a-br\"", "*"] {
            assert!(matches(&HeaderValue::from_str(known).unwrap(), &etag), "{known}");
        }
        assert!(!matches(&HeaderValue::from_static("\"a\""), &etag));
    }

    #[test]
    fn types_are_the_ones_browsers_insist_on() {
        let kind = |path| content_type(path).unwrap().to_str().unwrap().to_owned();
        assert_eq!(kind("a.wasm"), "application/wasm");
        assert_eq!(kind("a.js"), "text/javascript; charset=utf-8");
        assert_eq!(kind("a.css"), "text/css; charset=utf-8");
        assert_eq!(kind("a.svg"), "image/svg+xml; charset=utf-8");
        assert_eq!(kind("a.woff2"), "font/woff2");
    }

    #[test]
    fn addresses_with_escapes_packed_variants_and_posts_are_no_files() {
        for (method, uri) in [
            ("GET", "/%2e%2e/Cargo.toml"),
            ("GET", "/pkg/spectr.css.br"),
            ("POST", "/pkg/spectr.css"),
        ] {
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            assert!(file(&request).is_none(), "{uri}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_keeps_its_plain_address() {
        assert_eq!(url("no/such.css"), "/no/such.css");
        assert_eq!(integrity("no/such.css"), None);
    }
}
