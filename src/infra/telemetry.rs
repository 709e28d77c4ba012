//! Structured logs without personal data: JSON lines when standard error is not a terminal.
//!
//! Nothing logs a request body, a query string, a header value, an address of a person or a cause
//! that may quote one.

use super::log_tail::Tee;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Upper bounds of the histograms, in seconds: from a page to a long answer.
const BUCKETS: [f64; 17] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0,
];

/// The collected metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins collecting; before that, recording a metric does nothing.
    ///
    /// # Errors
    /// When collecting was begun before.
    pub fn start() -> Result<Self, BuildError> {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS)?;
        builder.install_recorder().map(Self)
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

/// Starts logging by the filter of `SPECTR_LOG`, which the configuration has checked.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::stderr().is_terminal();
    let plain = terminal.then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(Tee::default)
            .with_target(false)
    });
    let json = (!terminal).then(|| tracing_subscriber::fmt::layer().json().with_writer(Tee::default));
    // A second start (tests) keeps the first subscriber.
    if tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(is_harmless))
        .with(plain)
        .with(json)
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was started before");
    }
}

/// Libraries log what they handle below INFO: headers, hosts, statements. Whatever `SPECTR_LOG`
/// says, only our own lines may be that chatty.
fn is_harmless(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::INFO || line.target().starts_with("spectr")
}
