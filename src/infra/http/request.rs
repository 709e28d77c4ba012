//! From a provider's wire request to one that can be sent.

use super::SendError;
use crate::domain::providers::{Auth, WireRequest};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

/// Puts base, path, headers, key and body together. The key goes into the header that the provider
/// names and nowhere else.
pub fn build(request: WireRequest, base: &Url, secret: Option<&SecretString>) -> Result<Request, SendError> {
    let url = address(&request, base);
    let method = if request.body.is_some() {
        Method::POST
    } else {
        Method::GET
    };
    let mut built = Request::new(method, url);
    let headers = built.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| SendError::Unsendable)?;
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(secret) = secret {
        put_secret(headers, request.auth, secret)?;
    }
    if let Some(body) = request.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *built.body_mut() = Some(body.into());
    }
    Ok(built)
}

/// The base with the request's path and query. Only these are parsed: the host was when the base was.
fn address(request: &WireRequest, base: &Url) -> Url {
    let address = request.under(base.path());
    let (path, query) = address
        .split_once('?')
        .map_or((address.as_str(), None), |(path, query)| (path, Some(query)));
    let mut url = base.clone();
    url.set_path(path);
    url.set_query(query);
    url.set_fragment(None);
    url
}

fn put_secret(headers: &mut HeaderMap, auth: Auth, secret: &SecretString) -> Result<(), SendError> {
    let (name, text) = match auth {
        Auth::Bearer => (
            AUTHORIZATION,
            Zeroizing::new(["Bearer ", secret.expose_secret()].concat()),
        ),
        Auth::Header(name) => (
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| SendError::Unsendable)?,
            Zeroizing::new(secret.expose_secret().to_owned()),
        ),
    };
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| SendError::Unsendable)?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::providers::BaseRule;

    #[test]
    fn the_key_is_sensitive_and_in_its_header_only() {
        let request = WireRequest {
            path: "/v1/models".to_owned(),
            rule: BaseRule::Vendor,
            auth: Auth::Header("x-goog-api-key"),
            headers: vec![("anthropic-version", "2023-06-01")],
            body: None,
        };
        let base = Url::parse("https://a.example").unwrap();
        let built = build(request, &base, Some(&"canary".into())).unwrap();
        assert_eq!(built.method(), Method::GET);
        assert!(built.headers()["x-goog-api-key"].is_sensitive());
        assert!(!format!("{built:?}").contains("canary"));
        assert!(!built.headers().contains_key(AUTHORIZATION));
    }

    #[test]
    fn a_key_that_no_header_takes_is_refused() {
        let request = WireRequest {
            path: "/".to_owned(),
            rule: BaseRule::Vendor,
            auth: Auth::Bearer,
            headers: vec![],
            body: None,
        };
        let base = Url::parse("https://a.example").unwrap();
        let refused = build(request, &base, Some(&"a\r\nx: y".into()));
        assert_eq!(refused.unwrap_err(), SendError::Unsendable);
    }
}
