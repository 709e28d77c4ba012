//! What the tests need from the system: found, or installed where that is allowed, or asked for.

use crate::workspace::find_program;
use crate::{cargo, say};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs the tests use.
pub struct Tools {
    /// Chromium or Chrome.
    pub browser: PathBuf,
    /// The folder of `initdb`, `postgres`, `pg_isready` and `createdb`.
    pub postgres: PathBuf,
    pub npm: PathBuf,
}

/// The oldest Node.js that the browser tests run on.
const NODE: u32 = 20;

/// One thing the tests need: how it is called, Debian's packages, how it is found.
struct Need {
    name: &'static str,
    packages: &'static [&'static str],
    find: fn() -> Option<PathBuf>,
}

const NEEDS: [Need; 3] = [
    Need {
        name: "Chromium",
        packages: &["chromium"],
        find: browser,
    },
    Need {
        name: "PostgreSQL",
        packages: &["postgresql"],
        find: postgres,
    },
    Need {
        name: "Node.js 20 or newer with npm",
        packages: &["nodejs", "npm"],
        find: npm,
    },
];

/// Finds the tools and installs what is missing.
///
/// # Errors
/// With the command to type, where something is missing and may not be installed from here.
pub fn tools() -> Result<Tools, String> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| (need.find)().is_none()).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    let found = |need: &Need| (need.find)().ok_or_else(|| ask_for(&[need], "it was installed, but cannot be found"));
    let [browser, postgres, npm] = &NEEDS;
    Ok(Tools {
        browser: found(browser)?,
        postgres: found(postgres)?,
        npm: found(npm)?,
    })
}

fn browser() -> Option<PathBuf> {
    find_program(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
}

/// Debian keeps the server programs of each version in a folder of its own, off the PATH.
fn postgres() -> Option<PathBuf> {
    let complete = |folder: &Path| {
        ["initdb", "postgres", "pg_isready", "createdb"]
            .iter()
            .all(|program| folder.join(program).exists())
    };
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version_in(folder)));
    folders.extend(find_program(&["initdb"]).and_then(|program| Some(program.parent()?.to_owned())));
    folders.into_iter().find(|folder| complete(folder))
}

/// `15` of `/usr/lib/postgresql/15/bin`.
fn version_in(folder: &Path) -> u32 {
    let name = folder.parent().and_then(Path::file_name);
    name.and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}

fn npm() -> Option<PathBuf> {
    let version = cargo::text(Command::new("node").arg("--version")).ok()?;
    (major(&version) >= NODE).then(|| find_program(&["npm"]))?
}

/// `20` of `v20.20.2`.
fn major(version: &str) -> u32 {
    let number = version.trim_start_matches('v').split('.').next();
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn install(missing: &[&Need]) -> Result<(), String> {
    let Some(apt) = find_program(&["apt-get"]) else {
        return Err(ask_for(missing, "this system has no apt-get to install it with"));
    };
    let root = is_root()?;
    if !root && !sudo_without_password() {
        return Err(ask_for(missing, "only root may install packages here"));
    }
    let apt_get = |arguments: &[&str]| {
        let mut command = if root { Command::new(&apt) } else { Command::new("sudo") };
        if !root {
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive"]).arg(&apt);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        cargo::succeed(command.args(["-q", "-y"]).args(arguments).stdin(Stdio::null()))
    };
    let names: Vec<&str> = missing.iter().map(|need| need.name).collect();
    say::line(&format!("Installing {} from the system's packages", names.join(", ")));
    let packages = missing.iter().flat_map(|need| need.packages.iter().copied());
    let arguments: Vec<&str> = ["install", "--no-install-recommends"]
        .into_iter()
        .chain(packages)
        .collect();
    // Lists of packages are often old or absent: they are fetched only when needed.
    apt_get(&arguments)
        .or_else(|_| apt_get(&["update"]).and_then(|()| apt_get(&arguments)))
        .map_err(|error| ask_for(missing, &error))
}

/// Whether this process may do everything.
///
/// # Errors
/// When `id` does not answer.
pub fn is_root() -> Result<bool, String> {
    Ok(cargo::text(Command::new("id").arg("-u"))? == "0")
}

fn sudo_without_password() -> bool {
    let mut command = Command::new("sudo");
    command.args(["-n", "true"]).stdin(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn ask_for(missing: &[&Need], why: &str) -> String {
    let names: Vec<&str> = missing.iter().map(|need| need.name).collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    format!(
        "the tests need {}, and {why}.\n\
         Install it, then start again. On Debian and Ubuntu:\n\n    sudo apt-get install {}\n",
        names.join(" and "),
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("v20.20.2"), 20);
        assert_eq!(major("nonsense"), 0);
        assert_eq!(version_in(Path::new("/usr/lib/postgresql/15/bin")), 15);
    }

    #[test]
    fn what_is_missing_is_asked_for_with_the_command_to_type() {
        let [browser, postgres, _] = &NEEDS;
        let message = ask_for(&[browser, postgres], "only root may install packages here");
        assert!(
            message.contains("sudo apt-get install chromium postgresql"),
            "{message}"
        );
    }
}
