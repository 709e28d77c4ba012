//! Requests as they go onto the wire: path, headers and body, without base URL and key.
//!
//! The key is never part of a path, a query or a body: [`Auth`] only names the header for it.

use serde::Serialize;

/// How the key goes into the request's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// The named header holds the bare key.
    Header(&'static str),
}

/// How a base URL and a path are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseRule {
    /// The vendor's host or a gateway in front of it: the path is appended, but segments that the
    /// base already ends with are not repeated (`…/v1` + `/v1/messages` → `…/v1/messages`).
    Vendor,
    /// Any OpenAI-like server: as [`BaseRule::Vendor`], and a base that names a version anywhere
    /// in its path (`…/api/v3`, `…/v1beta/openai`) is taken as complete.
    Compatible,
}

/// A request ready to be sent, but for the base URL and the key.
#[derive(Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// Path and query, beginning with `/`.
    pub path: String,
    pub rule: BaseRule,
    pub auth: Auth,
    /// Fixed headers beside `content-type` and the key.
    pub headers: Vec<(&'static str, &'static str)>,
    /// JSON body of a POST; `None` makes it a GET.
    pub body: Option<Vec<u8>>,
}

impl std::fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WireRequest({} bytes)", self.body.as_ref().map_or(0, Vec::len))
    }
}

impl WireRequest {
    pub(super) fn get(path: impl Into<String>, rule: BaseRule, auth: Auth) -> Self {
        Self {
            path: path.into(),
            rule,
            auth,
            headers: Vec::new(),
            body: None,
        }
    }

    pub(super) fn post(path: impl Into<String>, rule: BaseRule, auth: Auth, body: &impl Serialize) -> Self {
        Self {
            // Our bodies hold texts and numbers only: they always serialise.
            body: Some(serde_json::to_vec(body).unwrap_or_default()),
            ..Self::get(path, rule, auth)
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Path and query under the path of a base URL.
    #[must_use]
    pub fn under(&self, base_path: &str) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut mine: Vec<&str> = segments(path).collect();
        let mut theirs: Vec<&str> = segments(base_path).collect();
        if self.rule == BaseRule::Compatible {
            // People paste the whole address of the endpoint; take it as the base it stands for.
            for tail in [["chat", "completions"].as_slice(), &["models"], &["completions"]] {
                if theirs.ends_with(tail) {
                    theirs.truncate(theirs.len() - tail.len());
                    break;
                }
            }
            if theirs.iter().any(|segment| is_version(segment)) {
                mine.retain(|segment| *segment != "v1");
            }
        }
        let overlap = (1..=mine.len().saturating_sub(1))
            .rev()
            .find(|&count| mine.get(..count).is_some_and(|head| theirs.ends_with(head)))
            .unwrap_or(0);
        let mut url = String::new();
        for segment in theirs.iter().chain(mine.iter().skip(overlap)) {
            url.push('/');
            url.push_str(segment);
        }
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        url
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// `v1`, `v3`, `v1beta`, `v1beta2`.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// Percent-encodes everything but letters, digits and `-._~`, so that a model's name can never
/// leave its place in a path or query.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(
                    char::from_digit(u32::from(digit), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase(),
                );
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(rule: BaseRule, path: &str, base: &str) -> String {
        let base = base.split(['?', '#']).next().unwrap();
        let host = base.find("://").unwrap() + 3;
        let (root, base_path) = base.split_at(base[host..].find('/').map_or(base.len(), |at| host + at));
        let request = WireRequest {
            path: path.to_owned(),
            rule,
            auth: Auth::Bearer,
            headers: Vec::new(),
            body: None,
        };
        format!("{root}{}", request.under(base_path))
    }

    #[test]
    fn vendor_bases_keep_their_prefix_and_never_double_the_version() {
        let join = |base| url(BaseRule::Vendor, "/v1/messages", base);
        assert_eq!(
            join("https://api.anthropic.com"),
            "https://api.anthropic.com/v1/messages"
        );
        assert_eq!(
            join("https://api.anthropic.com/"),
            "https://api.anthropic.com/v1/messages"
        );
        assert_eq!(join("https://gw.example/v1/"), "https://gw.example/v1/messages");
        assert_eq!(
            join("https://gw.example/v1/acc/anthropic"),
            "https://gw.example/v1/acc/anthropic/v1/messages"
        );
        let groq = |base| url(BaseRule::Vendor, "/openai/v1/chat/completions", base);
        for base in [
            "https://api.groq.com",
            "https://api.groq.com/openai",
            "https://api.groq.com/openai/v1",
        ] {
            assert_eq!(groq(base), "https://api.groq.com/openai/v1/chat/completions");
        }
    }

    #[test]
    fn compatible_bases_may_name_their_version_or_not() {
        for (base, want) in [
            ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1/chat/completions"),
            ("http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1/chat/completions"),
            (
                "http://127.0.0.1:11434/v1",
                "http://127.0.0.1:11434/v1/chat/completions",
            ),
            (
                "http://127.0.0.1:11434/v1/",
                "http://127.0.0.1:11434/v1/chat/completions",
            ),
            (
                "http://127.0.0.1:11434/v1/chat/completions",
                "http://127.0.0.1:11434/v1/chat/completions",
            ),
            (
                "https://host.example/ollama",
                "https://host.example/ollama/v1/chat/completions",
            ),
            (
                "https://host.example/api/v3",
                "https://host.example/api/v3/chat/completions",
            ),
            (
                "https://openrouter.example/api/v1",
                "https://openrouter.example/api/v1/chat/completions",
            ),
            (
                "https://g.example/v1beta/openai/",
                "https://g.example/v1beta/openai/chat/completions",
            ),
            (
                "https://host.example/vault",
                "https://host.example/vault/v1/chat/completions",
            ),
            (
                "https://host.example/v1?x=1#y",
                "https://host.example/v1/chat/completions",
            ),
            ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
        ] {
            assert_eq!(url(BaseRule::Compatible, "/v1/chat/completions", base), want, "{base}");
        }
        assert_eq!(
            url(BaseRule::Compatible, "/v1/models", "http://h/v1/models"),
            "http://h/v1/models"
        );
    }

    #[test]
    fn queries_stay_at_the_end() {
        assert_eq!(
            url(
                BaseRule::Vendor,
                "/v1beta/models/m:x?alt=sse",
                "https://g.example/v1beta"
            ),
            "https://g.example/v1beta/models/m:x?alt=sse"
        );
    }

    #[test]
    fn names_cannot_leave_their_place() {
        assert_eq!(encode("../a b?c#d%/é"), "..%2Fa%20b%3Fc%23d%25%2F%C3%A9");
    }
}
