//! `cargo xtask bench`: the bars, measured in one run against bare proxies of the same machine.
//!
//! ```text
//! client ──┬──────────────▶ upstream (paced, stamps every chunk)
//!          ├─▶ bare ───────▶
//!          ├─▶ parsing ────▶      each a process of its own, on loopback, with keep-alive
//!          └─▶ spectr ─────▶
//! ```
//!
//! This process is the client; it starts itself again in the other roles and the real server beside
//! them, measures, prints the table, and stops everything it started.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop with a loud noise, and speaks to a person"
)]

mod bare;
mod client;
mod erasure;
mod export;
mod measure;
mod people;
mod process;
mod purge;
mod table;
mod upstream;

use measure::Target;
use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "export", ..] => runtime.block_on(export::measure()),
        [_, "upstream"] => runtime.block_on(upstream::serve()),
        [_, "bare", upstream] => runtime.block_on(bare::serve(upstream, false)),
        [_, "parsing", upstream] => runtime.block_on(bare::serve(upstream, true)),
        // cargo itself adds `--bench`.
        [_, "purge", ..] => runtime.block_on(purge::measure()),
        [_, "erasure", ..] => runtime.block_on(erasure::measure()),
        _ => runtime.block_on(measure_all()),
    }
    ExitCode::SUCCESS
}

async fn measure_all() {
    eprintln!("starting the upstream, both proxies and the server …");
    let upstream = process::start_role(&["upstream"]);
    let folder = tempfile::tempdir().unwrap();
    let people = people::prepare(folder.path(), &upstream.address).await;
    let bare = process::start_role(&["bare", &upstream.address]);
    let parsing = process::start_role(&["parsing", &upstream.address]);
    let server = process::start_server(folder.path(), &upstream.address);
    let targets = [
        Target::plain("direct", &upstream),
        Target::plain("bare proxy", &bare),
        Target::plain("parsing proxy", &parsing),
        Target::spectr(&server, people),
    ];
    for target in &targets {
        measure::warm_up(target).await;
    }
    let ours = &targets[3];
    let held = measure::held(&targets[1..]).await;
    let first = measure::first_token(&targets).await;
    let lag = measure::lag(&targets).await;
    let cpu = measure::cpu(&targets[1..]).await;
    let crowd = measure::crowd(ours).await;
    let stops = measure::stops(ours, &upstream.address).await;
    let memory = measure::memory(ours).await;
    let dashboard = measure::dashboard(ours).await;
    table::print(&table::Results {
        names: targets.iter().map(|target| target.name).collect(),
        first,
        lag,
        cpu,
        held,
        crowd,
        stops,
        memory,
        dashboard,
        wasm: table::wasm_size(),
    });
}
