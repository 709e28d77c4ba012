//! The noise of a message goes, its meaning stays.
//!
//! Times, ids, addresses, ports, hashes and numbers become names of their kind; quoted texts, HTTP
//! status codes and short numbers that are compared stay apart from noise by where they stand.

/// A message with its noise replaced: `took 12.5ms at 10.0.0.3:8080` → `took <duration> at <ip>`.
#[must_use]
pub fn normalise(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut at = 0;
    while let Some(it) = message.get(at..).and_then(|rest| rest.chars().next()) {
        let is_start = it.is_ascii_alphanumeric() || matches!(it, '/' | '\\' | '~');
        if !is_start {
            // Runs of white space are one space.
            if !it.is_whitespace() {
                out.push(it);
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
            at += it.len_utf8();
            continue;
        }
        let rest = message.get(at..).unwrap_or_default();
        let length = rest.bytes().take_while(|it| is_word(*it)).count().max(1);
        let mut word = rest.get(..length).unwrap_or_default();
        if word.contains("://") {
            // A URL goes on to the next white space or quote.
            word = rest
                .split(|it: char| it.is_whitespace() || matches!(it, '"' | '\'' | ')' | '>' | ','))
                .next()
                .unwrap_or(word);
        }
        let bare = word.trim_end_matches(['.', ':', '-', '/']);
        push_word(&mut out, bare);
        out.push_str(word.get(bare.len()..).unwrap_or_default());
        at += word.len().max(1);
    }
    out.trim().to_owned()
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'-' | b'.' | b':' | b'/' | b'\\' | b'@' | b'~' | b'%' | b'+'
        )
}

fn push_word(out: &mut String, word: &str) {
    // Status codes tell causes apart.
    let before = out.trim_end().to_ascii_lowercase();
    let is_status = word.len() == 3
        && ["status", "code", "http", "status:", "code:", "status code", "http/1.1"]
            .iter()
            .any(|it| before.ends_with(it));
    if is_status {
        out.push_str(word);
        return;
    }
    match kind(word) {
        Some(name) => out.push_str(name),
        None if is_path(word) => push_path(out, word),
        None => push_digits(out, word),
    }
}

/// The kind of noise that a whole word is.
fn kind(word: &str) -> Option<&'static str> {
    let bytes = word.as_bytes();
    let first = *bytes.first()?;
    if word.contains("://") {
        return Some("<url>");
    }
    if word.contains('@') && word.contains('.') && !word.starts_with('@') {
        return Some("<email>");
    }
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_hexdigit());
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    if !has_digit {
        return (word.len() >= 24 && hex(word)).then_some("<hex>");
    }
    if let Some(rest) = word.strip_prefix("0x") {
        return hex(rest).then_some("<hex>");
    }
    let dashes = word.matches('-').count();
    if word.len() == 36 && dashes == 4 && hex(&word.replace('-', "")) {
        return Some("<uuid>");
    }
    if dashes == 3 && word.len() == 55 && hex(&word.replace('-', "")) {
        return Some("<trace>");
    }
    if word.len() >= 7 && hex(word) && bytes.iter().any(u8::is_ascii_alphabetic) {
        return Some("<hex>");
    }
    if !first.is_ascii_digit() {
        return None;
    }
    let host = word.split(':').next().unwrap_or_default();
    if host.split('.').count() == 4 && host.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some("<ip>");
    }
    if bytes.len() >= 8
        && bytes
            .iter()
            .all(|it| it.is_ascii_digit() || matches!(it, b'-' | b':' | b'T' | b'Z' | b'.' | b'+' | b'/'))
        && (dashes >= 2 || word.contains('T') || word.matches(':').count() == 2)
    {
        return Some("<time>");
    }
    let digits = word.bytes().take_while(|it| it.is_ascii_digit() || *it == b'.').count();
    match word.get(digits..).unwrap_or_default() {
        "ms" | "s" | "sec" | "secs" | "min" | "us" | "ns" | "h" => Some("<duration>"),
        "" => Some(if word.contains('.') { "<float>" } else { "<int>" }),
        _ => None,
    }
}

fn is_path(word: &str) -> bool {
    word.starts_with(['/', '~']) && word.matches('/').count() >= 2 || word.matches('\\').count() >= 2
}

/// A path by its last part: folders differ between machines and runs.
fn push_path(out: &mut String, path: &str) {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    push_digits(out, name);
}

/// A word with the numbers within it as `#`: line numbers, ports, counters.
fn push_digits(out: &mut String, word: &str) {
    let mut in_number = false;
    for it in word.chars() {
        if it.is_ascii_digit() {
            if !in_number {
                out.push('#');
            }
            in_number = true;
        } else {
            in_number = false;
            out.push(it);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn noise_becomes_its_kind() {
        let pairs = [
            ("took 12.5ms at 10.0.0.3:8080", "took <duration> at <ip>"),
            (
                "id 550e8400-e29b-41d4-a716-446655440000 of 0x7f30aa",
                "id <uuid> of <hex>",
            ),
            ("at 2026-11-21T11:06:58.144Z, again", "at <time>, again"),
            ("no file /tmp/tmpab12/data.json", "no file data.json"),
            ("see https://x.test/a?b=1 by ann@x.test", "see <url> by <email>"),
            ("status 404 of 17 tries", "status 404 of <int> tries"),
            ("expected  \n 'Save all' button", "expected 'Save all' button"),
            ("worker3 at line:44", "worker# at line:#"),
        ];
        for (from, to) in pairs {
            assert_eq!(normalise(from), to);
        }
    }
}
