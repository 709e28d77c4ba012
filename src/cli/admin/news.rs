//! `spectr admin news send`: mails to those who agreed, and to nobody else: the database refuses the rest.

use super::text;
use crate::cli::{Result, say};
use crate::domain::accounts::ConsentKind;
use crate::features::App;
use crate::features::privacy::news;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Queue one mail to everybody with a live consent. The same name is never sent twice to anybody.
    Send {
        /// A name for this mail, such as spring-2026.
        name: String,
        /// marketing_product_news or marketing_surveys.
        #[arg(long, default_value = "marketing_product_news")]
        kind: String,
        #[arg(long)]
        subject: String,
        /// The text, or @FILE, or - for standard input.
        #[arg(long)]
        text: String,
    },
}

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    let Command::Send {
        name,
        kind,
        subject,
        text: given,
    } = command;
    let Some(kind) = ConsentKind::parse(&kind).filter(|kind| kind.is_marketing()) else {
        return Err(format!("{kind:?} is not something that people agree to get mails about").into());
    };
    let text = text(&given)?;
    if subject.trim().is_empty() || text.trim().is_empty() {
        return Err("news need a subject and a text".into());
    }
    let queued = news::send(app, kind, &name, (subject.trim(), text.trim())).await?;
    say(&format!("queued for {queued} people who agreed to it"));
    Ok(ExitCode::SUCCESS)
}
