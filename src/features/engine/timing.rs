//! How long each phase of a call may take.

use std::time::Duration;

/// The durations of a call. One of each kind of silence, each with a problem of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From the request to the provider's first byte (`first_byte_timeout`). The time to connect is
    /// the HTTP client's own (`connect_timeout`).
    pub first_byte: Duration,
    /// Between two pieces of an answer (`stalled`). A reader that is slow does not count.
    pub stall: Duration,
    /// The whole call (`total_timeout`).
    pub total: Duration,
    /// How long the response head waits for the first output once the provider has accepted.
    pub peek: Duration,
    /// How long the last event waits for the row to be on the disk.
    pub settle: Duration,
    /// How long a reader may take nothing while there is something to take.
    pub unread: Duration,
    /// Silence towards the reader after which a comment keeps proxies from closing the connection.
    /// It does not count as a sign of life of the provider.
    pub heartbeat: Duration,
    /// How often running streams are looked over.
    pub sweep: Duration,
}

impl Timing {
    /// What the server runs with.
    pub const STANDARD: Self = Self {
        first_byte: Duration::from_secs(90),
        stall: Duration::from_secs(60),
        total: Duration::from_secs(20 * 60),
        peek: Duration::from_millis(50),
        settle: Duration::from_secs(1),
        unread: Duration::from_secs(120),
        heartbeat: Duration::from_secs(12),
        sweep: Duration::from_secs(5),
    };

    /// Longer than any call lives: what is older was left behind by a crash.
    #[must_use]
    pub fn longest_call(&self) -> Duration {
        self.total + self.first_byte + self.unread + Duration::from_secs(60)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::STANDARD
    }
}
