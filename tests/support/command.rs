//! The built binary beside a running test server: the same data folder, the same databases.

use super::TestApp;
use spectr::infra::config::Settings;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The settings of the running test server with a data folder of its own, for a command beside it.
pub fn settings(app: &TestApp, data: &Path) -> Settings {
    let mut all = Settings::from([
        ("SPECTR_ADDR".to_owned(), "127.0.0.1:1".to_owned()),
        ("SPECTR_DATA_DIR".to_owned(), data.display().to_string()),
        ("SPECTR_LOG".to_owned(), "off".to_owned()),
        (
            "SPECTR_MASTER_KEY_FILE".to_owned(),
            app.data_dir().join("master.keys").display().to_string(),
        ),
    ]);
    if app.app.config.database_url.starts_with("postgres") {
        all.insert("DATABASE_URL".to_owned(), app.app.config.database_url.clone());
    }
    all
}

/// Runs `spectr` with these settings and nothing else in its environment.
pub fn spectr(settings: &Settings, arguments: &[&str]) -> Output {
    spectr_with(settings, arguments, "")
}

/// As [`spectr`], with this on its standard input.
pub fn spectr_with(settings: &Settings, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spectr"));
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .envs(settings)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may have ended already.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

/// What it said; fails the test unless it succeeded.
#[track_caller]
pub fn succeed(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Why it refused; fails the test unless it ended with 2 and said nothing else.
#[track_caller]
pub fn refuse(output: &Output) -> String {
    let (said, why) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!((output.status.code(), &*said), (Some(2), ""), "{why}");
    why.into_owned()
}
