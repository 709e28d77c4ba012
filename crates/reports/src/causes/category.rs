//! What kind of trouble a failure likely is, read from its type and its words.

use super::trace::Trace;
use serde::{Deserialize, Serialize};

/// The likely kind of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    Timeout,
    Network,
    Resources,
    Permission,
    MissingFile,
    Build,
    Crash,
    Snapshot,
    Element,
    NullOrType,
    Assertion,
    Error,
}

impl Category {
    /// The words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Timeout => "time-out",
            Self::Network => "network or service",
            Self::Resources => "memory or disk",
            Self::Permission => "permission",
            Self::MissingFile => "missing file or module",
            Self::Build => "build or syntax",
            Self::Crash => "crash",
            Self::Snapshot => "snapshot",
            Self::Element => "element of the page",
            Self::NullOrType => "null or wrong type",
            Self::Assertion => "assertion",
            Self::Error => "error",
        }
    }
}

/// Signs in lower case, the first that is found decides: the special before the general.
const SIGNS: &[(Category, &[&str])] = &[
    (
        Category::Resources,
        &[
            "out of memory",
            "outofmemory",
            "no space left",
            "enospc",
            "too many open files",
            "emfile",
            "cannot allocate",
        ],
    ),
    (
        Category::Network,
        &[
            "econnrefused",
            "connection refused",
            "connectionerror",
            "econnreset",
            "connection reset",
            "enotfound",
            "getaddrinfo",
            "no route to host",
            "unknownhost",
            "socketexception",
            "ssl",
            "502 bad gateway",
            "503 service",
            "net::err",
            "name resolution",
            "broken pipe",
        ],
    ),
    (
        Category::Timeout,
        &[
            "timeout",
            "timed out",
            "timedout",
            "deadline exceeded",
            "time-out",
            "did not finish in",
        ],
    ),
    (
        Category::Permission,
        &[
            "permission denied",
            "permissionerror",
            "eacces",
            "eperm",
            "unauthorized",
            "forbidden",
            "accessdenied",
        ],
    ),
    (
        Category::Element,
        &[
            "locator",
            "no such element",
            "nosuchelement",
            "stale element",
            "not visible",
            "not clickable",
            "intercepts pointer",
            "selector",
        ],
    ),
    (
        Category::MissingFile,
        &[
            "modulenotfound",
            "no module named",
            "cannot find module",
            "classnotfound",
            "noclassdeffound",
            "enoent",
            "no such file",
            "filenotfound",
            "importerror",
        ],
    ),
    (
        Category::Build,
        &[
            "syntaxerror",
            "build failed",
            "compilation",
            "compile error",
            "undefined:",
            "cannot find symbol",
            "mismatched types",
        ],
    ),
    (
        Category::Crash,
        &[
            "segfault",
            "sigsegv",
            "segmentation fault",
            "sigabrt",
            "signal 11",
            "signal 6",
            "stack overflow",
            "stackoverflow",
            "aborted",
            "core dumped",
        ],
    ),
    (Category::Snapshot, &["snapshot", "screenshot"]),
    (
        Category::NullOrType,
        &[
            "nullpointer",
            "nullreference",
            "typeerror",
            "undefined is not",
            "of undefined",
            "of null",
            "nonetype",
            "attributeerror",
            "nil pointer",
            "on a `none` value",
            "nomethoderror",
            "classcast",
        ],
    ),
    (
        Category::Assertion,
        &[
            "assert",
            "expect",
            "should",
            "tobe",
            "toequal",
            "want",
            "panicked",
            "comparison",
            "not equal",
            "evaluates to",
            "check",
        ],
    ),
];

/// The likely kind of a failure.
#[must_use]
pub fn categorise(trace: &Trace) -> Category {
    let words = format!("{} {} {}", trace.kind, trace.message, trace.source).to_ascii_lowercase();
    let found = SIGNS
        .iter()
        .find(|(_, signs)| signs.iter().any(|sign| words.contains(sign)));
    found.map_or(Category::Error, |(category, _)| *category)
}
