//! PostgreSQL: its own `pg_dump` and `pg_restore`. The keystore's schema, where it is in the same
//! database, is left out. The password goes by the environment, so that no list of processes shows it.

use super::{BackupError, Result};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use url::Url;

const DUMP: &str = "pg_dump";
const RESTORE: &str = "pg_restore";

pub(super) async fn write(url: &str, draft: &Path) -> Result {
    let mut command = tool(DUMP, url)?;
    command.args([
        "--format=custom",
        "--exclude-schema=keystore",
        "--no-owner",
        "--no-privileges",
    ]);
    command.arg("--file").arg(draft);
    run(DUMP, command).await
}

/// In one transaction: the database is the backup's or stays as it was.
pub(super) async fn restore(path: &Path, url: &str) -> Result {
    let mut command = tool(RESTORE, url)?;
    command.args([
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
    ]);
    command.arg("--exit-on-error").arg(path);
    run(RESTORE, command).await
}

fn tool(name: &'static str, url: &str) -> Result<Command> {
    let mut url = Url::parse(url).map_err(|_| BackupError::Tool {
        tool: name,
        why: "DATABASE_URL is no URL".to_owned(),
    })?;
    let mut command = Command::new(name);
    if let Some(password) = url.password() {
        let decoded: String = url::form_urlencoded::parse(format!("x={}", password.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        command.env("PGPASSWORD", decoded);
        // A URL with a user can always lose its password.
        url.set_password(None).ok();
    }
    command.arg("--no-password").arg("--dbname").arg(url.as_str());
    Ok(command)
}

async fn run(tool: &'static str, mut command: Command) -> Result {
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    match ran.map_err(std::io::Error::other).flatten() {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => {
            let text = String::from_utf8_lossy(&done.stderr);
            Err(BackupError::Tool {
                tool,
                why: text.trim().to_owned(),
            })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(BackupError::NoTool { tool }),
        Err(error) => Err(BackupError::Tool {
            tool,
            why: error.to_string(),
        }),
    }
}
