//! `spectr admin disclosure …`: the register of what the law made the operator hand over.

use super::sheet::Sheet;
use super::{Print, moment, past, text};
use crate::cli::{Result, say};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::privacy::disclosures::{self, Disclosure};
use crate::features::privacy::lookup;
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a disclosure down. The person reads it in the security log at once, unless the law forbids that for a while.
    Add(Add),
    /// The whole register.
    List {
        #[command(flatten)]
        print: Print,
    },
}

#[derive(Debug, Args)]
pub struct Add {
    /// The address of the account.
    email: String,
    /// To whom.
    #[arg(long)]
    authority: String,
    /// On which legal ground, such as a court order with its number.
    #[arg(long)]
    basis: String,
    /// What was handed over, or @FILE, or - for standard input.
    #[arg(long)]
    scope: String,
    /// When; now where it is not given.
    #[arg(long, value_parser = moment)]
    at: Option<Timestamp>,
    /// Until when the law forbids telling the person.
    #[arg(long, value_parser = moment)]
    delay_until: Option<Timestamp>,
}

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    match command {
        Command::Add(command) => add(app, &command).await?,
        Command::List { print } => list(app, print).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(app: &App, add: &Add) -> Result {
    let user = lookup::find(app, &add.email).await??;
    let disclosure = Disclosure {
        authority: add.authority.trim().to_owned(),
        basis: add.basis.trim().to_owned(),
        scope: text(&add.scope)?.trim().to_owned(),
    };
    if [&disclosure.authority, &disclosure.basis, &disclosure.scope]
        .iter()
        .any(|text| text.is_empty())
    {
        return Err("a disclosure needs an authority, a legal basis and what was handed over".into());
    }
    let times = (past(add.at, app.clock.now())?, add.delay_until);
    disclosures::add(app, user, &disclosure, times).await?;
    say(&match add.delay_until {
        Some(until) if until > app.clock.now() => format!("written down; the person is told on {}", until.human()),
        _ => "written down; the person reads it in the security log".to_owned(),
    });
    Ok(())
}

async fn list(app: &App, print: Print) -> Result {
    let entries = disclosures::list(app).await?;
    let rows = entries.into_iter().map(|entry| {
        vec![
            json!(entry.disclosed_at.rfc3339()),
            json!(entry.user.to_string()),
            json!(entry.disclosure.authority),
            json!(entry.disclosure.basis),
            json!(entry.disclosure.scope),
            json!(entry.told_at.map(Timestamp::rfc3339)),
            json!(entry.told_at.is_none().then(|| entry.tell_at.rfc3339())),
        ]
    });
    let columns = [
        "disclosed",
        "account",
        "authority",
        "basis",
        "scope",
        "told",
        "delayed_until",
    ];
    Sheet::new(&columns, rows).print(print, "nothing was disclosed");
    Ok(())
}
