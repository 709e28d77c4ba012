//! Values behind a telling name: `password=…`, `"apiKey": "…"`, `--token …`, `Authorization: …`.

use super::{Find, Kind};

/// Last words of names whose values are secret.
const SECRET: [&str; 22] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "passcode",
    "secret",
    "token",
    "apikey",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "sessionid",
    "signature",
    "sig",
    "jwt",
    "otp",
    "bearer",
    "accesskey",
    "secretkey",
    "privatekey",
    "accountkey",
];

/// Words that make a following `key` or `id` secret.
const BEFORE_KEY: [&str; 11] = [
    "api",
    "access",
    "secret",
    "private",
    "account",
    "encryption",
    "signing",
    "shared",
    "auth",
    "master",
    "subscription",
];

/// Values that say that there is no secret.
const HARMLESS: [&str; 32] = [
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "string",
    "str",
    "number",
    "int",
    "integer",
    "object",
    "any",
    "bytes",
    "bool",
    "boolean",
    "required",
    "missing",
    "invalid",
    "expired",
    "optional",
    "empty",
    "self",
    "this",
    "expected",
    "is",
    "not",
    "must",
    "was",
    "the",
    "option",
    "nan",
];

pub(super) fn find(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().take_while(|it| is_name(**it)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let end = at + length;
        let name = text.get(at..end).unwrap_or_default();
        at = end;
        if name.len() > 80 {
            continue;
        }
        if matches!(name, "Bearer" | "bearer" | "Basic") {
            if let Some(value) = scheme_value(text, end) {
                at = value.end;
                finds.push((value, Kind::Secret));
            }
            continue;
        }
        let Some(word) = secret_word(name) else {
            continue;
        };
        if let Some(value) = value(text, end, name, word) {
            at = value.end;
            finds.push((value, Kind::Secret));
        }
    }
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The last word of a name if it is telling, in lower case.
fn secret_word(name: &str) -> Option<&'static str> {
    // Cheap first: all telling names end in one of these letters.
    if !matches!(
        name.as_bytes().last()?.to_ascii_lowercase(),
        b'd' | b'e' | b't' | b'n' | b'y' | b's' | b'l' | b'g' | b'p' | b'r'
    ) {
        return None;
    }
    let words = words(name);
    let last = words.last()?;
    if let Some(word) = SECRET.iter().find(|word| **word == last) {
        return Some(word);
    }
    let before = words.len().checked_sub(2).and_then(|at| words.get(at));
    let is_key = last == "key" && before.is_some_and(|word| BEFORE_KEY.contains(&word.as_str()));
    let is_session = last == "id" && before.is_some_and(|word| word == "session");
    (is_key || is_session).then_some("key")
}

/// `dbPassword`, `DB_PASSWORD` and `db-password` as words in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for it in name.chars() {
        let starts = !it.is_ascii_alphanumeric() || (it.is_ascii_uppercase() && before.is_ascii_lowercase());
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if it.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(it.to_ascii_lowercase());
        }
        before = it;
    }
    words
}

/// What follows `Bearer ` or `Basic `.
fn scheme_value(text: &str, end: usize) -> Option<std::ops::Range<usize>> {
    let rest = text.get(end..)?.strip_prefix(' ')?;
    let length = rest
        .bytes()
        .take_while(|it| super::is_token(*it) || matches!(it, b'.' | b'~'))
        .count();
    let value = rest.get(..length)?;
    // `Bearer authentication failed` is prose.
    let is_word = value.bytes().all(|it| it.is_ascii_alphabetic());
    let is_long = value.len() >= 8 && (!is_word || value.len() >= 20);
    is_long.then_some(end + 1..end + 1 + length)
}

/// Where the value of a telling name stands.
fn value(text: &str, end: usize, name: &str, word: &str) -> Option<std::ops::Range<usize>> {
    let rest = text.get(end..)?;
    let before_name = text.get(..end - name.len())?;
    let is_flag = name.starts_with("--") || before_name.ends_with("--");
    // A quote that closes the name, as in JSON; escaped JSON has a backslash before it.
    let mut at = rest.len() - rest.trim_start_matches(['\\', '"', '\'', '`', ']']).len();
    let after = rest.get(at..)?;
    let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
    let sign = after.get(spaces..)?;
    let sign_length = match sign.as_bytes() {
        [b'=', b'>', ..] | [b':', b'=', ..] => 2,
        // `==` compares; `::` is a path.
        [b'=', b'=', ..] | [b':', b':', ..] => return None,
        [b'=' | b':', ..] => 1,
        _ if is_flag && at == 0 && spaces > 0 => 0,
        _ => return None,
    };
    at += spaces + sign_length;
    let after = rest.get(at..)?;
    at += after.len() - after.trim_start_matches([' ', '\t']).len();
    let after = rest.get(at..)?;
    if word == "cookie" && sign_length == 1 && sign.starts_with(':') {
        let length = after.find(['\n', '\r', '"']).unwrap_or(after.len());
        return (length > 0).then_some(end + at..end + at + length);
    }
    for scheme in ["Bearer ", "bearer ", "Basic ", "Token ", "token "] {
        if let Some(value) = after.strip_prefix(scheme) {
            let length = value.find(is_end).unwrap_or(value.len());
            let start = end + at + scheme.len();
            // A mark of an earlier redaction stays as it is.
            return (length >= 3 && !value.starts_with('[')).then_some(start..start + length);
        }
    }
    let unescaped = after.trim_start_matches('\\');
    let quote = unescaped.chars().next().filter(|it| matches!(it, '"' | '\'' | '`'));
    let (start, length) = match quote {
        Some(quote) => {
            let start = at + (after.len() - unescaped.len()) + 1;
            let inner = rest.get(start..)?;
            let line = inner.find('\n').unwrap_or(inner.len());
            let length = inner.find(quote).unwrap_or(line).min(line);
            (start, inner.get(..length)?.trim_end_matches('\\').len())
        }
        None => (at, after.find(is_end).unwrap_or(after.len())),
    };
    let value = rest.get(start..start + length)?;
    let next = rest.get(start + length..).unwrap_or_default();
    (!is_harmless(value, next, quote.is_some())).then_some(end + start..end + start + length)
}

const fn is_end(it: char) -> bool {
    it.is_ascii_whitespace() || matches!(it, '&' | ',' | ';' | '"' | '\'' | '`' | ')' | ']' | '}' | '<' | '|')
}

/// Types, absences, code that names a value instead of being one, marks of an earlier redaction.
fn is_harmless(value: &str, next: &str, is_quoted: bool) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_number = value.bytes().all(|it| it.is_ascii_digit());
    if value.len() < 3 || (is_number && value.len() < 6) || HARMLESS.contains(&lower.as_str()) {
        return true;
    }
    if value.bytes().all(|it| matches!(it, b'*' | b'x' | b'X' | b'.' | b'#'))
        || value.starts_with(['[', '<', '$', '{', '%', '('])
    {
        return true;
    }
    if is_quoted {
        return false;
    }
    let is_path = value.split('.').count() > 1
        && value.split('.').all(|part| {
            part.bytes()
                .next()
                .is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        });
    let is_code = value.contains(['(', '[', '&', '*'])
        || next.starts_with(['(', '['])
        || (is_path && value.bytes().all(|it| !it.is_ascii_digit()));
    let names_itself = ["pass", "token", "secret", "key", "auth", "cred", "cookie"]
        .iter()
        .any(|word| lower.contains(word))
        && value.bytes().all(is_name)
        && !value.bytes().any(|it| it.is_ascii_digit());
    is_code || names_itself
}
