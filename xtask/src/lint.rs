//! `fmt` and `lint`: the same checks as in `test`.

use crate::count::Count;
use crate::workspace::{PRODUCT, TOOLS};
use crate::{Outcome, cargo, say, site};
use std::process::ExitCode;

/// The checks: the name of each and cargo's arguments.
fn checks() -> [(&'static str, Vec<&'static str>); 4] {
    let browser = [
        "--package=spectr",
        "--lib",
        "--no-default-features",
        "--features=hydrate",
        "--target=wasm32-unknown-unknown",
    ];
    let all = |packages: &[&'static str]| [packages, &["--all-targets"]].concat();
    [
        ("format", vec!["fmt", "--all", "--check"]),
        ("clippy, server and tests", clippy(&all(&PRODUCT))),
        ("clippy, browser code", clippy(&browser)),
        ("clippy, tools", clippy(&all(&TOOLS))),
    ]
}

fn clippy(what: &[&'static str]) -> Vec<&'static str> {
    [&["clippy"], what, &["--", "-D", "warnings"]].concat()
}

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
    for (name, arguments) in checks() {
        say::line(&format!("Lint: {name}"));
        let result = cargo::run(&arguments);
        if let Err(error) = &result {
            say::error(error);
        }
        count += Count::check(result.is_ok());
    }
    Ok(count)
}
