//! The proof: every promise of the policy, looked at in this very system while it runs.
//!
//! ```text
//! clauses (domain) ── probe ──▶ database, files, own listener, dialled hosts, inventory ──▶ Finding
//! ```
//!
//! A probe reads what is there and never what was meant: a row that is too old, a hash that is too
//! cheap or a column that nobody listed turns its promise red. What is shown to everybody holds ages,
//! counts and formats, nothing of a person. Findings are kept for some seconds, so that the page
//! cannot be used to load the server.

mod ages;
mod answers;
pub mod canary;
mod database;
mod doors;
mod own;
mod schema;
mod values;

pub use own::{Own, own};

use crate::domain::privacy::clauses::{CLAUSES, Clause, Probe};
use crate::domain::timestamp::{SECOND_MS, Timestamp};
use crate::features::App;
use crate::infra::db;
use crate::infra::jobs::{Heartbeat, heartbeats};
use answers::Answers;
use schema::Live;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The commit that this server was built from; `unknown` where no checkout was at hand.
pub const COMMIT: &str = env!("SPECTR_BUILD_COMMIT");
/// How long findings are shown again before the system is looked at anew.
const FRESH_MS: i64 = 10 * SECOND_MS;

/// How long another page waits for the proof.
const GLANCE: Duration = Duration::from_millis(1_500);

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Kept,
    Broken,
    /// It could not be looked at.
    Unread,
}

impl Standing {
    /// The word in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Unread => "unread",
        }
    }
}

/// What a probe saw, in a few words without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub standing: Standing,
    pub value: String,
}

impl Finding {
    fn kept(value: impl Into<String>) -> Self {
        Self::judge(true, value)
    }

    fn judge(is_kept: bool, value: impl Into<String>) -> Self {
        Self {
            standing: if is_kept { Standing::Kept } else { Standing::Broken },
            value: value.into(),
        }
    }

    fn unread(why: &str) -> Self {
        Self {
            standing: Standing::Unread,
            value: why.to_owned(),
        }
    }
}

/// A promise and what was found.
#[derive(Clone, Debug)]
pub struct Entry {
    pub clause: &'static Clause,
    pub finding: Finding,
    /// When this process first found it broken.
    pub broken_since: Option<Timestamp>,
    /// The last run of the job that keeps it.
    pub job: Option<Heartbeat>,
}

/// All promises at one moment.
#[derive(Clone, Debug)]
pub struct Report {
    pub at: Timestamp,
    pub entries: Vec<Entry>,
}

impl Report {
    /// The entry of a clause.
    #[must_use]
    pub fn entry(&self, number: u8) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.clause.number == number)
    }

    /// How many promises stand so.
    #[must_use]
    pub fn count(&self, standing: Standing) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.finding.standing == standing)
            .count()
    }
}

/// The proof's part of [`App`].
#[derive(Debug, Default)]
pub struct Proofs {
    latest: tokio::sync::Mutex<Option<Arc<Report>>>,
    pub(super) canaries: canary::Canaries,
}

/// Looks at every promise, or answers what was found a moment ago. One look at a time: who comes
/// meanwhile waits for it.
pub async fn report(app: &App) -> Arc<Report> {
    let mut latest = app.proofs.latest.lock().await;
    let now = app.clock.now();
    if let Some(report) = latest.as_ref()
        && (0..FRESH_MS).contains(&(now.0 - report.at.0))
    {
        return Arc::clone(report);
    }
    let report = Arc::new(look(app, now, latest.as_deref()).await);
    *latest = Some(Arc::clone(&report));
    report
}

/// As [`report`], for pages that have something else to say: none where looking takes too long.
pub async fn glance(app: &App) -> Option<Arc<Report>> {
    tokio::time::timeout(GLANCE, report(app)).await.ok()
}

/// What several probes read from.
struct Sight<'a> {
    app: &'a App,
    now: Timestamp,
    live: db::Result<Live>,
    answers: Answers,
}

async fn look(app: &App, now: Timestamp, before: Option<&Report>) -> Report {
    let (live, answers, beats) = tokio::join!(Live::read(app), Answers::ask(app), jobs(app));
    let sight = Sight {
        app,
        now,
        live,
        answers,
    };
    let since: HashMap<u8, Timestamp> = before
        .into_iter()
        .flat_map(|report| &report.entries)
        .filter_map(|entry| Some((entry.clause.number, entry.broken_since?)))
        .collect();
    let mut entries = Vec::with_capacity(CLAUSES.len());
    for clause in &CLAUSES {
        let finding = find(&sight, clause.probe).await;
        let is_broken = finding.standing == Standing::Broken;
        entries.push(Entry {
            clause,
            broken_since: is_broken.then(|| since.get(&clause.number).copied().unwrap_or(now)),
            job: clause
                .job
                .and_then(|name| beats.iter().find(|beat| beat.name == name).cloned()),
            finding,
        });
    }
    Report { at: now, entries }
}

async fn jobs(app: &App) -> Vec<Heartbeat> {
    let read = async { heartbeats(&mut app.db.acquire().await?).await };
    read.await.unwrap_or_default()
}

async fn find(sight: &Sight<'_>, probe: Probe) -> Finding {
    let found = match probe {
        Probe::OneCookie | Probe::ForeignHosts | Probe::Headers | Probe::WithoutCookies => {
            Ok(answers::find(sight, probe))
        }
        Probe::DeletionDoors => doors::find(sight.app).await,
        Probe::AccountColumns | Probe::Purposes | Probe::CardNumbers | Probe::SavedContent => {
            schema::find(sight, probe)
        }
        Probe::Region | Probe::DialledHosts | Probe::Authorities | Probe::SigningSecret => {
            Ok(values::find(sight, probe))
        }
        Probe::DatabaseAccess => values::database_access(sight).await,
        Probe::KeySeals | Probe::SealedColumns => schema::seals(sight, probe).await,
        _ => database::find(sight, probe).await,
    };
    found.unwrap_or_else(|error| {
        tracing::warn!(?probe, %error, "a promise could not be looked at");
        Finding::unread("could not be read right now")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::jobs::JOBS;

    #[test]
    fn every_job_that_a_promise_names_exists() {
        for clause in &CLAUSES {
            if let Some(name) = clause.job {
                assert!(JOBS.iter().any(|job| job.name == name), "{name}");
            }
        }
    }
}
