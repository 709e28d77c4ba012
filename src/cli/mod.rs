//! The command line: puts the parts together and runs them.

mod serve;
mod welcome;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A privacy-first AI testing cloud.
#[derive(Debug, Parser)]
#[command(name = "spectr", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site (the default).
    Serve {
        /// Print the address and what to do first.
        #[arg(long)]
        welcome: bool,
    },
    /// Bring the database schema up to date and stop.
    Migrate,
}

/// Runs the command of the process's arguments; 0 is success, 2 means it could not run.
#[must_use]
pub fn run() -> ExitCode {
    crate::infra::crypto::memory::lock_down();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let result = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve { welcome: false }) {
            Command::Serve { welcome } => serve::serve(welcome).await,
            Command::Migrate => serve::migrate().await,
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&*error),
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("spectr: {error}");
    ExitCode::from(2)
}
