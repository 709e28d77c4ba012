//! `spectr admin user show EMAIL`: what an operator may know of an account. Never content, keys or passwords.

use super::Print;
use super::sheet::Sheet;
use crate::cli::Result;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::privacy::lookup;
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Metadata of one account. This stands in its security log.
    Show {
        email: String,
        #[command(flatten)]
        print: Print,
    },
}

const COLUMNS: [&str; 12] = [
    "account",
    "state",
    "created",
    "verified",
    "second_factor",
    "held",
    "sessions",
    "last_seen",
    "provider_keys",
    "calls",
    "live_consents",
    "open_requests",
];

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    let Command::Show { email, print } = command;
    let facts = lookup::show(app, &email).await??;
    let time = |at: Option<i64>| json!(at.map(|at| Timestamp(at).rfc3339()));
    let row = vec![
        json!(facts.id.to_string()),
        json!(facts.state),
        time(Some(facts.created_at)),
        time(facts.verified_at),
        json!(facts.totp_enabled_at.is_some()),
        json!(facts.frozen_at.is_some()),
        json!(facts.sessions),
        time(facts.last_seen_at),
        json!(facts.provider_keys),
        json!(facts.calls),
        json!(facts.consents),
        json!(facts.requests),
    ];
    if print.json {
        Sheet::new(&COLUMNS, [row]).print(print, "");
    } else {
        let lines = COLUMNS
            .iter()
            .zip(row)
            .map(|(name, value)| vec![json!(name.replace('_', " ")), value]);
        Sheet::new(&["fact", "value"], lines).print(print, "");
    }
    Ok(ExitCode::SUCCESS)
}
