//! `run`, `build`, `build-wasm`: the site, then the server with the site inside, then the server itself.

use crate::say::{self, Steps};
use crate::workspace::{PROFILE, target_dir};
use crate::{Outcome, cargo, site};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the release has beyond the other builds: the allocator.
pub const RELEASE_FEATURES: &str = "--features=jemalloc";

/// Builds what changed and becomes the server, so that signals reach it directly.
pub fn run(arguments: &[String]) -> Outcome {
    let mut steps = Steps::new(
        "Setting up Spectr. The first time takes some minutes, later starts take seconds.",
        site::STEPS + 1,
    );
    let server = build_server(&mut steps, PROFILE, &[])?;
    let mut command = Command::new(&server);
    cargo::clean(&mut command);
    let error = command.args(["serve", "--welcome"]).args(arguments).exec();
    Err(format!("{} could not be started: {error}", server.display()))
}

/// The full release.
pub fn build(_: &[String]) -> Outcome {
    let mut steps = Steps::new(
        "Building the release: one binary with the site inside.",
        site::STEPS + 1,
    );
    let server = build_server(&mut steps, "release", &[RELEASE_FEATURES])?;
    say::line(&format!("The server is {}", server.display()));
    Ok(ExitCode::SUCCESS)
}

/// Only the static half.
pub fn build_site(_: &[String]) -> Outcome {
    let mut steps = Steps::new("Building the static half of the site.", site::STEPS);
    site::build(&mut steps, &target_dir()?)?;
    Ok(ExitCode::SUCCESS)
}

/// The site, then the server with it inside, in this profile and with more of cargo's arguments: the path of the binary.
fn build_server(steps: &mut Steps, profile: &str, more: &[&str]) -> Result<PathBuf, String> {
    let target_dir = target_dir()?;
    site::build(steps, &target_dir)?;
    steps.step("Server (takes minutes the first time)", || {
        server(&target_dir, profile, more)
    })
}

/// The server with the site inside that is there already: the path of the binary.
pub fn server(target_dir: &Path, profile: &str, more: &[&str]) -> Result<PathBuf, String> {
    let flag = format!("--profile={profile}");
    cargo::run(&[&["build", "--package=spectr", "--bin=spectr", &flag], more].concat())?;
    Ok(target_dir.join(profile).join("spectr"))
}
