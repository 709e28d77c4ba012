//! The shape of the code base as a test: rings, features, file sizes, headers, migrations.
//!
//! Reads the repository's files; knows nothing of what they do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Inner to outer. A ring may name those before it.
const RINGS: [&str; 6] = ["domain", "infra", "features", "islands", "web", "cli"];

/// Each feature with the features whose façades it may call.
const FEATURES: [(&str, &[&str]); 9] = [
    ("outbox", &[]),
    ("accounts", &["outbox"]),
    ("usage", &["outbox", "accounts"]),
    ("vault", &["outbox", "accounts", "usage"]),
    ("integrations", &["outbox", "accounts", "vault", "usage"]),
    ("engine", &["outbox", "accounts", "vault", "usage", "integrations"]),
    ("platform", &["outbox", "accounts", "usage", "engine"]),
    ("reports", &["accounts"]),
    (
        "privacy",
        &[
            "outbox",
            "accounts",
            "vault",
            "usage",
            "integrations",
            "engine",
            "platform",
            "reports",
        ],
    ),
];

const MAX_LINES: usize = 400;

/// A file of the repository with its path from the root.
struct Source {
    path: String,
    text: String,
}

/// All files with one of these endings below the folders (or the files themselves).
fn sources(roots: &[&str], endings: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> = roots.iter().map(|name| root.join(name)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            // `programs`: failing suites whose reports are recorded as fixtures, in the manner of their tools.
            if !["target", "node_modules", "results", "programs"].contains(&name.as_str()) {
                waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().display().to_string();
            found.push(Source { path, text });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn rust() -> Vec<Source> {
    sources(
        &["src", "crates", "tests", "benches", "examples", "xtask", "build.rs"]
            .into_iter()
            .filter(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists())
            .collect::<Vec<_>>(),
        &[".rs"],
    )
}

/// The names that follow `prefix` in paths, also in `prefix{a::x, b}`.
fn named_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        let end = text
            .find(|it: char| !it.is_alphanumeric() && it != '_')
            .unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => drop(names.insert(word(rest))),
            Some(group) => names.extend(group_items(group).iter().map(|item| word(item))),
        }
    }
    names.remove("");
    names
}

/// The items of a `use` group, up to its closing brace; inner groups stay within their item.
fn group_items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, it) in group.char_indices() {
        match it {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.push(group[start..at].trim());
                start = at + 1;
                if it == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

/// Code without its comments: these may speak of outer rings.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn assert_none(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn inner_rings_never_name_outer_ones() {
    let mut problems = Vec::new();
    for Source { path, text } in sources(&["src"], &[".rs"]) {
        let Some(ring) = RINGS.iter().position(|ring| path.starts_with(&format!("src/{ring}/"))) else {
            continue;
        };
        for name in named_after(&code(&text), "crate::") {
            if RINGS
                .iter()
                .position(|it| *it == name)
                .is_some_and(|named| named > ring)
            {
                problems.push(format!("{path} names {name}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn features_call_each_other_without_circles() {
    let mut problems = Vec::new();
    for Source { path, text } in sources(&["src/features"], &[".rs"]) {
        let Some((own, allowed)) = FEATURES.iter().find(|(name, _)| {
            path.starts_with(&format!("src/features/{name}/")) || path == format!("src/features/{name}.rs")
        }) else {
            continue;
        };
        for name in named_after(&code(&text), "crate::features::") {
            let feature = FEATURES.iter().any(|(it, _)| *it == name);
            if feature && name != *own && !allowed.contains(&name.as_str()) {
                problems.push(format!("{path} names {name}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_feature_folder_stands_in_the_order() {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/features")).unwrap();
    for folder in folders
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
    {
        let name = folder.file_name().to_string_lossy().into_owned();
        assert!(
            FEATURES.iter().any(|(it, _)| *it == name),
            "say in FEATURES whom {name} may call"
        );
    }
}

#[test]
fn feature_gates_stand_in_lib_rs_only() {
    let mut problems = Vec::new();
    for Source { path, text } in sources(&["src"], &[".rs"]) {
        if path != "src/lib.rs" && code(&text).contains("cfg(feature") {
            problems.push(path);
        }
    }
    assert_none(&problems);
}

#[test]
fn web_and_islands_hold_no_sql() {
    let mut problems = Vec::new();
    for Source { path, text } in sources(&["src/web", "src/islands"], &[".rs"]) {
        for sql in ["SELECT ", "INSERT INTO ", "DELETE FROM "] {
            if code(&text).contains(sql) {
                problems.push(format!("{path} holds {sql}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut problems = Vec::new();
    for Source { path, text } in rust() {
        if !text.starts_with("//!") {
            problems.push(format!("{path} has no //! header"));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            problems.push(format!("{path} has {lines} lines, more than {MAX_LINES}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn lints_are_silenced_by_expect_only_and_nothing_is_left_for_later() {
    let forbidden = [
        concat!("#[al", "low("),
        concat!("#![al", "low("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
    ];
    let mut problems = Vec::new();
    for Source { path, text } in rust() {
        for word in forbidden.iter().filter(|word| text.contains(**word)) {
            problems.push(format!("{path} holds {word}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn nothing_points_outside_the_repository() {
    let forbidden = [concat!("../sha", "red"), concat!("/wo", "rk/")];
    let everything = [
        "src",
        "crates",
        "tests",
        "xtask",
        "style",
        "public",
        "migrations",
        "end2end",
    ];
    let endings = [".rs", ".css", ".js", ".ts", ".sql", ".md", ".json", ".toml", ".svg"];
    let mut problems = Vec::new();
    for Source { path, text } in sources(&everything, &endings) {
        for place in forbidden.iter().filter(|place| text.contains(**place)) {
            problems.push(format!("{path} mentions {place}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn both_databases_have_the_same_migrations() {
    for schema in ["migrations", "migrations/keystore"] {
        let names = |engine: &str| -> Vec<String> {
            let folder = format!("{schema}/{engine}");
            let files = sources(&[&folder], &[".sql"]);
            files.into_iter().map(|file| file.path.replace(&folder, "")).collect()
        };
        assert_eq!(names("sqlite"), names("postgres"), "{schema}");
        assert!(!names("sqlite").is_empty(), "{schema}");
    }
}

#[test]
fn migration_numbers_are_given_once() {
    let mut numbers = BTreeSet::new();
    for Source { path, .. } in sources(&["migrations/sqlite"], &[".sql"]) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let number = name.split('_').next().unwrap_or_default().to_owned();
        assert!(numbers.insert(number), "{path}: the number is taken");
    }
}

#[test]
fn names_in_groups_are_found() {
    let text = "use crate::{cli, domain::{ids, mail}, web::x};\nuse crate::infra::db;";
    let names: Vec<_> = named_after(text, "crate::").into_iter().collect();
    assert_eq!(names, ["cli", "domain", "infra", "web"]);
}
