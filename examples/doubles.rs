//! Runs the doubles of the providers for browser tests: prints one `NAME=URL` line each (settings of
//! the server, and `DOUBLE_COMPATIBLE_BASE_URL`), then an empty line, and serves until it is ended.
//!
//! `doubles [FIRST_PORT]`: consecutive ports from FIRST_PORT, free ones without it. Keys that begin
//! with `double-key-` are accepted; models named `double-…` misbehave as their names say.

#[path = "../tests/support/doubles/mod.rs"]
#[expect(dead_code, reason = "the control handle is for tests in the same process")]
mod doubles;

use std::io::Write;

/// Ports of the providers, which come first.
const PROVIDERS: u16 = 6;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let first = std::env::args().nth(1).and_then(|port| port.parse().ok());
    let doubles = doubles::Doubles::start_at(first).await?;
    let mut out = std::io::stdout();
    let langsmith = doubles::langsmith::LangSmith::start_at(first.map(|first| first + PROVIDERS)).await?;
    writeln!(out, "SPECTR_LANGSMITH_BASE_URL={}", langsmith.url)?;
    for (name, url) in doubles.settings() {
        writeln!(out, "{name}={url}")?;
    }
    writeln!(out)?;
    out.flush()?;
    tokio::signal::ctrl_c().await
}
