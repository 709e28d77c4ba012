//! `dev`: builds and serves, and does so again whenever a source file changes.
//!
//! The server is a debug build: it reads `target/site` at each request, so a change of style needs no
//! new server. Changes are found by looking at the files' times, which needs no library.

use crate::say::Steps;
use crate::{Outcome, cargo, say, site, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, SystemTime};

const LOOK: Duration = Duration::from_millis(300);
/// What the static half of the site is made of, besides the shared code.
const SITE: [&str; 6] = [
    "style",
    "public",
    "src/islands",
    "src/domain",
    "crates/analyzer/src",
    "crates/reports/src",
];
/// What the server is made of.
const SERVER: [&str; 4] = ["src", "migrations", "Cargo.toml", "build.rs"];

/// Serves until interrupted. Arguments go to `spectr serve`.
pub fn dev(arguments: &[String]) -> Outcome {
    let target_dir = workspace::target_dir()?;
    let mut server: Option<Child> = None;
    let (mut site_time, mut server_time) = (None, None);
    loop {
        let (site_now, server_now) = (newest(&SITE), newest(&SERVER));
        if site_now != site_time {
            site_time = site_now;
            let mut steps = Steps::new("Building the static half of the site.", site::STEPS);
            site::build(&mut steps, &target_dir).unwrap_or_else(|error| say::error(&error));
        }
        if server_now != server_time {
            server_time = server_now;
            match cargo::run(&["build", "--package=spectr", "--bin=spectr"]) {
                Ok(()) => restart(&mut server, &target_dir.join("debug/spectr"), arguments)?,
                Err(error) => say::error(&format!("{error}\nThe last good server goes on.")),
            }
            say::line("Watching src, style, public and migrations. Stop with Ctrl-C.");
        }
        thread::sleep(LOOK);
    }
}

/// Ends the running server gently, so that its database is closed, and starts the new one.
fn restart(server: &mut Option<Child>, program: &Path, arguments: &[String]) -> Result<(), String> {
    if let Some(mut old) = server.take() {
        let stop = format!("kill -TERM {}", old.id());
        Command::new("sh").args(["-c", &stop]).status().ok();
        old.wait().map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(program);
    cargo::clean(&mut command);
    command.args(["serve", "--welcome"]).args(arguments);
    let started = command.spawn();
    *server = Some(started.map_err(|error| format!("{}: {error}", program.display()))?);
    Ok(())
}

/// When the newest of these files was written, and how many there are: a removed file counts too.
fn newest(paths: &[&str]) -> Option<(SystemTime, usize)> {
    let mut found = None;
    let mut waiting: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    while let Some(path) = waiting.pop() {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|entry| entry.path()),
            );
        } else if let Ok(time) = metadata.modified() {
            let (newest, count) = found.unwrap_or((time, 0));
            found = Some((time.max(newest), count + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_and_a_removed_file_are_both_noticed() {
        let dir = std::env::temp_dir().join(format!("spectr-dev-{}", std::process::id()));
        fs::create_dir_all(dir.join("deep")).unwrap();
        let paths = [dir.to_str().unwrap()];
        assert_eq!(newest(&paths), None);
        fs::write(dir.join("deep/a"), "").unwrap();
        let one = newest(&paths);
        fs::write(dir.join("b"), "").unwrap();
        assert_ne!(newest(&paths), one);
        fs::remove_file(dir.join("b")).unwrap();
        assert_eq!(newest(&paths), one);
        fs::remove_dir_all(dir).unwrap();
    }
}
