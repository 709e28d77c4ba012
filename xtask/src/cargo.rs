//! Calls of cargo and other programs, with errors that name the command.

use crate::count::Count;
use crate::say;
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead};
use std::process::{Command, Stdio};
use std::thread;

/// The cargo that runs this tool, without the variables it set for us: they would make the inner
/// cargo build things anew.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    clean(&mut command);
    command
}

/// Takes the outer cargo's variables out of the command's environment.
pub fn clean(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO" {
            command.env_remove(&name);
        }
    }
}

/// Runs cargo with these arguments; its progress goes to the terminal.
///
/// # Errors
/// When it does not end well.
pub fn run<A: AsRef<OsStr>>(arguments: &[A]) -> Result<(), String> {
    succeed(cargo().args(arguments))
}

/// What cargo printed.
///
/// # Errors
/// When it does not end well.
pub fn output(arguments: &[&str]) -> Result<String, String> {
    text(cargo().args(arguments))
}

/// Runs the command to its end.
///
/// # Errors
/// When it cannot start or does not end well.
pub fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| unable(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` ended with {status}", describe(command)))
    }
}

/// The standard output of a command that must end well.
///
/// # Errors
/// When it cannot start or does not end well.
pub fn text(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| unable(command, &error))?;
    if !output.status.success() {
        return Err(format!("`{}` ended with {}", describe(command), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a test tool: its output goes to the terminal and is counted.
#[must_use]
pub fn counted(command: &mut Command) -> Count {
    clean(command);
    let started = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            say::error(&unable(command, &error));
            return Count::check(false);
        }
    };
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let errors = thread::spawn(move || stderr.map(|it| pass_on(it, io::stderr())).unwrap_or_default());
    let mut output = stdout.map(|it| pass_on(it, io::stdout())).unwrap_or_default();
    output.push_str(&errors.join().unwrap_or_default());
    let ended_well = child.wait().is_ok_and(|status| status.success());
    if !ended_well {
        say::error(&format!("`{}` did not end well", describe(command)));
    }
    Count::of_run(&output, ended_well)
}

/// Writes through line by line; what was read, without colours.
fn pass_on(from: impl io::Read, mut to: impl io::Write) -> String {
    let mut whole = String::new();
    let mut from = io::BufReader::new(from);
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        // A closed terminal is no reason to stop counting.
        to.write_all(&line).ok();
        whole.push_str(&without_colours(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    whole
}

/// Drops `ESC [ … letter`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(
            part.trim_start_matches(|it: char| !it.is_ascii_alphabetic())
                .get(1..)
                .unwrap_or_default(),
        );
    }
    plain
}

fn unable(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", describe(command))
}

fn describe(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    parts.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_is_named() {
        let error = succeed(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(error.contains("sh -c exit 3"), "{error}");
    }

    #[test]
    fn output_is_counted_without_its_colours() {
        let script = "printf '\\033[1m  3 passed\\033[0m (1s)\\n'; printf '  1 failed\\n' >&2; exit 1";
        let count = counted(Command::new("sh").args(["-c", script]));
        assert_eq!((count.passed, count.failed), (3, 1));
    }

    #[test]
    fn output_is_trimmed() {
        assert_eq!(text(Command::new("echo").arg("hi")).unwrap(), "hi");
    }
}
