//! What a call costs: a dated price table in integers, unknown prices stay unknown.

use crate::domain::chat::Tokens;
use crate::domain::providers::Provider;
use serde::{Deserialize, Serialize};

/// Prices of one model in micro-USD per million tokens (`$3.00` is `3_000_000`), the finest unit
/// in which vendors state them; costs are whole nano-USD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub input: u64,
    pub output: u64,
    pub cached_read: u64,
    /// Written to a cache of five minutes.
    pub cache_write: u64,
    /// Written to a cache of one hour.
    pub cache_write_hour: u64,
}

impl Price {
    /// Cost in nano-USD, rounded half up.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens) -> i64 {
        let read = tokens.cached_read.min(tokens.input);
        let write = tokens.cached_write.min(tokens.input - read);
        let hour = tokens.cached_write_hour.min(write);
        let micro: u128 = [
            (tokens.input - read - write, self.input),
            (read, self.cached_read),
            (write - hour, self.cache_write),
            (hour, self.cache_write_hour),
            (tokens.output, self.output),
        ]
        .into_iter()
        .map(|(count, rate)| u128::from(count) * u128::from(rate))
        .sum();
        i64::try_from((micro + 500) / 1000).unwrap_or(i64::MAX)
    }
}

/// The price of a model; `None` where it is not known.
#[must_use]
pub fn price(provider: Provider, _model: &str) -> Option<Price> {
    match provider {
        Provider::Spectr => Some(Price {
            input: 0,
            output: 0,
            cached_read: 0,
            cache_write: 0,
            cache_write_hour: 0,
        }),
        _ => None,
    }
}
