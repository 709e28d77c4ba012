//! `spectr admin request …`: the desk where people's requests are answered.

use super::sheet::Sheet;
use super::{Print, moment, past, text};
use crate::cli::{Result, say};
use crate::domain::privacy::requests::RequestKind;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::privacy::requests::desk;
use crate::features::privacy::requests::{self, ContactForm, Line, RequestView};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open requests, what is due first on top. Exit code 1 when one is overdue.
    List {
        /// Closed ones too.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        print: Print,
    },
    /// Read one. This stands in the security log of its account.
    Show {
        /// Such as 7F3A-91C2-55E0.
        reference: String,
        #[command(flatten)]
        print: Print,
    },
    /// Enter a request that came by mail or another way; its time runs from the day it arrived.
    Add(Add),
    /// Answer and close one: the answer is mailed to its sender and stands in the account.
    Close {
        reference: String,
        /// The answer, or @FILE, or - for standard input.
        #[arg(long)]
        answer: String,
    },
    /// Put a privacy request off, once and with a reason, which is mailed to its sender.
    Extend {
        reference: String,
        /// By how many days.
        #[arg(long)]
        days: i64,
        /// Why, or @FILE, or - for standard input.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub struct Add {
    /// privacy, security, support or demo.
    #[arg(long, default_value = "privacy")]
    kind: String,
    #[arg(long)]
    name: String,
    #[arg(long)]
    email: String,
    #[arg(long, default_value = "")]
    organisation: String,
    /// What was asked, or @FILE, or - for standard input.
    #[arg(long)]
    message: String,
    /// When it arrived; now where it is not given.
    #[arg(long, value_parser = moment)]
    received: Option<Timestamp>,
}

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    match command {
        Command::List { all, print } => return list(app, all, print).await,
        Command::Show { reference, print } => {
            let view = desk::show(app, &reference).await?;
            show(&view?, print);
        }
        Command::Add(add) => enter(app, &add).await?,
        Command::Close { reference, answer } => {
            let view = desk::close(app, &reference, &text(&answer)?).await?;
            say(&format!("{} is closed; the answer is on its way", view?.reference()));
        }
        Command::Extend {
            reference,
            days,
            reason,
        } => {
            let view = desk::extend(app, &reference, days, &text(&reason)?).await??;
            say(&format!("{} is now due on {}", view.reference(), view.due_at.human()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

const COLUMNS: [&str; 8] = [
    "reference",
    "kind",
    "channel",
    "account",
    "state",
    "due",
    "left",
    "received",
];

async fn list(app: &App, all: bool, print: Print) -> Result<ExitCode> {
    let now = app.clock.now();
    let lines = requests::list(app, all).await?;
    let is_overdue = lines.iter().any(|line| state(line, now) == "OVERDUE");
    let rows = lines.iter().map(|line| {
        vec![
            json!(requests::reference(line.id)),
            json!(line.kind.id()),
            json!(line.channel.id()),
            json!(line.has_account),
            json!(state(line, now)),
            json!(line.due_at.rfc3339()),
            left(line, now),
            json!(line.created_at.rfc3339()),
        ]
    });
    Sheet::new(&COLUMNS, rows).print(print, "no open requests");
    Ok(if is_overdue {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn state(line: &Line, now: Timestamp) -> &'static str {
    match (line.closed_at, line.due_at < now, line.is_extended) {
        (Some(_), ..) => "closed",
        (None, true, _) => "OVERDUE",
        (None, false, true) => "extended",
        (None, false, false) => "open",
    }
}

/// Days until it is due, one that has begun included; negative after.
fn left(line: &Line, now: Timestamp) -> Value {
    if line.closed_at.is_some() {
        return Value::Null;
    }
    let days = (line.due_at.0 - now.0 + DAY_MS - 1).div_euclid(DAY_MS);
    json!(format!("{days} days"))
}

fn show(view: &RequestView, print: Print) {
    let rows = [
        ("reference", json!(view.reference())),
        ("kind", json!(view.kind.name())),
        ("channel", json!(view.channel.id())),
        ("from", json!(view.name)),
        ("address", json!(view.email)),
        ("account", json!(view.user.map(|user| user.to_string()))),
        ("received", json!(view.created_at.rfc3339())),
        ("due", json!(view.due_at.rfc3339())),
        ("extended_because", json!(view.extension)),
        ("closed", json!(view.closed_at.map(Timestamp::rfc3339))),
    ];
    if print.json {
        let mut object: serde_json::Map<String, Value> =
            rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        object.insert("message".to_owned(), json!(view.message));
        object.insert("answer".to_owned(), json!(view.answer));
        say(&serde_json::to_string_pretty(&object).unwrap_or_default());
        return;
    }
    for (name, value) in rows {
        if let Some(text) = value.as_str() {
            say(&format!("{:<18}{text}", name.replace('_', " ")));
        }
    }
    say(&format!("\n{}", view.message));
    if let Some(answer) = &view.answer {
        say(&format!("\nAnswer:\n\n{answer}"));
    }
}

async fn enter(app: &App, add: &Add) -> Result {
    let message = text(&add.message)?;
    if RequestKind::from_id(&add.kind).is_none() {
        let kinds: Vec<&str> = RequestKind::ALL.iter().map(|kind| kind.id()).collect();
        return Err(format!("{:?} is no kind of request. There are: {}", add.kind, kinds.join(", ")).into());
    }
    let form = ContactForm {
        kind: &add.kind,
        name: &add.name,
        email: &add.email,
        organisation: &add.organisation,
        message: &message,
    };
    let contact = requests::parse(&form).map_err(|errors| {
        let fields = ["kind", "name", "email", "organisation", "message"];
        let words = fields
            .iter()
            .filter_map(|field| Some(format!("{field}: {}", errors.get(field)?)));
        words.collect::<Vec<_>>().join("; ")
    })?;
    let due = contact.kind.due(past(add.received, app.clock.now())?);
    let id = desk::add(app, &contact, past(add.received, app.clock.now())?).await?;
    say(&format!(
        "{} is written down, due on {}",
        requests::reference(id),
        due.human()
    ));
    Ok(())
}
