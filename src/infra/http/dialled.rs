//! Which hosts this process has dialled: what the proof page compares with the published list.
//!
//! Of addresses that people gave only the number is kept: they are theirs.

use super::Target;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// Since the process began.
#[derive(Debug, Default)]
pub struct Dialled {
    operator: Mutex<BTreeSet<String>>,
    user: AtomicU64,
}

impl Dialled {
    pub(super) fn note(&self, target: &Target) {
        match target {
            Target::Own(_) => {}
            Target::User(_) => drop(self.user.fetch_add(1, Ordering::Relaxed)),
            Target::Operator(url) => {
                let mut hosts = self.operator();
                let host = host(url);
                if !hosts.contains(&host) {
                    hosts.insert(host);
                }
            }
        }
    }

    fn operator(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.operator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hosts (with the port where the address names one) that the operator's configuration led to.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        self.operator().iter().cloned().collect()
    }

    /// How many requests went to addresses that people gave.
    #[must_use]
    pub fn of_users(&self) -> u64 {
        self.user.load(Ordering::Relaxed)
    }
}

/// Host and, where the address names one, port.
#[must_use]
pub fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_hosts_are_named_and_a_users_are_counted() {
        let dialled = Dialled::default();
        let url = |text| Url::parse(text).unwrap();
        dialled.note(&Target::Operator(url("https://api.example/v1")));
        dialled.note(&Target::Operator(url("https://api.example/v2")));
        dialled.note(&Target::Operator(url("http://127.0.0.1:9/v1")));
        dialled.note(&Target::User(url("https://private.example")));
        assert_eq!(dialled.hosts(), ["127.0.0.1:9", "api.example"]);
        assert_eq!(dialled.of_users(), 1);
    }
}
