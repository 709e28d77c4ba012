//! `target/site`: browser code, style sheet and public files, ready to be embedded into the server.

use crate::cargo;
use crate::say::Steps;
use crate::workspace::{PROFILE, find_program};
use std::path::Path;
use std::process::Command;
use std::thread;

/// How many steps `build` announces.
pub const STEPS: usize = 3;

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds whatever of the site changed.
///
/// # Errors
/// With the first step that does not succeed.
pub fn build(steps: &mut Steps, target_dir: &Path) -> Result<(), String> {
    steps.step("Rust's standard library for the browser (wasm32)", add_target)?;
    steps.step("Browser code (small, about two minutes the first time)", || {
        // The end of the browser code's build keeps one core busy; the tool is built on the other meanwhile.
        thread::scope(|scope| {
            let tool = scope.spawn(build_tool);
            let wasm = build_wasm().and_then(|()| build_analyzer());
            let tool = tool
                .join()
                .unwrap_or_else(|_| Err("the site tool's build broke off".to_owned()));
            wasm.and(tool)
        })
    })?;
    steps.step("Style sheet, browser code and public files into target/site", || {
        let wasm = target_dir.join(TARGET).join("wasm");
        let mut command = Command::new(target_dir.join(PROFILE).join("site"));
        cargo::clean(&mut command);
        cargo::succeed(
            command
                .arg("target/site")
                .args(["spectr.wasm", "analyzer.wasm"].map(|name| wasm.join(name))),
        )
    })
}

/// The tool that makes the site, in the server's profile: they share what both are made of.
fn build_tool() -> Result<(), String> {
    cargo::run(&["build", "--package=site", &format!("--profile={PROFILE}")])
}

/// Compiles the islands. The library is linked by itself here alone: the server would pay for it with each build.
///
/// # Errors
/// When they do not compile.
fn build_wasm() -> Result<(), String> {
    cargo::run(&[
        "rustc",
        "--lib",
        "--crate-type=cdylib",
        "--package=spectr",
        "--profile=wasm",
        "--no-default-features",
        "--features=hydrate",
        &format!("--target={TARGET}"),
    ])
}

/// Compiles the report analyzer's worker. Apart from the islands: together they would share features,
/// and so sizes.
///
/// # Errors
/// When it does not compile.
fn build_analyzer() -> Result<(), String> {
    cargo::run(&[
        "build",
        "--lib",
        "--package=analyzer",
        "--profile=wasm",
        &format!("--target={TARGET}"),
    ])
}

/// Adds the target when the toolchain has none: rustup may be told not to do so by itself.
///
/// # Errors
/// When it is missing and there is no rustup, or the download fails.
pub fn add_target() -> Result<(), String> {
    let sysroot = cargo::text(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    if find_program(&["rustup"]).is_none() {
        return Err(format!(
            "this Rust toolchain has no {TARGET} target and there is no rustup to add it. Install Rust by rustup, \
             or your system's package of that target (Debian: libstd-rust-dev-wasm32)."
        ));
    }
    cargo::succeed(Command::new("rustup").args(["target", "add", TARGET]))
}
