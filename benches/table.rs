//! The table that a run prints; `benches/README.md` keeps one.

use super::measure::{Crowd, Spread};

pub struct Results {
    /// Direct, bare, parsing, ours.
    pub names: Vec<&'static str>,
    pub first: Vec<Spread>,
    pub lag: Vec<Spread>,
    /// Without direct.
    pub cpu: Vec<f64>,
    pub held: Vec<f64>,
    pub crowd: Crowd,
    pub stops: Vec<(&'static str, usize, Spread)>,
    pub memory: Vec<f64>,
    pub dashboard: Spread,
    pub wasm: Option<u64>,
}

/// Compressed size of the code of all islands, where it was built.
pub fn wasm_size() -> Option<u64> {
    let files = std::fs::read_dir("target/site/pkg").ok()?.filter_map(Result::ok);
    let packed = files.filter(|file| file.file_name().to_string_lossy().ends_with(".wasm.br"));
    packed
        .filter_map(|file| file.metadata().ok().map(|facts| facts.len()))
        .max()
}

fn ms(nanos: f64) -> String {
    format!("{:.3} ms", nanos / 1e6)
}

fn row(what: &str, value: &str, bar: &str, holds: Option<bool>) {
    let verdict = match holds {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "",
    };
    println!("| {what} | {value} | {bar} | {verdict} |");
}

pub fn print(results: &Results) {
    println!("| what | measured | bar | holds |\n|---|---|---|---|");
    first_token(results);
    let (bare, ours) = (&results.lag[1], &results.lag[3]);
    for (name, lag) in results.names.iter().zip(&results.lag) {
        row(
            &format!("chunk lag, {name}: p50, p99"),
            &format!("{}, {}", ms(lag.p50), ms(lag.p99)),
            "",
            None,
        );
    }
    let ratio = ours.p50 / bare.p50;
    row(
        "chunk lag against bare, p50",
        &format!("{ratio:.2} ×"),
        "≤ 1.2 ×",
        Some(ratio <= 1.2),
    );
    for (name, cpu) in results.names[1..].iter().zip(&results.cpu) {
        row(
            &format!("CPU of 1,000 streams × 50 chunks, {name}"),
            &format!("{cpu:.2} s"),
            "",
            None,
        );
    }
    let ratio = results.cpu[2] / results.cpu[1];
    row(
        "CPU against the parsing proxy",
        &format!("{ratio:.2} ×"),
        "≤ 1.5 ×",
        Some(ratio <= 1.5),
    );
    for (name, held) in results.names[1..].iter().zip(&results.held) {
        row(
            &format!("memory of a held stream, {name}"),
            &format!("{:.1} KB", held / 1e3),
            "",
            None,
        );
    }
    let held = results.held[2] / 1e3;
    row(
        "memory of a held stream",
        &format!("{held:.1} KB"),
        "≤ 40 KB",
        Some(held <= 40.0),
    );
    the_rest(results);
}

fn first_token(results: &Results) {
    let direct = &results.first[0];
    for (name, first) in results.names.iter().zip(&results.first) {
        let value = format!("{}, {}", ms(first.p50), ms(first.p99));
        row(&format!("time to first token, {name}: p50, p99"), &value, "", None);
    }
    for (name, first) in results.names[1..].iter().zip(&results.first[1..]) {
        let value = format!("{}, {}", ms(first.p50 - direct.p50), ms(first.p99 - direct.p99));
        row(&format!("added to the first token, {name}: p50, p99"), &value, "", None);
    }
    let (bare, ours) = (&results.first[1], &results.first[3]);
    let (p50, p99) = (ours.p50 - bare.p50, ours.p99 - bare.p99);
    row(
        "first token above bare, p50",
        &ms(p50),
        "≤ 0.150 ms",
        Some(p50 <= 150_000.0),
    );
    row(
        "first token above bare, p99",
        &ms(p99),
        "≤ 0.350 ms",
        Some(p99 <= 350_000.0),
    );
}

fn the_rest(results: &Results) {
    let crowd = &results.crowd;
    row(
        &format!(
            "512 streams × 64 × 20 ms, {} sign-ins beside them: frames",
            crowd.sign_ins
        ),
        &format!("{} of {}", crowd.received, crowd.expected),
        "all",
        Some(crowd.received == crowd.expected),
    );
    let value = format!("{}, {}, {}", ms(crowd.lag.p50), ms(crowd.lag.p99), ms(crowd.lag.most));
    row("their chunk lag: p50, p99, most", &value, "", None);
    for (phase, seen, times) in &results.stops {
        let value = format!("{seen} of 30, p50 {}, most {}", ms(times.p50), ms(times.most));
        let holds = *seen == 30 && times.most <= 5e6;
        row(
            &format!("Stop seen upstream, phase {phase}"),
            &value,
            "30 of 30, ≤ 5 ms",
            Some(holds),
        );
    }
    let memory: Vec<String> = results
        .memory
        .iter()
        .map(|bytes| format!("{:.1} MB", bytes / 1e6))
        .collect();
    let flat = results.memory[2] <= results.memory[0] * 1.05;
    row(
        "memory after 1,000, 2,000, 3,000 more streams",
        &memory.join(", "),
        "flat",
        Some(flat),
    );
    let dashboard = &results.dashboard;
    let value = format!("{}, {}", ms(dashboard.p50), ms(dashboard.p99));
    let holds = dashboard.p50 <= 5e6 && dashboard.p99 <= 20e6;
    row(
        "dashboard, 10,000 rows, 50 a second: p50, p99",
        &value,
        "≤ 5 ms, ≤ 20 ms",
        Some(holds),
    );
    if let Some(bytes) = results.wasm {
        let kib = bytes as f64 / 1024.0;
        row(
            "browser code of islands, compressed; the first page has none",
            &format!("{kib:.0} KiB"),
            "≤ 250 KiB",
            Some(kib <= 250.0),
        );
    }
}
