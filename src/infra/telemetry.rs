//! Structured logs without personal data: JSON lines when standard error is not a terminal.
//!
//! Nothing logs a request body, a query string, a header value, an address of a person or a cause
//! that may quote one.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging by the filter of `SPECTR_LOG`; a filter that cannot be read falls back to `info`.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::stderr().is_terminal();
    let plain = terminal.then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_target(false)
    });
    let json = (!terminal).then(|| tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr));
    // A second start (tests) keeps the first subscriber.
    if tracing_subscriber::registry()
        .with(filter)
        .with(plain)
        .with(json)
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was started before");
    }
}
