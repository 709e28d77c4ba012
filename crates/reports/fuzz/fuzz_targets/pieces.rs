//! Any bytes as a report of any format, in pieces of any size: nothing panics, and the pieces change nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spectr_reports::analysis::Analysis;
use spectr_reports::reader::Reader;

/// Beginnings by which the formats are told apart, so that every parser is reached.
const HEADS: [&str; 16] = [
    "",
    "<testsuites><testsuite name=\"s\">",
    "<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\">",
    "<test-run id=\"2\">",
    "<assemblies><assembly>",
    "<robot generator=\"Robot\">",
    "<TestLog><TestSuite name=\"s\">",
    "<ns2:test-suite xmlns:ns2=\"urn:model.allure.qatools.yandex.ru\">",
    "TAP version 13\n",
    "{\"Time\":\"2026-01-01T00:00:00Z\",\"Action\":\"run\",\"Package\":\"p\"}\n",
    "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":1}\n",
    "{\"results\":{\"tool\":{\"name\":\"t\"},\"tests\":[",
    "{\"suites\":[{\"specs\":[",
    "{\"stats\":{\"tests\":1},\"tests\":[",
    "{\"numTotalTests\":1,\"testResults\":[",
    "[{\"keyword\":\"Feature\",\"elements\":[",
];

fuzz_target!(|data: &[u8]| {
    let Some(([hint, size], rest)) = data.split_first_chunk::<2>().map(|(head, rest)| (*head, rest)) else {
        return;
    };
    let head = HEADS[usize::from(hint) % HEADS.len()];
    let bytes = [head.as_bytes(), rest].concat();
    let mut reader = Reader::default();
    reader.feed(&bytes);
    let whole = reader.finish("r".to_owned());
    let mut reader = Reader::default();
    bytes.chunks(usize::from(size) + 1).for_each(|piece| reader.feed(piece));
    let pieces = reader.finish("r".to_owned());
    assert_eq!(whole.format, pieces.format);
    assert_eq!(whole.counts(), pieces.counts());
    let _ = Analysis::of(vec![whole], Some(&[pieces]));
});
