//! `spectr admin erase EMAIL`: the deletion of an account whose owner cannot or need not press the button.

use crate::cli::{Result, say};
use crate::domain::privacy::erasure::Reason;
use crate::features::App;
use crate::features::privacy::erasure;
use crate::features::privacy::lookup;
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Command {
    /// The address of the account.
    email: String,
    /// It is a child's: everything goes now, without the days in which it could be called off.
    #[arg(long)]
    child: bool,
    /// The person asked for it to happen now.
    #[arg(long)]
    now: bool,
}

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    let user = lookup::find_any(app, &command.email).await??;
    let reason = if command.child { Reason::Child } else { Reason::Request };
    let receipt = erasure::by_operator(app, user, reason, command.child || command.now).await?;
    say(&format!("receipt {receipt}"));
    say(&format!(
        "status: {}",
        crate::features::accounts::tokens::link(app, &format!("/erasure/{receipt}"))
    ));
    Ok(ExitCode::SUCCESS)
}
