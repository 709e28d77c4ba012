//! Reports that are cut off, mangled or made to harm: something is always had, nothing ever breaks.

use super::formats::{RECORDED, counts, read, recorded};
use super::written;
use proptest::prelude::*;
use spectr_reports::causes::cluster::cluster;
use spectr_reports::open::Opened;
use spectr_reports::redact::redact;

/// All reports that are at hand.
fn all() -> Vec<Vec<u8>> {
    let recorded = RECORDED.iter().map(|(name, ..)| recorded(name));
    recorded
        .chain(written::ALL.iter().map(|(_, text, ..)| text.as_bytes().to_vec()))
        .collect()
}

#[test]
fn every_complete_case_of_a_broken_junit_file_is_recovered() {
    let text = "\u{feff}<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY lol \"lol\"><!ENTITY lol9 \"&lol;&lol;\">]>\n<testsuites><testsuite name=\"s\">\
        <testcase name=\"a\" time=\"<<computed>>\"/>\n<testcase name=\"b\0\u{7}\"><failure message=\"expected List<String> but got <null>\">expected List<String> & <b>&lol9;</failure></testcase>\
        <testcase name=\"c\"><failure message=\"said \"no\" to it\">x</failure>\n<testcase name=\"d\"/><testcase name=\"e\"><failure>cut";
    let report = read(text.as_bytes(), 11);
    assert_eq!(report.counts(), counts([2, 2, 0, 0, 0]));
    assert_eq!(report.problems.len(), 2, "{:?}", report.problems);
    let failure = report.verdict(&report.cases[1]).unwrap();
    assert_eq!(report.text(failure.stack), "expected List<String> & <b>&lol9;");
    assert_eq!(report.text(report.cases[1].name), "b");
}

#[test]
fn a_report_that_is_cut_anywhere_keeps_its_beginning_and_says_so() {
    for bytes in all() {
        let whole = read(&bytes, 1 << 16).counts().tests;
        for part in 1..8 {
            let cut = read(&bytes[..bytes.len() * part / 8], 1 << 16);
            // A test told in two parts may be two cases less one; a retry may be missing.
            assert!(cut.counts().tests <= whole + 1);
        }
    }
}

#[test]
fn encodings_are_read_as_they_are() {
    let text =
        "<?xml version=\"1.0\" encoding=\"utf-16\"?><testsuite name=\"é\"><testcase name=\"größer ≠\"/></testsuite>";
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let report = read(&wide, 5);
    assert_eq!(report.text(report.cases[0].name), "größer ≠");
    let report = read(
        b"<?xml version='1.0' encoding='iso-8859-1'?><testsuite><testcase name='caf\xe9'/></testsuite>",
        9,
    );
    assert_eq!((report.text(report.cases[0].name), report.problems.len()), ("café", 0));
}

#[test]
fn what_is_no_report_is_refused_with_a_reason() {
    for bytes in [
        &b""[..],
        b"   \n",
        b"{\"a\":1}",
        b"<html><body>x</body></html>",
        b"hello",
        b"PK\x03\x04broken",
        b"\x1f\x8b\x08broken-gzip",
    ] {
        let mut opened = Opened::default();
        opened.take("x", bytes);
        let reports = opened.finish();
        assert!(
            reports[0].format.is_none() && !reports[0].problems.is_empty(),
            "{bytes:?}"
        );
    }
}

#[test]
fn a_bomb_gives_no_more_than_its_bound() {
    // Deep and wide nesting, in time and memory far below what a naive parser needs.
    let deep = format!("<testsuites>{}<testcase name=\"a\"/>", "<testsuite>".repeat(200_000));
    assert_eq!(read(deep.as_bytes(), 1 << 16).counts().tests, 1);
    let wide = format!(
        "<testsuite><testcase name=\"a\">{}</testcase></testsuite>",
        "<x><y/></x>".repeat(200_000)
    );
    assert_eq!(read(wide.as_bytes(), 1 << 16).counts().tests, 1);
    let robot = format!(
        "<robot><suite name=\"s\"><test name=\"t\">{}<status status=\"FAIL\">no</status></test></suite></robot>",
        "<kw name=\"k\"><msg>m</msg><status status=\"PASS\"/></kw>".repeat(60_000)
    );
    assert_eq!(read(robot.as_bytes(), 1 << 16).counts(), counts([0, 1, 0, 0, 0]));
    assert!(read("[".repeat(1 << 20).as_bytes(), 1 << 16).format.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any report with some bytes changed, moved or cut: every parser, then everything behind it.
    #[test]
    fn mangled_reports_never_break(which in 0_usize..100, edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..40), 1..12), step in 1_usize..4000) {
        let reports = all();
        let mut bytes = reports[which % reports.len()].clone();
        for (at, byte, length) in edits {
            let at = at.index(bytes.len());
            match length {
                0..10 => bytes[at] = byte,
                10..20 => bytes.truncate(at.max(1)),
                _ => {
                    let end = (at + length).min(bytes.len());
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        let report = read(&bytes, step);
        let counts = report.counts();
        prop_assert_eq!(counts.tests, counts.passed + counts.failed + counts.errored + counts.skipped);
        prop_assert!(counts.flaky <= counts.passed);
        let clusters = cluster(&[&report]);
        let members: usize = clusters.iter().map(|cluster| cluster.members().count()).sum();
        prop_assert_eq!(members, report.cases.iter().filter(|case| case.status.is_bad() && !case.is_echo).count());
        let mut opened = Opened::default();
        opened.take("x", &bytes);
        drop(opened.finish());
    }

    #[test]
    fn any_text_is_redacted_without_harm(text in "\\PC{0,400}") {
        let once = redact(&text).into_owned();
        prop_assert_eq!(redact(&once).into_owned(), once.clone());
    }

    #[test]
    fn archives_of_noise_never_break(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0_usize..3) {
        let head: &[u8] = [&b"PK\x03\x04"[..], b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"<testsuite>"][kind];
        let mut opened = Opened::default();
        opened.take("x", &[head, &bytes, b"PK\x05\x06\0\0\0\0\x02\0\x02\0", &bytes].concat());
        prop_assert!(!opened.finish().is_empty());
    }
}
