//! `spectr admin breach …`: breaches of personal data, with the clock of 72 hours.

use super::sheet::Sheet;
use super::{Print, moment, past, text};
use crate::cli::{Result, say};
use crate::domain::privacy::breach::Breach;
use crate::domain::timestamp::{HOUR_MS, Timestamp};
use crate::features::App;
use crate::features::privacy::breaches::{self, Affected, Entry};
use crate::features::privacy::lookup;
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a breach down and mark the accounts that it touched. The authority's 72 hours run from when it was found.
    Open(Open),
    /// Mail everybody who was touched and not told yet. Can be repeated; each gets one mail.
    Notify { id: Uuid },
    /// Note that the supervisory authority was told: stops the clock.
    Reported { id: Uuid },
    /// The register, with the time that is left. Exit code 1 when a report is overdue.
    List {
        #[command(flatten)]
        print: Print,
    },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("affected").required(true).args(["all", "made_before", "email"])))]
pub struct Open {
    /// One line; stands in the mail and in the security logs.
    #[arg(long)]
    title: String,
    /// What happened, to which data, what follows, what was done, what to do; or @FILE, or - for standard input.
    #[arg(long)]
    text: String,
    /// When it was found; now where it is not given.
    #[arg(long, value_parser = moment)]
    found: Option<Timestamp>,
    /// It touched every account.
    #[arg(long)]
    all: bool,
    /// It touched the accounts made before this moment.
    #[arg(long, value_parser = moment)]
    made_before: Option<Timestamp>,
    /// It touched the account with this address; may be repeated.
    #[arg(long)]
    email: Vec<String>,
}

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    match command {
        Command::Open(command) => open(app, &command).await?,
        Command::Notify { id } => match breaches::notify(app, id).await? {
            Some(told) => say(&format!("{told} people are being told")),
            None => return Err(format!("there is no breach {id}; `spectr admin breach list` names them").into()),
        },
        Command::Reported { id } => {
            if !breaches::report(app, id).await? {
                return Err(format!("there is no breach {id} that waits for its report").into());
            }
            say("the report is on record");
        }
        Command::List { print } => return list(app, print).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(app: &App, open: &Open) -> Result {
    let breach = Breach {
        title: open.title.split_whitespace().collect::<Vec<_>>().join(" "),
        text: text(&open.text)?.trim().to_owned(),
    };
    if breach.title.is_empty() || breach.text.is_empty() {
        return Err("a breach needs a title and a text".into());
    }
    let affected = match open.made_before {
        _ if open.all => Affected::Everybody,
        Some(moment) => Affected::MadeBefore(moment),
        None => {
            let mut users = Vec::with_capacity(open.email.len());
            for email in &open.email {
                users.push(lookup::find(app, email).await??);
            }
            Affected::Some(users)
        }
    };
    let id = breaches::open(app, &breach, past(open.found, app.clock.now())?, &affected).await?;
    let entries = breaches::list(app).await?;
    if let Some(entry) = entries.iter().find(|entry| entry.id == id) {
        say(&format!(
            "breach {id}: {} accounts; tell the authority by {}",
            entry.affected,
            entry.due_at.human()
        ));
        say(&format!("then: spectr admin breach notify {id}"));
    }
    Ok(())
}

async fn list(app: &App, print: Print) -> Result<ExitCode> {
    let now = app.clock.now();
    let entries = breaches::list(app).await?;
    let is_overdue = entries.iter().any(|entry| entry.is_overdue(now));
    let rows = entries.iter().map(|entry| {
        vec![
            json!(entry.id.to_string()),
            json!(entry.breach.title),
            json!(entry.found_at.rfc3339()),
            json!(report(entry, now)),
            json!(entry.affected),
            json!(entry.told),
            json!(entry.notified_at.map(Timestamp::rfc3339)),
        ]
    });
    let columns = ["id", "title", "found", "report", "affected", "told", "notified"];
    Sheet::new(&columns, rows).print(print, "no breaches");
    Ok(if is_overdue {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn report(entry: &Entry, now: Timestamp) -> String {
    match entry.reported_at {
        Some(at) => format!("made {}", at.rfc3339()),
        None if entry.is_overdue(now) => format!("OVERDUE since {}", entry.due_at.rfc3339()),
        None => format!("{} h left", (entry.due_at.0 - now.0) / HOUR_MS),
    }
}
