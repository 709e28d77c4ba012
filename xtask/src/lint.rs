//! `fmt` and `lint`: the same checks as in `test`.

use crate::count::Count;
use crate::{Outcome, cargo, say, site};
use std::process::ExitCode;

/// A check: its name and cargo's arguments.
type Check = (&'static str, &'static [&'static str]);

const CHECKS: [Check; 4] = [
    ("format", &["fmt", "--all", "--check"]),
    (
        "clippy, server and tests",
        &[
            "clippy",
            "--package=spectr",
            "--package=spectr-reports",
            "--package=analyzer",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "clippy, browser code",
        &[
            "clippy",
            "--package=spectr",
            "--lib",
            "--no-default-features",
            "--features=hydrate",
            "--target=wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "clippy, tools",
        &[
            "clippy",
            "--package=site",
            "--package=xtask",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
];

/// Rewrites the code in the one format.
pub fn fmt(_: &[String]) -> Outcome {
    cargo::run(&["fmt", "--all"])?;
    Ok(ExitCode::SUCCESS)
}

/// All checks; fails when one does.
pub fn lint(_: &[String]) -> Outcome {
    let count = run()?;
    say::line(&count.to_string());
    Ok(ExitCode::from(u8::from(count.failed > 0)))
}

/// Runs all checks, also after one failed.
///
/// # Errors
/// When the target for the browser code cannot be added.
pub fn run() -> Result<Count, String> {
    site::add_target()?;
    let mut count = Count::default();
    for (name, arguments) in CHECKS {
        say::line(&format!("Lint: {name}"));
        let result = cargo::run(arguments);
        if let Err(error) = &result {
            say::error(error);
        }
        count += Count::check(result.is_ok());
    }
    Ok(count)
}
