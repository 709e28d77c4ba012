//! Takes secrets and personal data out of a text before it may leave the machine.
//!
//! Keys, tokens, passwords, cookies, private keys, e-mail addresses, IP addresses and the names in home
//! folders go; commit hashes, ids, versions, paths and names of code stay, because causes are read from
//! them. When in doubt about a value that stands behind a telling name, it goes.

mod labelled;
mod network;
mod shapes;

use std::borrow::Cow;
use std::ops::Range;

/// What a removed part was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    PrivateKey,
    Secret,
    Email,
    Address,
    User,
}

impl Kind {
    /// What stands in its place.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::PrivateKey => "[private key]",
            Self::Secret => "[secret]",
            Self::Email => "[email]",
            Self::Address => "[ip]",
            Self::User => "[user]",
        }
    }
}

/// A part of the text that has to go.
type Find = (Range<usize>, Kind);

/// The text with every find replaced by its mark.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut finds = Vec::new();
    shapes::private_keys(text, &mut finds);
    shapes::words(text, &mut finds);
    labelled::find(text, &mut finds);
    network::find(text, &mut finds);
    shapes::homes(text, &mut finds);
    if finds.is_empty() {
        return Cow::Borrowed(text);
    }
    finds.sort_by(|(a, kind_a), (b, kind_b)| (a.start, b.end, kind_a).cmp(&(b.start, a.end, kind_b)));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, kind) in finds {
        if range.start < done {
            // Overlapping finds are one: the tail of the longer one goes too.
            done = done.max(range.end);
            continue;
        }
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(kind.mark());
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// The word characters of secrets: base64 in both alphabets.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn what_identifies_or_opens_goes() {
        let pairs = [
            ("login as ann.b+x@mail.example.org failed", "login as [email] failed"),
            ("connect 10.1.2.3:5432 refused", "connect [ip]:5432 refused"),
            ("peer 2001:db8::8a2e:370:7334 reset", "peer [ip] reset"),
            (
                "at /home/ann/app/x.js:3 and C:\\Users\\Bob Lee\\a.cs",
                "at /home/[user]/app/x.js:3 and C:\\Users\\[user]\\a.cs",
            ),
            ("password=hunter2 next", "password=[secret] next"),
            (
                "{\"apiKey\": \"abcd-1234\", \"n\": 1}",
                "{\"apiKey\": \"[secret]\", \"n\": 1}",
            ),
            (
                "Authorization: Bearer abc.def-ghi_jkl",
                "Authorization: Bearer [secret]",
            ),
            (
                "postgres://app:s3cret@db.internal:5432/x",
                "postgres://[secret]@db.internal:5432/x",
            ),
            ("GET /a?token=abc123def&page=2", "GET /a?token=[secret]&page=2"),
            ("key sk-proj-abcdefghijklmnop1234567890 used", "key [secret] used"),
            ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
            ("Cookie: sid=1; theme=dark\nnext", "Cookie: [secret]\nnext"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx",
                "[private key]\nx",
            ),
            ("curl --token s3cr3tvalue -v", "curl --token [secret] -v"),
        ];
        for (from, to) in pairs {
            assert_eq!(redact(from), to);
        }
    }

    #[test]
    fn what_tells_the_cause_stays() {
        let texts = [
            "commit 3f786850e387550fdab836ed7e6dc881de23001b and 550e8400-e29b-41d4-a716-446655440000",
            "Unexpected token } in JSON at position 4",
            "password is required, token: string, password: null, secret=None",
            "react-dom@18.2.0 icon@2x.png @scope/pkg@latest com.foo.Bar@1a2b3c4d",
            "std::vec::Vec<u8> at 12:30:45 a::b v1.2.3.4 Version=4.0.0.0, Culture=neutral",
            "at Object.getUserAccountBalanceHistory2 (src/ui/AccountView.test.tsx:10:5)",
            "127.0.0.1:8080 refused; ::1 too",
            "token = get_token(request) ; password=self.password ; auth = config.auth[0]",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "max_tokens: 4096, token count: 12, tokenizer=bert-base-uncased",
            "/usr/lib/python3/dist-packages/pytest/main.py /home /Users",
        ];
        for text in texts {
            assert_eq!(redact(text), text);
        }
    }
}
