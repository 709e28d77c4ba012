//! [`App`]: everything a service needs, put together once by the command line. Cheap to clone.

use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::db::Db;
use std::ops::Deref;
use std::sync::Arc;

/// The running application.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
#[derive(Debug)]
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub keystore: Db,
    pub clock: Arc<dyn Clock>,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
