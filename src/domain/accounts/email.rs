//! Email addresses: one shape that mail servers and headers can carry, and the form that is looked up.

/// Why an address is not taken; the message is for the person in front of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error("Fill this in.")]
    Empty,
    #[error("Enter a complete address, like name@example.org.")]
    Shape,
    #[error("An address has at most 254 characters.")]
    TooLong,
}

/// A deliverable-looking address: ASCII, one `@`, a dotted or local host name, no quoting.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// When the text cannot be an address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Shape)?;
        if is_local_part(local) && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EmailError::Shape)
        }
    }

    /// As it was typed: what mail is sent to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that accounts are found by: mailboxes differ by case nowhere in practice.
    #[must_use]
    pub fn normalised(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The part before the `@`, which must not serve as a password.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// RFC 5322 `dot-atom`, at most 64 characters.
fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
        })
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_that_break_headers_are_rejected() {
        for text in [
            "a@b\r\nBcc: c@d",
            "a\0@b.example",
            "\"a b\"@c.example",
            "a@b@c.example",
            "a b@c.example",
            "<a@b.example>",
            "a@b.example, c@d.example",
            "a..b@c.example",
            "@c.example",
            "a@",
            "a@-b.example",
            "a@b..example",
            "ä@example.org",
        ] {
            assert_eq!(Email::parse(text).err(), Some(EmailError::Shape), "{text:?}");
        }
        assert_eq!(Email::parse("  ").err(), Some(EmailError::Empty));
        assert_eq!(
            Email::parse(&format!("a@{}.example", "b".repeat(300))).err(),
            Some(EmailError::TooLong)
        );
    }

    #[test]
    fn ordinary_addresses_are_taken_and_compared_without_case() {
        for text in ["ada@example.org", "Ada.L+x@Mail.Example.co.uk", "a@localhost"] {
            let email = Email::parse(text).unwrap();
            assert_eq!(email.as_str(), text);
            assert_eq!(email.normalised(), text.to_lowercase());
        }
    }

    proptest! {
        #[test]
        fn no_input_panics_and_nothing_taken_holds_space_or_control(text in ".{0,300}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(!email.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
            }
        }
    }
}
