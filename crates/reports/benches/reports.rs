//! `cargo bench -p spectr-reports`: how fast reports are read and failures grouped, and in how much memory.
//!
//! Makes its own input, the same each time, and prints a table. It reads no file and measures one run
//! after the other in this process; memory is the growth of what the system counts for it, so it is told
//! on Linux only.

#![expect(clippy::print_stdout, reason = "a benchmark speaks to a person")]

use spectr_reports::causes::cluster::cluster;
use spectr_reports::model::Report;
use spectr_reports::reader::Reader;
use spectr_reports::redact::redact;
use std::collections::HashSet;
use std::fmt::Write;
use std::time::Instant;

const MEGA: usize = 1_000_000;
/// A piece as the browser and the command hand it over.
const PIECE: usize = 64 << 10;

fn main() {
    println!("| what | measured | bar | holds |\n|---|---|---|---|");
    reading();
    repeated();
    grouping();
    redacting();
}

/// A small generator, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// JUnit XML of about so many bytes: one case of twenty fails with a trace, every name is its own.
fn junit(bytes: usize, one_fails_of: u64) -> String {
    let mut random = Random(1);
    let mut out = String::with_capacity(bytes + MEGA);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let mut number = 0_u64;
    while out.len() < bytes {
        let suite = number / 200;
        let _ = writeln!(
            out,
            "<testsuite name=\"shop.suite{suite}.Orders\" tests=\"200\" timestamp=\"2026-11-21T10:00:00\">"
        );
        for _ in 0..200 {
            number += 1;
            let millis = random.next(9000);
            let _ = write!(
                out,
                "  <testcase classname=\"shop.suite{suite}.OrdersTest\" name=\"order {number} is priced with a discount &amp; tax\" time=\"{}.{:03}\"",
                millis / 1000,
                millis % 1000
            );
            if number.is_multiple_of(one_fails_of) {
                out.push('>');
                failure(&mut out, &mut random);
                out.push_str("</testcase>\n");
            } else {
                out.push_str("/>\n");
            }
        }
        out.push_str("</testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// A failure of one of some hundred causes, with ids and times of its own.
fn failure(out: &mut String, random: &mut Random) {
    let (cause, id, line) = (random.next(300), random.next(1 << 30), random.next(900));
    let kind = match cause % 4 {
        0 => "AssertionError",
        1 => "IllegalStateException",
        2 => "TimeoutException",
        _ => "NullPointerException",
    };
    let _ = writeln!(
        out,
        "<failure type=\"shop.{kind}\" message=\"order {id} was refused: expected &lt;{}&gt; but was &lt;{cause}&gt;\"><![CDATA[shop.{kind}: order {id} was refused: expected <{}> but was <{cause}>",
        cause + 1,
        cause + 1
    );
    for depth in 0..6 {
        let _ = writeln!(
            out,
            "\tat shop.part{}.Service{cause}.step{depth}(Service{cause}.java:{})",
            cause % 9,
            cause + depth
        );
    }
    let _ = write!(
        out,
        "\tat shop.OrdersTest.checks{}(OrdersTest.java:{line})\n\tat java.base/java.lang.reflect.Method.invoke(Method.java:580)\n\tat org.junit.platform.Launcher.run(Launcher.java:12)\n]]></failure>",
        line % 50
    );
}

/// A word of letters only: digits would count as noise.
fn word(number: u64) -> String {
    let letter = |it: u64| char::from(b'a' + u8::try_from(it % 20).unwrap_or(0));
    format!("w{}{}{}", letter(number), letter(number / 20), letter(number / 7))
}

fn read(text: &str) -> Report {
    let mut reader = Reader::default();
    for piece in text.as_bytes().chunks(PIECE) {
        reader.feed(piece);
    }
    reader.finish("junit.xml".to_owned())
}

/// Bytes of all different texts of a report.
fn distinct(report: &Report) -> usize {
    let mut texts: HashSet<&str> = HashSet::new();
    for case in &report.cases {
        texts.extend([case.suite, case.class, case.name, case.file].map(|text| report.text(text)));
        for failure in report.failures(case) {
            texts.extend([failure.kind, failure.message, failure.stack, failure.output].map(|text| report.text(text)));
        }
    }
    texts.iter().map(|text| text.len()).sum()
}

/// A value of `/proc/self/status` in bytes; 0 where there is none.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    number.unwrap_or(0) * 1024
}

fn row(what: &str, measured: &str, bar: &str, holds: bool) {
    println!("| {what} | {measured} | {bar} | {} |", if holds { "yes" } else { "NO" });
}

/// The best of three, as the machine is not ours alone; with what the last one gave.
fn timed<T>(mut run: impl FnMut() -> T) -> (f64, Option<T>) {
    let mut best = f64::MAX;
    let mut last = None;
    for _ in 0..3 {
        drop(last.take());
        let start = Instant::now();
        last = Some(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    (best, last)
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a benchmark")]
fn reading() {
    let text = junit(100 * MEGA, 20);
    // Forgets the most that there was so far.
    let is_counted = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = memory("VmRSS:");
    let once = read(&text);
    let most = memory("VmHWM:").saturating_sub(before);
    let (cases, own) = (once.cases.len(), distinct(&once));
    drop(once);
    let (seconds, _) = timed(|| read(&text));
    row(
        &format!("100 MB of JUnit XML, {cases} cases, every name its own"),
        &format!("{seconds:.2} s"),
        "< 1 s",
        seconds < 1.0,
    );
    let times = most as f64 / own as f64;
    if is_counted {
        row(
            &format!("memory for it, of {} MB of different texts", own / MEGA),
            &format!("{times:.2} ×"),
            "< 3 ×",
            times < 3.0,
        );
    }
}

fn repeated() {
    let text = junit(100 * MEGA, 2);
    let (seconds, _) = timed(|| read(&text));
    row(
        "100 MB of JUnit XML, every second case fails with a trace",
        &format!("{seconds:.2} s"),
        "< 1 s",
        seconds < 1.0,
    );
}

fn grouping() {
    let text = junit(7 * MEGA, 1);
    let mut report = read(&text);
    report.cases.truncate(10_000);
    let (seconds, clusters) = timed(|| cluster(&[&report]));
    let found = clusters.map_or(0, |clusters| clusters.len());
    row(
        &format!("10,000 failures grouped, {found} causes"),
        &format!("{seconds:.2} s"),
        "< 1 s",
        seconds < 1.0,
    );

    // The worst case: nothing is exactly alike, one exception type.
    let mut out = String::from("<testsuite name=\"s\">");
    let mut random = Random(7);
    for number in 0..10_000 {
        let words: Vec<String> = (0..8).map(|_| word(random.next(400))).collect();
        let words = words.join(" ");
        let _ = write!(
            out,
            "<testcase classname=\"c{}\" name=\"t{number}\"><failure type=\"E\" message=\"{words}\"/></testcase>",
            number % 40
        );
    }
    out.push_str("</testsuite>");
    let report = read(&out);
    let (seconds, clusters) = timed(|| cluster(&[&report]));
    let found = clusters.map_or(0, |clusters| clusters.len());
    row(
        &format!("10,000 failures of one type, no two alike, {found} causes"),
        &format!("{seconds:.2} s"),
        "< 1 s",
        seconds < 1.0,
    );
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a benchmark")]
fn redacting() {
    let text = junit(10 * MEGA, 2);
    let (seconds, _) = timed(|| redact(&text).len());
    let rate = text.len() as f64 / 1e6 / seconds;
    println!("| redacted | {rate:.0} MB a second |  |  |");
}
