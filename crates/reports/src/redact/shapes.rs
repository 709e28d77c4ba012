//! Secrets that are known by their own shape, wherever they stand.

use super::{Find, Kind, is_token};
use memchr::memmem;

/// Beginnings of keys with the least length of what follows. Longer beginnings come first.
const PREFIXES: &[(&str, usize)] = &[
    ("sk-ant-", 16),
    ("sk-proj-", 16),
    ("sk-or-", 16),
    ("sk-", 20),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("rk_test_", 10),
    ("pk_live_", 10),
    ("whsec_", 16),
    ("github_pat_", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("glpat-", 16),
    ("gldt-", 16),
    ("glrt-", 16),
    ("xoxb-", 10),
    ("xoxa-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("AIza", 30),
    ("ya29.", 20),
    ("GOCSPX-", 16),
    ("gsk_", 20),
    ("xai-", 20),
    ("hf_", 20),
    ("r8_", 20),
    ("pplx-", 20),
    ("lsv2_pt_", 16),
    ("lsv2_sk_", 16),
    ("npm_", 30),
    ("pypi-", 30),
    ("rubygems_", 30),
    ("dckr_pat_", 16),
    ("dop_v1_", 30),
    ("shpat_", 20),
    ("shpss_", 20),
    ("sq0atp-", 16),
    ("sq0csp-", 16),
    ("ATATT3", 30),
    ("ATCTT3", 30),
    ("SG.", 30),
    ("key-", 32),
    ("glc_", 20),
    ("tskey-", 16),
    ("nvapi-", 20),
    ("sntrys_", 20),
    ("sbp_", 30),
    ("hvs.", 20),
    ("hvb.", 20),
    ("AGE-SECRET-KEY-1", 30),
    ("EAAC", 30),
    ("spk_", 20),
    ("figd_", 20),
    ("linear_api_", 20),
    ("lin_api_", 20),
    ("secret_", 32),
    ("ntn_", 30),
    ("PMAK-", 20),
    ("CCIPAT_", 20),
    ("bkua_", 20),
];

/// Upper-case beginnings of AWS key ids, followed by 16 of A-Z and 0-9.
const AWS: [&str; 4] = ["AKIA", "ASIA", "ABIA", "ACCA"];

/// PEM blocks of private keys; one that is cut off goes to the end.
pub(super) fn private_keys(text: &str, finds: &mut Vec<Find>) {
    let mut from = 0;
    while let Some(start) = text
        .get(from..)
        .and_then(|rest| rest.find("-----BEGIN "))
        .map(|at| at + from)
    {
        let rest = text.get(start..).unwrap_or_default();
        let title = rest
            .get(11..)
            .and_then(|rest| rest.split("-----").next())
            .unwrap_or_default();
        if !title.contains("PRIVATE KEY") || title.len() > 60 {
            from = start + 11;
            continue;
        }
        let after = rest.find("-----END ").map(|end| end + 9);
        let end = after.and_then(|end| rest.get(end..)?.find("-----").map(|at| at + end + 5));
        let end = start + end.unwrap_or(rest.len());
        finds.push((start..end, Kind::PrivateKey));
        from = end;
    }
}

/// Runs of token characters and dots that are keys by prefix, by being a JWT, or by looking random.
pub(super) fn words(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().take_while(|it| is_token(**it) || **it == b'.').count();
        if length >= 16 {
            word(text, at, at + length, finds);
        }
        at += length.max(1);
    }
}

fn word(text: &str, start: usize, end: usize, finds: &mut Vec<Find>) {
    let word = text.get(start..end).unwrap_or_default();
    if let Some(from) =
        memmem::find(word.as_bytes(), b"eyJ").filter(|from| is_jwt(word.get(*from..).unwrap_or_default()))
    {
        finds.push((start + from..end, Kind::Secret));
        return;
    }
    // A key may follow `=` or `/` or a word and a dot within one run.
    let starts = std::iter::once(0).chain(
        word.bytes()
            .enumerate()
            .filter(|(_, it)| matches!(it, b'=' | b'/' | b'.'))
            .map(|(at, _)| at + 1),
    );
    for from in starts {
        let part = word.get(from..).unwrap_or_default();
        if let Some(length) = known_key(part) {
            finds.push((start + from..start + from + length, Kind::Secret));
            return;
        }
    }
    // What remains has to look random, piece by piece.
    let mut from = start;
    for piece in word.split('.') {
        let before = text.get(..from).unwrap_or_default();
        let is_digest = ["sha1-", "sha256-", "sha384-", "sha512-"]
            .iter()
            .any(|name| piece.starts_with(name) || before.ends_with(name));
        if !is_digest {
            random(piece, from, finds);
        }
        from += piece.len() + 1;
    }
}

/// The length of the key that a word begins with.
fn known_key(word: &str) -> Option<usize> {
    let run = |from: usize| {
        word.bytes()
            .skip(from)
            .take_while(|it| is_token(*it) && *it != b'=' && *it != b'/' || *it == b'.')
            .count()
    };
    for start in AWS {
        if word.starts_with(start) {
            let length = word
                .bytes()
                .skip(4)
                .take_while(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
                .count();
            return (length >= 16).then_some(4 + length);
        }
    }
    let (prefix, least) = PREFIXES.iter().find(|(prefix, _)| word.starts_with(prefix))?;
    let length = run(prefix.len());
    let tail = word.get(prefix.len()..prefix.len() + length).unwrap_or_default();
    // `sk-learn-pipeline-configuration` is a name: keys have digits or upper-case letters in them.
    let is_random =
        tail.bytes().any(|it| it.is_ascii_digit()) || tail.bytes().filter(u8::is_ascii_uppercase).count() > 2;
    (length >= *least && is_random).then_some(prefix.len() + length)
}

/// `eyJ….eyJ….…`
fn is_jwt(word: &str) -> bool {
    let mut parts = word.split('.');
    let head = parts.next().is_some_and(|part| part.len() >= 10);
    head && parts
        .next()
        .is_some_and(|part| part.starts_with("eyJ") && part.len() >= 8)
        && parts.next().is_some()
}

/// Pieces between separators that change between lower, upper and digits as only random ones do.
fn random(piece: &str, start: usize, finds: &mut Vec<Find>) {
    let trimmed = piece.trim_matches(['-', '/', '_', '=']);
    let from = start + piece.find(trimmed).unwrap_or(0);
    if looks_random(trimmed) {
        finds.push((from..start + piece.len(), Kind::Secret));
        return;
    }
    // `name=value` and paths: each part by itself.
    if trimmed.contains(['/', '=']) {
        let mut at = from;
        for part in trimmed.split(['/', '=']) {
            if looks_random(part) {
                finds.push((at..at + part.len(), Kind::Secret));
            }
            at += part.len() + 1;
        }
    }
}

fn looks_random(word: &str) -> bool {
    let bytes = word.as_bytes();
    if bytes.len() < 20 {
        return false;
    }
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    };
    let count = |wanted: u8| bytes.iter().filter(|byte| class(**byte) == wanted).count();
    let (lower, upper, digits, marks) = (count(1), count(2), count(3), count(0));
    let turns = bytes
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b) && class(*a) != 0 && class(*b) != 0))
        .count();
    let letters = bytes.len() - marks;
    if lower >= 2 && upper >= 2 && digits >= 1 {
        // Words in camel case change about every fifth letter, random ones two times in three.
        return marks * 8 <= bytes.len() && turns * 10 >= letters * 4;
    }
    let is_hex = bytes.iter().all(u8::is_ascii_hexdigit);
    marks == 0 && !is_hex && upper == 0 && bytes.len() >= 32 && digits >= 4 && turns * 4 >= letters
}

/// The name of a person's folder, in the spelling of every system.
pub(super) fn homes(text: &str, finds: &mut Vec<Find>) {
    const ROOTS: [&str; 6] = [
        "/home/",
        "/Users/",
        "\\Users\\",
        "\\\\Users\\\\",
        "\\Documents and Settings\\",
        "/c/Users/",
    ];
    for root in ROOTS {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(root)).map(|at| at + from) {
            let start = at + root.len();
            from = start;
            let rest = text.get(start..).unwrap_or_default();
            let is_windows = root.contains('\\');
            // A space belongs to a Windows name only when the path goes on behind it.
            let end = rest
                .find([
                    '/', '\\', '"', '\'', ':', '\n', '\r', '\t', ')', '(', ',', ';', '<', '>', ']',
                ])
                .unwrap_or(rest.len());
            let name = rest.get(..end).unwrap_or_default();
            let goes_on = rest.get(end..).is_some_and(|rest| rest.starts_with(['/', '\\']));
            let name = if is_windows && goes_on && name.len() <= 40 {
                name
            } else {
                name.split(' ').next().unwrap_or_default()
            };
            let is_root = text
                .get(..at)
                .unwrap_or_default()
                .chars()
                .next_back()
                .is_none_or(|it| !it.is_alphanumeric() || is_windows || it == 'c');
            // A mark of an earlier redaction stays as it is.
            if !name.is_empty() && is_root && !name.starts_with('[') {
                finds.push((start..start + name.len(), Kind::User));
            }
        }
    }
}
