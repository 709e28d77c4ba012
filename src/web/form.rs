//! Plain HTML forms: strict reading of `application/x-www-form-urlencoded` bodies.
//!
//! Bytes that are not UTF-8 and fields given twice are refused instead of being guessed at.

use super::respond;
use crate::domain::problem::{Code, Problem};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use std::collections::BTreeMap;
use zeroize::{Zeroize, Zeroizing};

/// More than any form of this site needs.
const MAX_BYTES: usize = 64 * 1024;

/// The fields of a posted form, by name, and the request's head. Wiped when dropped: forms carry
/// passwords and keys.
pub struct Form {
    pub parts: Parts,
    pub fields: Fields,
}

/// Fields by name; a field that was not sent reads as empty.
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The field's text, empty where it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The field's text; `None` where it was not sent.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether a checkbox with the value `on` was ticked.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name) == "on"
    }

    /// Reads a form's body.
    ///
    /// # Errors
    /// When it is not UTF-8, not form-encoded, or names a field twice.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let mut fields = Self(BTreeMap::new());
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            if fields.0.insert(name, value).is_some() {
                return Err(bad("A field was sent twice."));
            }
        }
        Ok(fields)
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

fn bad(detail: &str) -> Problem {
    Problem::new(Code::BadRequest).detail(detail)
}

/// Undoes `+` and `%XX`.
fn decode(text: &[u8]) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(bad("The form is not encoded properly.")),
            },
            byte => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        error.into_bytes().zeroize();
        bad("The form is not UTF-8 text.")
    })
}

fn hex(byte: &u8) -> Option<u8> {
    char::from(*byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Response> {
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
        let (parts, body) = request.into_parts();
        let answer = |problem: Problem| respond::problem(&problem, None);
        let body = to_bytes(body, MAX_BYTES)
            .await
            .map_err(|_| answer(Problem::new(Code::TooLarge).detail("A form holds at most 64 KiB.")))?;
        if !is_form && !body.is_empty() {
            return Err(answer(bad("Send the form as application/x-www-form-urlencoded.")));
        }
        let body = Zeroizing::new(body.to_vec());
        let fields = Fields::parse(&body).map_err(answer)?;
        Ok(Self { parts, fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        for body in [&b"name=%FF"[..], b"name=\xff", b"%C0%80=x"] {
            assert_eq!(
                Fields::parse(body).err().map(|problem| problem.code),
                Some(Code::BadRequest)
            );
        }
    }

    #[test]
    fn a_field_sent_twice_and_broken_escapes_are_refused() {
        for body in [&b"a=1&a=2"[..], b"a=%4", b"a=%zz"] {
            assert!(Fields::parse(body).is_err());
        }
    }

    #[test]
    fn plus_and_escapes_are_undone() {
        let fields = Fields::parse(b"name=Ada+L%2B&policy=on&empty=&flag").unwrap();
        assert_eq!(fields.get("name"), "Ada L+");
        assert!(fields.is_on("policy") && !fields.is_on("age"));
        assert_eq!((fields.get("empty"), fields.get("flag")), ("", ""));
    }

    proptest! {
        #[test]
        fn what_a_browser_encodes_comes_back(name in "[a-z]{1,8}", value in ".{0,80}") {
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            let fields = Fields::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(fields.get(&name), value);
        }

        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(Fields::parse(&body));
        }
    }
}
