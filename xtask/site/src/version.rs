//! Versions of files in addresses: `/fonts/a.woff2?v=0123456789abcdef`, kept by browsers for ever.

use crate::tree::Files;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Puts the versions of `files` into the `url(/…)`s of a style sheet. The server computes the same
/// ones (`src/web/assets.rs`): both take the first 8 bytes of SHA-256.
#[must_use]
pub fn stamp(css: &str, files: &Files) -> String {
    let mut parts = css.split("url(");
    let mut stamped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        stamped.push_str("url(");
        let (target, rest) = part.split_once(')').unwrap_or((part, ""));
        let plain = target.trim_matches(['"', '\'']);
        match plain.strip_prefix('/').and_then(|name| files.get(name)) {
            Some(content) => {
                stamped.push_str(plain);
                stamped.push_str("?v=");
                stamped.push_str(&version(content));
            }
            None => stamped.push_str(target),
        }
        if part.contains(')') {
            stamped.push(')');
        }
        stamped.push_str(rest);
    }
    stamped
}

fn version(content: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(content).iter().take(8) {
        write!(text, "{byte:02x}").ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_our_files_get_a_version() {
        let files = Files::from([("fonts/a.woff2".to_owned(), b"abc".to_vec())]);
        let css = "a{src:url(\"/fonts/a.woff2\")format(\"woff2\"),url(/fonts/b.woff2),url(data:image/png;base64,AA)}";
        assert_eq!(
            stamp(css, &files),
            "a{src:url(/fonts/a.woff2?v=ba7816bf8f01cfea)format(\"woff2\"),url(/fonts/b.woff2),url(data:image/png;base64,AA)}"
        );
    }
}
