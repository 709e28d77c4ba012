//! Work that happens by itself: purges and other upkeep, leased so that several servers may run it.
//!
//! A job is a name, an interval and a function; features list theirs in one table. Each runs once
//! at the start and then on schedule. It must be idempotent: a lease that runs out (a killed
//! process) lets another process begin again, and only a run that came to its end is marked done.
//! A job that deletes rests after the wall clock jumped: see [`guard`].
//!
//! ```text
//! due ──lease──► running ──done──► heartbeat (last_ok_at, affected)
//!                  │ └──failed, panicked, stopped──► released, due again at the next look
//!                  └──killed──► lease runs out after LEASE
//! ```

pub mod guard;
mod lease;

pub use lease::{Heartbeat, heartbeats};

use crate::domain::timestamp::{SECOND_MS, Timestamp};
use crate::infra::clock::Clock;
use crate::infra::db::{self, Db};
use futures::future::BoxFuture;
use guard::ClockGuard;
use lease::Lease;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often the schedule is looked at.
const LOOK: Duration = Duration::from_secs(10);
/// How often a running job's lease is renewed; well within [`lease::LEASE_MS`].
const RENEW: Duration = Duration::from_secs(10);
/// A job that failed is tried again after this, or at its interval if that is shorter.
const RETRY_MS: i64 = 60 * SECOND_MS;

/// What went wrong inside a job.
pub type JobError = Box<dyn std::error::Error + Send + Sync>;
/// A job's run: how many rows or things it touched.
pub type Work = BoxFuture<'static, Result<u64, JobError>>;

/// One row of the table of jobs. `C` is what the job works on.
#[derive(Debug)]
pub struct Job<C> {
    /// Stands in the heartbeat table, in logs and on the proof page. Never reused.
    pub name: &'static str,
    /// Milliseconds from one run to the next.
    pub every: i64,
    /// Whether a wrong clock could make it delete too much.
    pub is_destructive: bool,
    pub run: fn(C) -> Work,
}

/// How an attempt to run a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done {
        affected: u64,
    },
    Failed {
        why: String,
    },
    Panicked,
    /// Another process runs it right now.
    Leased,
    /// Broken off because the server stops.
    Stopped,
}

/// Runs the jobs of one table.
#[derive(Debug)]
pub struct Runner<C: 'static> {
    pub context: C,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub jobs: &'static [Job<C>],
}

/// A running schedule. Stop it before the databases close.
#[derive(Debug)]
pub struct Schedule {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Schedule {
    /// Breaks a running job off and waits until it is gone.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the schedule of jobs ended badly");
        }
    }
}

impl<C: Clone + Send + Sync + 'static> Runner<C> {
    /// Runs every job once, whether it is due or not.
    ///
    /// # Errors
    /// When the table of heartbeats cannot be used.
    pub async fn run_all(&self) -> db::Result<Vec<(&'static str, Outcome)>> {
        let mut outcomes = Vec::new();
        for job in self.jobs {
            outcomes.push((job.name, self.run(job, &CancellationToken::new()).await?));
        }
        Ok(outcomes)
    }

    /// Starts the schedule: everything now, then each when it is due.
    #[must_use]
    pub fn start(self) -> Schedule {
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let stop = stop.clone();
            async move { self.serve(&stop).await }
        });
        Schedule { stop, task }
    }

    async fn serve(&self, stop: &CancellationToken) {
        let mut guard = ClockGuard::new(self.clock.now(), guard::uptime());
        let mut is_first = true;
        loop {
            let paused = !guard.is_steady(self.clock.now(), guard::uptime());
            match self.due(is_first).await {
                Ok(due) => {
                    for job in due {
                        if stop.is_cancelled() {
                            return;
                        }
                        if paused && job.is_destructive {
                            continue;
                        }
                        if let Err(error) = self.run(job, stop).await {
                            tracing::warn!(job = job.name, %error, "the job could not be leased");
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "the jobs' heartbeats cannot be read"),
            }
            if paused {
                self.look_for_confirmation(&mut guard).await;
            }
            is_first = false;
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Jobs whose time has come; at the start all of them.
    async fn due(&self, is_first: bool) -> db::Result<Vec<&'static Job<C>>> {
        if is_first {
            return Ok(self.jobs.iter().collect());
        }
        let now = self.clock.now();
        let beats = heartbeats(&mut self.db.acquire().await?).await?;
        let is_due = |job: &&Job<C>| {
            let beat = beats.iter().find(|beat| beat.name == job.name);
            beat.is_none_or(|beat| beat.is_due(now, job.every))
        };
        Ok(self.jobs.iter().filter(is_due).collect())
    }

    /// A deleting job that another process (`spectr jobs run`) brought to its end after the jump
    /// means that the operator looked at the clock and found it right.
    async fn look_for_confirmation(&self, guard: &mut ClockGuard) {
        let Ok(mut conn) = self.db.acquire().await else { return };
        let Ok(beats) = heartbeats(&mut conn).await else { return };
        let names = self.jobs.iter().filter(|job| job.is_destructive).map(|job| job.name);
        let last = names
            .filter_map(|name| beats.iter().find(|beat| beat.name == name)?.last_ok_at)
            .max();
        if guard.confirm(last, self.clock.now(), guard::uptime()) {
            tracing::info!("the clock was confirmed: jobs that delete run again");
        }
    }

    /// Leases and runs one job.
    async fn run(&self, job: &Job<C>, stop: &CancellationToken) -> db::Result<Outcome> {
        let Some(mut lease) = Lease::take(&self.db, job.name, self.clock.now()).await? else {
            return Ok(Outcome::Leased);
        };
        // A task of its own, so that a panic ends the job and not the schedule.
        let mut task = tokio::spawn((job.run)(self.context.clone()));
        let ended = loop {
            tokio::select! {
                ended = &mut task => break Some(ended),
                () = tokio::time::sleep(RENEW) => {
                    if let Err(error) = lease.renew(&self.db, self.clock.now()).await {
                        tracing::warn!(job = job.name, %error, "the lease could not be renewed");
                    }
                }
                () = stop.cancelled() => {
                    task.abort();
                    break None;
                }
            }
        };
        let outcome = match ended {
            Some(Ok(Ok(affected))) => Outcome::Done { affected },
            Some(Ok(Err(error))) => Outcome::Failed { why: error.to_string() },
            Some(Err(_)) => Outcome::Panicked,
            None => {
                // Wait until it is really gone: nothing may be written after the databases close.
                drop(task.await);
                Outcome::Stopped
            }
        };
        self.settle(job, lease, &outcome).await?;
        Ok(outcome)
    }

    async fn settle(&self, job: &Job<C>, lease: Lease, outcome: &Outcome) -> db::Result<()> {
        let now = self.clock.now();
        match outcome {
            Outcome::Done { affected } => {
                tracing::info!(job = job.name, affected, "job done");
                lease.done(&self.db, now, *affected).await
            }
            Outcome::Failed { why } => {
                tracing::warn!(job = job.name, why, "job failed");
                lease.release(&self.db, retry_from(now, job.every)).await
            }
            Outcome::Panicked => {
                tracing::error!(job = job.name, "job panicked");
                lease.release(&self.db, retry_from(now, job.every)).await
            }
            Outcome::Leased | Outcome::Stopped => lease.release(&self.db, retry_from(now, job.every)).await,
        }
    }
}

/// The time of the last run that makes a job due again after [`RETRY_MS`].
const fn retry_from(now: Timestamp, every: i64) -> Timestamp {
    now.minus(if every > RETRY_MS { every - RETRY_MS } else { 0 })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
