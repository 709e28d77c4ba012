//! E-mail addresses, IP addresses, and what URLs carry for identification.

use super::{Find, Kind};
use memchr::{memchr_iter, memmem};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Endings of file names that look like a top-level domain behind an `@`.
const FILES: [&str; 24] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "jsx", "tsx", "mjs", "cjs", "css", "scss", "json", "html",
    "vue", "map", "min", "py", "rs", "go", "java", "xml",
];

pub(super) fn find(text: &str, finds: &mut Vec<Find>) {
    emails(text, finds);
    urls(text, finds);
    addresses(text, finds);
}

fn emails(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    for at in memchr_iter(b'@', bytes) {
        let local = |it: &&u8| {
            it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'') || **it >= 0x80
        };
        let domain = |it: &&u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-') || **it >= 0x80;
        let before = bytes
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(64)
            .take_while(local)
            .count();
        let after = bytes
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .take(253)
            .take_while(domain)
            .count();
        let host = text
            .get(at + 1..at + 1 + after)
            .unwrap_or_default()
            .trim_end_matches(['.', '-']);
        let Some((name, top)) = host.rsplit_once('.') else {
            continue;
        };
        if is_in_url(text.get(..at).unwrap_or_default()) {
            continue;
        }
        let name_before = text.get(at - before..at).unwrap_or_default();
        let start = at - before + (before - name_before.trim_start_matches(['.', '\'', '-']).len());
        let is_top = top.len() >= 2
            && top.chars().all(char::is_alphabetic)
            && !FILES.contains(&top.to_ascii_lowercase().as_str());
        if start < at && !name.is_empty() && is_top && text.is_char_boundary(start) {
            finds.push((start..at + 1 + host.len(), Kind::Email));
        }
    }
}

/// Whether the text ends within the user part of a URL: that goes as a whole.
fn is_in_url(before: &str) -> bool {
    let word = before
        .bytes()
        .rev()
        .take(200)
        .take_while(|it| !it.is_ascii_whitespace() && !matches!(it, b'"' | b'\''));
    let word = before.get(before.len() - word.count()..).unwrap_or_default();
    word.rsplit_once("://")
        .is_some_and(|(_, rest)| !rest.contains(['/', '?', '#', '@']))
}

/// `scheme://user:password@host` and the paths of web hooks.
fn urls(text: &str, finds: &mut Vec<Find>) {
    for at in memmem::find_iter(text.as_bytes(), b"://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let end = rest
            .find(|it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '<' | '>' | '`'))
            .unwrap_or(rest.len());
        let url = rest.get(..end).unwrap_or_default();
        let authority = url.find(['/', '?', '#']).unwrap_or(url.len());
        if let Some(user) = url.get(..authority).and_then(|it| it.rfind('@')) {
            finds.push((start..start + user, Kind::Secret));
        } else if let Some(user) = url.rfind('@').filter(|user| {
            url.get(..*user)
                .is_some_and(|it| it.contains(':') && !it.contains(['?', '#']))
        }) {
            // A password with a slash in it.
            finds.push((start..start + user, Kind::Secret));
        }
        for hook in [
            "hooks.slack.com/services/",
            "discord.com/api/webhooks/",
            "discordapp.com/api/webhooks/",
            "webhook.office.com/webhookb2/",
        ] {
            if let Some(from) = url
                .find(hook)
                .map(|from| from + hook.len())
                .filter(|from| *from < url.len())
            {
                finds.push((start + from..start + end, Kind::Secret));
            }
        }
    }
}

fn addresses(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|it| it.is_ascii_hexdigit() || matches!(it, b':' | b'.'))
            .count();
        if length >= 7 || (length >= 5 && rest.iter().take(length).filter(|it| **it == b':').count() > 1) {
            run(text, at, length, finds);
        }
        // A run ends at a letter that is no hex digit: what follows of that word is no address.
        let tail = rest
            .iter()
            .skip(length)
            .take_while(|it| it.is_ascii_alphanumeric())
            .count();
        at += (length + tail).max(1);
    }
}

/// A run of hex digits, dots and colons.
fn run(text: &str, start: usize, length: usize, finds: &mut Vec<Find>) {
    let run = text.get(start..start + length).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default().chars().next_back();
    let after = text.get(start + length..).unwrap_or_default().chars().next();
    let touches = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    if touches(before) || touches(after) {
        return;
    }
    let trimmed = run.trim_end_matches([':', '.']);
    let colons = trimmed.matches(':').count();
    if colons >= 2 {
        // Link-local addresses may name an interface behind `%`; the address is enough.
        if is_v6(trimmed) {
            finds.push((start..start + trimmed.len(), Kind::Address));
        }
        return;
    }
    // `1.2.3.4:80`, or a colon before the address as in `host:1.2.3.4`.
    let mut from = start;
    for part in trimmed.split(':') {
        if is_v4(part) && !is_version(text, from, part.len()) {
            finds.push((from..from + part.len(), Kind::Address));
        }
        from += part.len() + 1;
    }
}

fn is_v6(text: &str) -> bool {
    let Ok(address) = text.parse::<Ipv6Addr>() else {
        return false;
    };
    let groups: Vec<&str> = text.split(':').filter(|group| !group.is_empty()).collect();
    // `a::b` and `add::fade` are paths of code.
    let has_digits = text.bytes().any(|it| it.is_ascii_digit());
    let is_local_link = text.len() > 4
        && (text.starts_with("fe80") || text.starts_with("fd") || text.starts_with("FE80") || text.starts_with("200"));
    !address.is_loopback() && !address.is_unspecified() && has_digits && (groups.len() >= 3 || is_local_link)
}

fn is_v4(text: &str) -> bool {
    let keeps = |address: &Ipv4Addr| !address.is_loopback() && !address.is_unspecified() && !address.is_broadcast();
    text.parse::<Ipv4Addr>().is_ok_and(|address| keeps(&address))
}

/// Four numbers that count versions: `v1.2.3.4`, `Version=4.0.0.0`, `lib-1.2.3.4.jar`.
fn is_version(text: &str, start: usize, length: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let tail: String = before
        .chars()
        .rev()
        .take(12)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect::<String>()
        .to_ascii_lowercase();
    let tail = tail.trim_end_matches(['=', ':', ' ', '"', '\'', '(']);
    let after = text.get(start + length..).unwrap_or_default();
    let glued = before.ends_with(['-', '@', '~', '^', '/'])
        && (before.ends_with(['@', '~', '^'])
            || before
                .chars()
                .rev()
                .nth(1)
                .is_some_and(|it| before.ends_with('-') && it.is_alphanumeric()));
    tail.ends_with("version")
        || tail.ends_with("release")
        || tail.ends_with("ver.")
        || tail.ends_with("build")
        || before.ends_with("==")
        || before.ends_with(">=")
        || before.ends_with("<=")
        || glued
        || after.starts_with('-') && after.chars().nth(1).is_some_and(char::is_alphabetic)
}
