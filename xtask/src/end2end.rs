//! The browser tests in `end2end/`: Playwright drives the system's Chromium against the built server.

use crate::count::Count;
use crate::postgres::Postgres;
use crate::setup::Tools;
use crate::workspace::PROFILE;
use crate::{cargo, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "end2end";

/// Builds the local servers that speak the providers' protocols: the path of the program.
///
/// # Errors
/// When they do not compile.
fn build_doubles(target_dir: &Path) -> Result<PathBuf, String> {
    let profile = format!("--profile={PROFILE}");
    cargo::run(&["build", "--package=spectr", "--example=doubles", &profile])?;
    Ok(target_dir.join(PROFILE).join("examples/doubles"))
}

/// Runs all browser tests: on SQLite, and the main walk on PostgreSQL too.
///
/// # Errors
/// When the server or the database cannot be set up.
pub fn run(tools: &Tools, postgres: &Postgres, target_dir: &Path) -> Result<Count, String> {
    // Both are there since the integration tests, unless those did not compile.
    let (server, doubles) = (run::server(target_dir, PROFILE, &[])?, build_doubles(target_dir)?);
    let mut command = Command::new("node_modules/.bin/playwright");
    command
        .arg("test")
        .current_dir(FOLDER)
        .env("E2E_BROWSER", &tools.browser)
        .env("E2E_SERVER", server)
        .env("E2E_DOUBLES", doubles)
        .env("E2E_POSTGRES_URL", postgres.create_database("end2end")?);
    Ok(cargo::counted(&mut command))
}

/// `npm ci` when the lock file is not the one that was installed. No browser is downloaded. The
/// integration tests need them too: an SMTP server is among them.
///
/// # Errors
/// When npm cannot install them.
pub fn install_packages(npm: &Path) -> Result<(), String> {
    let stamp = Path::new(FOLDER).join("node_modules/.installed");
    let lock = Path::new(FOLDER).join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut command = Command::new(npm);
    command
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(FOLDER)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    cargo::succeed(&mut command)?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}
