//! `test`: everything that must hold before a change lands, with one count at the end.
//!
//! A failed part does not hide the others: each is run and counted. The site comes first, because the server that the
//! browser tests use is the one that the integration tests were built with.

use crate::count::Count;
use crate::postgres::Postgres;
use crate::say::{self, Steps};
use crate::setup;
use crate::workspace::{PRODUCT, PROFILE, TOOLS, find_program, target_dir};
use crate::{Outcome, cargo, end2end, lint, site};
use std::process::ExitCode;

/// Where the integration tests find a PostgreSQL in which they may make databases.
const POSTGRES_URL: &str = "SPECTR_TEST_POSTGRES_URL";

/// Steps announced besides those of the site.
const STEPS: usize = 4;

/// Runs all tests and lints. Extra arguments are a filter for the unit and integration tests and
/// leave out the rest.
pub fn test(filter: &[String]) -> Outcome {
    let only_some = !filter.is_empty();
    let total = if only_some { 2 } else { STEPS + site::STEPS };
    let mut steps = Steps::new("Testing Spectr. The first time takes some minutes more.", total);
    let tools = steps.step("Chromium, PostgreSQL and Node.js", || {
        let tools = setup::tools()?;
        end2end::install_packages(&tools.npm)?;
        Ok(tools)
    })?;
    let target_dir = target_dir()?;
    let mut count = Count::default();
    let site = if only_some {
        Ok(())
    } else {
        site::build(&mut steps, &target_dir)
    };
    if let Err(error) = &site {
        count += failed(error);
    }
    let postgres = Postgres::start(&tools.postgres)?;
    count += steps.step("Unit and integration tests on SQLite and PostgreSQL", || {
        Ok(cargo_tests(&postgres, filter))
    })?;
    if !only_some {
        count += steps.step("Format and lints", lint::run)?;
    }
    // Without the site each of them would fail, and tell nothing.
    if !only_some && site.is_ok() {
        let ran = steps.step("Browser tests", || end2end::run(&tools, &postgres, &target_dir));
        count += ran.unwrap_or_else(|error| failed(&error));
    }
    drop(postgres);
    say::line(&format!("\n{count}"));
    Ok(ExitCode::from(u8::from(count.failed > 0)))
}

/// Tells what failed and counts it as one.
fn failed(error: &str) -> Count {
    say::error(error);
    Count::check(false)
}

fn cargo_tests(postgres: &Postgres, filter: &[String]) -> Count {
    let nextest = find_program(&["cargo-nextest"]).is_some();
    let mut count = Count::default();
    let (runs, profile): (Vec<&[&str]>, _) = if filter.is_empty() {
        (vec![&PRODUCT, &TOOLS], PROFILE)
    } else {
        // A filter names tests of the product that somebody is at work on: built step by step as they change.
        (vec![&PRODUCT], "dev")
    };
    for packages in runs {
        let mut command = cargo::cargo();
        if nextest {
            command.args([
                "nextest",
                "run",
                "--no-fail-fast",
                "--no-tests=pass",
                "--status-level=fail",
                "--cargo-profile",
                profile,
            ]);
        } else {
            command.args(["test", "--no-fail-fast", "--profile", profile]);
        }
        command.args(packages).args(filter).env(POSTGRES_URL, postgres.url());
        count += cargo::counted(&mut command);
    }
    count
}
