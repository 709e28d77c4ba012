//! The streaming engine: the one way on which a conversation reaches a provider.
//!
//! ```text
//! door → open: check, slot and rate, credential, hold ──▶ upstream::send ──▶ peek ──▶ EngineStream
//!                                                                                      │ poll
//!        ledger (one row, group commit) ◀── Call::settle, exactly once ◀── end, error, drop
//! ```
//!
//! Invariants: no content is stored or logged; nothing is written to the disk before the first token;
//! a call is paid by the credential it was opened with and never falls back to another; slots and
//! holds are given back on every path; whoever drops an [`EngineStream`] drops the connection to the
//! provider with it; after the first output nothing is retried, and a stream that breaks says so.
//!
//! Why a stream is polled by its reader and is no task of its own: a slow reader then slows the
//! provider down instead of filling memory, Stop is a drop, and a chunk crosses no extra thread. A
//! reader that stops polling altogether is found by the sweep.

mod budget;
mod call;
mod credential;
mod ledger;
mod limits;
mod live;
mod measure;
mod service;
mod stream;
mod timing;
mod upstream;

pub use credential::Echo;
pub use service::{open, open_echo};
pub use stream::{About, EngineStream};
pub use timing::Timing;

use crate::domain::ids::UserId;
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use budget::Book;
use ledger::Ledger;
use limits::Limits;
use live::Registry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long answers may go on after the signal to stop; the server waits a second longer.
const DRAIN: Duration = Duration::from_secs(24);
/// How long the last rows may take to be written.
const LAST_ROWS: Duration = Duration::from_secs(10);

/// The engine's part of [`App`].
#[derive(Debug)]
pub struct Engine {
    timing: RwLock<Timing>,
    limits: Limits,
    book: Arc<Book>,
    ledger: OnceLock<Ledger>,
    live: Registry,
    is_draining: AtomicBool,
    /// Cancelled when running answers may no longer go on.
    cutoff: CancellationToken,
}

impl Engine {
    #[must_use]
    pub fn new(timing: Timing) -> Self {
        Self::with_limits(
            timing,
            crate::domain::limits::STREAMS_PER_USER,
            crate::domain::limits::REQUESTS_PER_MINUTE,
        )
    }

    /// An engine with limits of its own, for tests and benchmarks.
    #[must_use]
    pub fn with_limits(timing: Timing, streams_per_user: u32, requests_per_minute: u32) -> Self {
        Self {
            timing: RwLock::new(timing),
            limits: Limits::new(streams_per_user, requests_per_minute),
            book: Arc::default(),
            ledger: OnceLock::new(),
            live: Registry::default(),
            is_draining: AtomicBool::new(false),
            cutoff: CancellationToken::new(),
        }
    }

    /// The durations that hold for calls opened from now on.
    #[must_use]
    pub fn timing(&self) -> Timing {
        *self.timing.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces them; tests do not want to wait for minutes.
    pub fn set_timing(&self, timing: Timing) {
        *self.timing.write().unwrap_or_else(PoisonError::into_inner) = timing;
    }

    /// How many answers stream right now.
    #[must_use]
    pub fn running(&self) -> usize {
        self.live.len()
    }

    /// How many settled calls wait to be written.
    #[must_use]
    pub fn unwritten(&self) -> usize {
        self.ledger.get().map_or(0, Ledger::waiting)
    }

    /// Starts what runs beside the calls, with the first of them.
    fn start(&self, app: &App) {
        self.ledger(app);
    }

    /// The writer of rows.
    fn ledger(&self, app: &App) -> Ledger {
        let start = || {
            tokio::spawn(live::sweep(app.clone()));
            Ledger::start(app.clone())
        };
        self.ledger.get_or_init(start).clone()
    }
}

/// The server is about to stop: new calls are refused, running ones may end within [`DRAIN`].
pub fn drain(app: &App) {
    app.engine.is_draining.store(true, Ordering::SeqCst);
    let app = app.clone();
    tokio::spawn(async move {
        tokio::time::sleep(DRAIN).await;
        cut(&app);
    });
}

/// Ends what still runs, with an error event, and waits until every row is written.
pub async fn close(app: &App) {
    app.engine.is_draining.store(true, Ordering::SeqCst);
    cut(app);
    app.background.close();
    let last_rows = async {
        app.background.wait().await;
        flush(app).await;
    };
    if tokio::time::timeout(LAST_ROWS, last_rows).await.is_err() {
        tracing::error!("some calls were not written: the database did not take them in time");
    }
}

fn cut(app: &App) {
    app.engine.cutoff.cancel();
    app.engine.live.fail_all(&stopping());
}

/// Ends every stream of a person in this process, with an error event that says why.
/// Streams that are just being opened end too. Answers how many ran.
pub fn stop_all_of(app: &App, user: UserId, why: Code) -> usize {
    app.engine.limits.stop(user, why);
    app.engine.live.fail_of(user, &why.into())
}

fn stopping() -> Problem {
    Problem::new(Code::Busy)
        .detail("It is being restarted.")
        .retry_after(10)
}

/// Waits until every call that has ended is written. For tests and for readers that must see them.
pub async fn flush(app: &App) {
    if let Some(ledger) = app.engine.ledger.get() {
        ledger.flush().await;
    }
}
