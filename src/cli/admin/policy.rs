//! `spectr admin policy …`: the versions of the privacy policy that were published, and publishing this one.

use super::sheet::Sheet;
use super::{Print, moment};
use crate::cli::{Result, say};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::privacy::policy::{self, Publish, Published};
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// What was published.
    List {
        #[command(flatten)]
        print: Print,
    },
    /// Publish the policy of this version of Spectr: one mail per account, a notice until it is acknowledged.
    Publish {
        /// From when it applies; a day ahead.
        #[arg(long, value_parser = moment)]
        effective: Option<Timestamp>,
        /// Nothing changes for anybody (a corrected comma): no mails, no notice.
        #[arg(long)]
        not_material: bool,
    },
}

pub(super) async fn run(app: &App, command: Command) -> Result<ExitCode> {
    match command {
        Command::List { print } => list(app, print).await?,
        Command::Publish {
            effective,
            not_material,
        } => {
            let publish = Publish {
                is_material: !not_material,
                effective_at: effective,
            };
            match policy::publish(app, publish).await? {
                Published::Done { publication, queued } => say(&format!(
                    "{} is published and applies from {}; {queued} mails were queued",
                    publication.version,
                    publication.effective_at.human()
                )),
                Published::TooSoon => {
                    return Err("a material change is announced before it applies: name a later day".into());
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, print: Print) -> Result {
    let rows = policy::list(app).await?.into_iter().map(|publication| {
        vec![
            json!(publication.version),
            json!(publication.sha256),
            json!(publication.is_material),
            json!(publication.published_at.rfc3339()),
            json!(publication.effective_at.rfc3339()),
            json!(publication.announced_at.map(Timestamp::rfc3339)),
        ]
    });
    let columns = ["version", "sha256", "material", "published", "effective", "announced"];
    Sheet::new(&columns, rows).print(print, "nothing is published yet");
    Ok(())
}
