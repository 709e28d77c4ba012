//! Exports that are being built right now, in this process: at most one per person, a few per server.

use crate::domain::ids::{ExportId, UserId};
use crate::infra::spool::Reader;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

/// Bundles that are built at once; each keeps a database connection and a thread busy.
const AT_ONCE: usize = 4;

/// How far a bundle is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the bundle that can be read already.
    pub readable: u64,
    pub end: Option<End>,
}

/// How building ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything is there.
    Complete,
    /// Failed, was called off, or the server stops.
    Failed,
}

/// One bundle that is being built.
#[derive(Debug)]
pub struct Building {
    pub id: ExportId,
    pub progress: watch::Receiver<Progress>,
    /// Reads what was written so far.
    pub reader: Arc<Reader>,
    pub cancel: CancellationToken,
}

/// The exports of this process; a part of `App`.
#[derive(Debug)]
pub struct Exports {
    building: Mutex<HashMap<UserId, Arc<Building>>>,
    pub(super) slots: Arc<Semaphore>,
    /// Held while a person's export is looked up or begun, so that two requests begin one.
    pub(super) begin: tokio::sync::Mutex<()>,
}

impl Default for Exports {
    fn default() -> Self {
        Self {
            building: Mutex::default(),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            begin: tokio::sync::Mutex::default(),
        }
    }
}

impl Exports {
    /// The bundle that is being built for this person.
    #[must_use]
    pub fn building(&self, user: UserId) -> Option<Arc<Building>> {
        self.lock().get(&user).cloned()
    }

    pub(super) fn insert(&self, user: UserId, building: Arc<Building>) {
        self.lock().insert(user, building);
    }

    pub(super) fn remove(&self, user: UserId, id: ExportId) {
        let mut all = self.lock();
        if all.get(&user).is_some_and(|building| building.id == id) {
            all.remove(&user);
        }
    }

    /// Calls off every bundle: the server stops.
    pub fn cancel_all(&self) {
        for building in self.lock().values() {
            building.cancel.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Arc<Building>>> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Building {
    /// Waits until there is something to read; whether there is, rather than a failure.
    pub async fn has_begun(&self) -> bool {
        let mut progress = self.progress.clone();
        let begun = progress
            .wait_for(|progress| progress.readable > 0 || progress.end.is_some())
            .await;
        begun.is_ok_and(|progress| progress.end != Some(End::Failed))
    }

    /// Waits until building has ended, whichever way.
    pub async fn ended(&self) -> End {
        let mut progress = self.progress.clone();
        match progress.wait_for(|progress| progress.end.is_some()).await {
            Ok(progress) => progress.end.unwrap_or(End::Failed),
            Err(_) => End::Failed,
        }
    }
}
