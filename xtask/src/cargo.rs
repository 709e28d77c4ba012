//! Calls of cargo and other programs, with errors that name the command.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, Stdio};

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
    fn output_is_trimmed() {
        assert_eq!(text(Command::new("echo").arg("hi")).unwrap(), "hi");
    }
}
