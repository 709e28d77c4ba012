//! The command line: puts the parts together and runs them.

mod admin;
mod analyze;
mod backup;
mod doctor;
mod jobs;
mod keys;
mod serve;
mod verify_export;
mod welcome;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

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
    /// The work that happens by itself.
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// The master keys and what they wrap.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Back up the database, and the keystore apart from it; the server may run.
    Backup {
        /// A folder, which gets a file with the time in its name, or a file.
        target: PathBuf,
        /// Where the one copy of the keystore goes instead of beside the backup.
        #[arg(long, value_name = "FILE")]
        keystore: Option<PathBuf>,
    },
    /// Put a backup in the place of the database, and erase again who was erased since.
    Restore {
        /// A backup, or a folder whose newest one is taken.
        source: PathBuf,
        /// Where the copy of the keystore lies instead of beside the backup.
        #[arg(long, value_name = "FILE")]
        keystore: Option<PathBuf>,
        /// Replace a database that holds accounts.
        #[arg(long)]
        force: bool,
    },
    /// Check an export without a network: every hash, every number of rows, the signature.
    VerifyExport {
        /// The ZIP.
        file: std::path::PathBuf,
        /// The key that must have signed it: hexadecimal, base64, PEM, or a file with one of these or a server's
        /// spectr-keys.json.
        #[arg(long)]
        key: Option<String>,
    },
    /// What an operator does about people's rights.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Read test reports of any tool and say which few causes the failures have. Needs no server.
    Analyze(analyze::Question),
    /// Look at everything the server needs and say what to mend; changes nothing.
    Doctor,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// Run every job once and print what it did.
    Run,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Open every wrapped key with the master keys.
    Check,
    /// Put everything under the first master key; makes a new one when it is there already.
    Rotate {
        /// Instead remove the master keys that nothing needs any more.
        #[arg(long)]
        retire: bool,
    },
}

/// How long threads may finish what they write when the command has ended.
const LAST_WORK: Duration = Duration::from_secs(1);

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the command of the process's arguments; 0 is success, 2 means it could not run.
#[must_use]
pub fn run() -> ExitCode {
    crate::infra::crypto::memory::lock_down();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let done = |()| ExitCode::SUCCESS;
    let result = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve { welcome: false }) {
            Command::Serve { welcome } => serve::serve(welcome).await,
            Command::Migrate => serve::migrate().await.map(done),
            Command::Jobs(JobsCommand::Run) => jobs::run().await,
            Command::Keys(KeysCommand::Check) => keys::check().await.map(done),
            Command::Keys(KeysCommand::Rotate { retire }) => keys::rotate(retire).await.map(done),
            Command::Backup { target, keystore } => backup::backup(&target, keystore).await.map(done),
            Command::Restore {
                source,
                keystore,
                force,
            } => {
                let asked = backup::Restore {
                    source,
                    keystore_copy: keystore,
                    force,
                };
                backup::restore(asked).await.map(done)
            }
            Command::VerifyExport { file, key } => verify_export::run(&file, key.as_deref()),
            Command::Admin(command) => admin::run(command).await,
            Command::Analyze(question) => analyze::run(question).await,
            Command::Doctor => doctor::run().await,
        }
    });
    // An interrupted server leaves work behind that nobody waits for.
    runtime.shutdown_timeout(LAST_WORK);
    result.unwrap_or_else(|error| fail(&*error))
}

/// One line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "the command line speaks to a person")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("spectr: {error}");
    ExitCode::from(2)
}
