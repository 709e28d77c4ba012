//! `spectr analyze REPORT…`: reads test reports of any tool and says which few causes the failures have.
//!
//! Works on this machine only: needs no server, no settings, no network. The document is printed even
//! when nothing could be read; the exit code then is 2.

mod files;

use super::Result;
use crate::domain::reports::analysis::Analysis;
use crate::domain::reports::explain::prompt;
use crate::domain::reports::model::Report;
use crate::domain::reports::show;
use clap::{Args, ValueEnum};
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// What `spectr analyze` is asked.
#[derive(Debug, Args)]
pub struct Question {
    /// Reports, folders, archives, patterns such as `build/**/TEST-*.xml`, or `-` for standard input.
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<String>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Md)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Reports of an earlier run: says what is new, fixed and still failing. May be given several times.
    #[arg(long, value_name = "REPORT")]
    against: Vec<String>,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown, for people and pull requests.
    Md,
    /// One document for programs.
    Json,
    /// A page of its own.
    Html,
    /// JUnit XML, each failure with the id of its cause.
    Junit,
    /// What a language model would be told of each cause, redacted: nothing is sent.
    Prompt,
}

/// Reads, groups and prints; 0 when anything could be read, else 2.
pub async fn run(question: Question) -> Result<ExitCode> {
    // Reading and grouping may take seconds of processor time: not on the runtime's own threads.
    let (text, is_readable) = tokio::task::spawn_blocking(move || answer(&question)).await??;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // `spectr analyze … | head` may close early.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    Ok(if is_readable {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    })
}

fn answer(question: &Question) -> std::result::Result<(String, bool), serde_json::Error> {
    let before = (!question.against.is_empty()).then(|| files::read(&question.against));
    let analysis = Analysis::of(files::read(&question.reports), before.as_deref());
    let format = if question.json { Format::Json } else { question.format };
    let text = match format {
        Format::Md => show::markdown(&analysis),
        Format::Json => show::json(&analysis)? + "\n",
        Format::Html => show::html(&analysis),
        Format::Junit => show::junit(&analysis),
        Format::Prompt => {
            let reports: Vec<&Report> = analysis.reports.iter().collect();
            let texts: Vec<String> = analysis
                .clusters
                .iter()
                .map(|cluster| prompt(cluster, &reports))
                .collect();
            texts.join("\n---\n\n") + "\n"
        }
    };
    Ok((text, analysis.is_readable()))
}
