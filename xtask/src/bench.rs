//! `bench`: the bars of `benches/README.md`, measured in the release profile.

use crate::run::RELEASE_FEATURES;
use crate::say::Steps;
use crate::{Outcome, cargo, site, workspace};
use std::process::ExitCode;

/// Builds what changed, then measures; the table goes to standard output.
pub fn bench(_: &[String]) -> Outcome {
    let mut steps = Steps::new(
        "Measuring Spectr against bare proxies on this machine.",
        site::STEPS + 2,
    );
    site::build(&mut steps, &workspace::target_dir()?)?;
    steps.step(
        "Server and measurements (the server takes minutes the first time)",
        || {
            cargo::run(&[
                "bench",
                "--package=spectr",
                "--bench=bars",
                "--profile=release",
                RELEASE_FEATURES,
            ])
        },
    )?;
    steps.step("Reading and grouping reports, optimised", || {
        cargo::run(&["bench", "--package=spectr-reports", "--bench=reports"])
    })?;
    Ok(ExitCode::SUCCESS)
}
