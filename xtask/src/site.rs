//! `target/site`: browser code, style sheet and public files, ready to be embedded into the server.

use crate::cargo;
use crate::say::Steps;
use crate::workspace::find_program;
use std::path::Path;
use std::process::Command;

/// How many steps `build` announces.
pub const STEPS: usize = 3;

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds whatever of the site changed.
///
/// # Errors
/// With the first step that does not succeed.
pub fn build(steps: &mut Steps, target_dir: &Path) -> Result<(), String> {
    steps.step("Rust's standard library for the browser (wasm32)", add_target)?;
    steps.step("Browser code (small, about two minutes the first time)", build_wasm)?;
    steps.step("Style sheet, browser code and public files into target/site", || {
        let wasm = target_dir.join(TARGET).join("wasm/spectr.wasm");
        let mut command = cargo::cargo();
        command.args(["run", "--package", "site", "--"]);
        cargo::succeed(command.arg(wasm).arg("target/site"))
    })
}

/// Compiles the islands.
///
/// # Errors
/// When they do not compile.
fn build_wasm() -> Result<(), String> {
    cargo::run(&[
        "build",
        "--lib",
        "--package=spectr",
        "--profile=wasm",
        "--no-default-features",
        "--features=hydrate",
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
