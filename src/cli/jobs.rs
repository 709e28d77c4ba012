//! `spectr jobs run`: one pass over all jobs, from the shell. Also how an operator confirms the
//! clock after it jumped.

use super::{Result, say};
use crate::features::{App, jobs};
use crate::infra::clock::SystemClock;
use crate::infra::config::Config;
use crate::infra::jobs::Outcome;
use crate::infra::telemetry;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs every job once and prints what each did. Exit code 1 when one did not come to its end.
pub async fn run() -> Result<ExitCode> {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    let app = App::open(config, Arc::new(SystemClock)).await?;
    let outcomes = jobs::runner(&app).run_all().await?;
    let mut all_done = true;
    for (name, outcome) in outcomes {
        let line = match outcome {
            Outcome::Done { affected } => format!("{name}: done, {affected} affected"),
            Outcome::Leased => format!("{name}: another process runs it right now"),
            Outcome::Failed { why } => {
                all_done = false;
                format!("{name}: failed: {why}")
            }
            Outcome::Panicked => {
                all_done = false;
                format!("{name}: failed: it panicked; this is an error in Spectr")
            }
            Outcome::Stopped => format!("{name}: stopped"),
        };
        say(&line);
    }
    app.close().await;
    Ok(if all_done { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
