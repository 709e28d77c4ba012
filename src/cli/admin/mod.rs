//! `spectr admin …`: what an operator does about people's rights. Shows metadata and requests; never content,
//! keys or passwords. Whatever is read or done about an account lands in its owner's security log.

mod breach;
mod disclosure;
mod erase;
mod news;
mod policy;
mod request;
mod sheet;
mod user;

use super::Result;
use crate::domain::timestamp::Timestamp;
use crate::features::{App, outbox};
use crate::infra::clock::SystemClock;
use crate::infra::config::Config;
use crate::infra::telemetry;
use clap::{Args, Subcommand};
use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;

/// The commands of an operator.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Requests of people: what is due, read, answer, enter what came by mail.
    #[command(subcommand)]
    Request(request::Command),
    /// Delete an account whose owner asked by mail, or that is a child's.
    Erase(erase::Command),
    /// The register of what the law made you hand over.
    #[command(subcommand)]
    Disclosure(disclosure::Command),
    /// Breaches of personal data: write down, report within 72 hours, tell those concerned.
    #[command(subcommand)]
    Breach(breach::Command),
    /// Look at the metadata of one account.
    #[command(subcommand)]
    User(user::Command),
    /// The published versions of the privacy policy, and publishing this one.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Mail news to those who agreed to get them.
    #[command(subcommand)]
    News(news::Command),
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Args)]
pub struct Print {
    /// JSON for scripts instead of a table.
    #[arg(long)]
    json: bool,
}

/// Runs one command; exit code 1 when something is overdue.
pub async fn run(command: Admin) -> Result<ExitCode> {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    let app = App::open(config, Arc::new(SystemClock)).await?;
    let outcome = match command {
        Admin::Request(command) => request::run(&app, command).await,
        Admin::Erase(command) => erase::run(&app, command).await,
        Admin::Disclosure(command) => disclosure::run(&app, command).await,
        Admin::Breach(command) => breach::run(&app, command).await,
        Admin::User(command) => user::run(&app, command).await,
        Admin::Policy(command) => policy::run(&app, command).await,
        Admin::News(command) => news::run(&app, command).await,
    };
    // A running server delivers too; leases keep each mail to one of both.
    if let Err(error) = outbox::deliver_due(&app).await {
        tracing::warn!(%error, "mails wait for the server");
    }
    app.close().await;
    outcome
}

/// A text given as it is, as `@FILE`, or as `-` for standard input.
fn text(given: &str) -> Result<String> {
    if given == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}").into()),
        None => Ok(given.to_owned()),
    }
}

/// A moment as people write it: `2026-05-01`, `2026-05-01T10:00:00Z`.
fn moment(given: &str) -> std::result::Result<Timestamp, String> {
    Timestamp::parse(given).ok_or_else(|| format!("{given:?} is no date like 2026-05-01 or 2026-05-01T10:00:00Z"))
}

/// As [`moment`], for what has happened already.
fn past(given: Option<Timestamp>, now: Timestamp) -> Result<Timestamp> {
    match given {
        Some(at) if at > now => Err("the date lies in the future".into()),
        Some(at) => Ok(at),
        None => Ok(now),
    }
}
