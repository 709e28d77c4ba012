//! All running streams, to be ended from outside: at shutdown, when an account closes, and when a
//! reader takes nothing any more. A stream that nobody polls runs no timer of its own.

use super::stream::Live;
use crate::domain::ids::{CallId, UserId};
use crate::domain::problem::Problem;
use crate::features::App;
use crate::infra::db::Db;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::time::Instant;

/// Sweeps between two looks at what is kept per person.
const SLOW_SWEEP: u32 = 12;

#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<HashMap<CallId, (UserId, Weak<Live>)>>);

impl Registry {
    fn streams(&self) -> MutexGuard<'_, HashMap<CallId, (UserId, Weak<Live>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn insert(&self, id: CallId, user: UserId, live: &Arc<Live>) {
        self.streams().insert(id, (user, Arc::downgrade(live)));
    }

    pub(super) fn remove(&self, id: CallId) {
        self.streams().remove(&id);
    }

    pub(super) fn len(&self) -> usize {
        self.streams().len()
    }

    /// Taken out of the lock first: ending a stream calls back into the registry.
    fn all(&self) -> Vec<Arc<Live>> {
        self.streams().values().filter_map(|(_, live)| live.upgrade()).collect()
    }

    /// Ends the streams of one person; answers how many there were.
    pub(super) fn fail_of(&self, user: UserId, problem: &Problem) -> usize {
        let streams: Vec<Arc<Live>> = self
            .streams()
            .values()
            .filter(|(owner, _)| *owner == user)
            .filter_map(|(_, live)| live.upgrade())
            .collect();
        for live in &streams {
            live.fail(problem.clone());
        }
        streams.len()
    }

    pub(super) fn fail_all(&self, problem: &Problem) {
        for live in self.all() {
            live.fail(problem.clone());
        }
    }
}

/// Looks over the running streams and what the engine keeps per person, until the process ends.
pub(super) async fn sweep(app: App) {
    let mut round = 0_u32;
    loop {
        if round.is_multiple_of(SLOW_SWEEP) {
            app.engine.limits.sweep();
            app.engine.book.sweep(app.clock.now());
            forget_stale_reservations(&app).await;
        }
        round = round.wrapping_add(1);
        tokio::time::sleep(app.engine.timing().sweep).await;
        let now = Instant::now();
        for live in app.engine.live.all() {
            live.end_unread(now);
        }
    }
}

async fn forget_stale_reservations(app: &App) {
    if matches!(app.db, Db::Sqlite { .. }) {
        return;
    }
    match super::budget::forget_stale(app).await {
        Ok(0) => {}
        Ok(rows) => tracing::info!(rows, "reservations of a crashed process were released"),
        Err(error) => tracing::warn!(%error, "stale reservations are still there"),
    }
}
