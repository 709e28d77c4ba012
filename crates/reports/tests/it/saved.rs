//! What is kept of a report: bounded, redacted, as much as was chosen; and causes known again later.

use spectr_reports::analysis::Analysis;
use spectr_reports::reader::Reader;
use spectr_reports::saved::{Keep, MAX_BYTES, Saved, saved, step};

/// An analysis of failures of these messages, so many each.
fn analysis(failures: &[(&str, usize)]) -> Analysis {
    let mut text = String::from("<testsuite name=\"s\"><testcase name=\"good\"/>");
    for (number, (message, count)) in failures.iter().enumerate() {
        for n in 0..*count {
            text.push_str(&format!(
                "<testcase classname=\"c{number}\" name=\"t{n} of ann@mail.example.org\"><failure message=\"{message}\"/></testcase>"
            ));
        }
    }
    text.push_str("</testsuite>");
    let mut reader = Reader::default();
    reader.feed(text.as_bytes());
    Analysis::of(vec![reader.finish("a.xml".to_owned())], None)
}

const TWO: [(&str, usize); 2] = [
    (
        "TimeoutError: no answer for ann@mail.example.org with password=hunter22",
        3,
    ),
    ("KeyError: the price is gone", 1),
];

#[test]
fn each_choice_keeps_what_it_says_and_no_more() {
    let analysis = analysis(&TWO);
    let counts = saved(&analysis, Keep::Counts);
    assert_eq!((counts.counts.tests, counts.failures(), counts.cause_count), (5, 4, 2));
    assert!(counts.causes.is_empty() && !counts.has_causes());
    let causes = saved(&analysis, Keep::Causes);
    assert_eq!(causes.causes.iter().map(|it| it.tests).collect::<Vec<_>>(), [3, 1]);
    assert!(
        causes
            .causes
            .iter()
            .all(|it| it.names.is_empty() && !it.exemplar.is_empty())
    );
    assert_eq!(saved(&analysis, Keep::Tests).causes[0].names.len(), 3);
}

#[test]
fn every_text_that_is_kept_is_redacted() {
    let analysis = analysis(&TWO);
    let text = serde_json::to_string(&saved(&analysis, Keep::Tests)).unwrap();
    assert!(text.contains("[email]") && text.contains("[secret]"), "{text}");
    for gone in ["ann@", "hunter22", "a.xml"] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
}

#[test]
fn what_is_made_is_taken_and_fits_however_much_there_is() {
    let long = format!("x{}", "&#10;&quot;\\".repeat(300));
    let kinds: Vec<String> = (0..160).map(|n| format!("Error{n}: {long}")).collect();
    let failures: Vec<(&str, usize)> = kinds.iter().map(|it| (it.as_str(), 12)).collect();
    let analysis = analysis(&failures);
    for keep in Keep::ALL {
        let made = saved(&analysis, keep);
        let text = serde_json::to_string(&made).unwrap();
        assert!(text.len() <= MAX_BYTES, "{}", text.len());
        assert_eq!(made.check(), Ok(()), "{keep:?}");
        assert_eq!(serde_json::from_str::<Saved>(&text).unwrap(), made);
        assert!(made.cause_count > 100 && (keep == Keep::Counts || made.causes.len() == 100));
    }
}

#[test]
fn what_nobody_would_have_made_is_refused() {
    let good = saved(&analysis(&TWO), Keep::Tests);
    let spoilt: [fn(&mut Saved); 12] = [
        |it| it.counts.tests += 1,
        |it| it.counts.flaky = it.counts.passed + 1,
        |it| it.cause_count = usize::MAX,
        |it| it.cause_count = 1,
        |it| it.keep = Keep::Counts,
        |it| it.keep = Keep::Causes,
        |it| it.causes[0].id = "<b>".to_owned(),
        |it| it.causes[0].groups = vec!["ABCDEF0123456789".to_owned()],
        |it| it.causes[0].groups.clear(),
        |it| it.causes[0].exemplar = "x".repeat(2000),
        |it| it.causes[0].certainty = 101,
        |it| it.causes[0].tests = 0,
    ];
    for (number, spoil) in spoilt.iter().enumerate() {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(bad.check().is_err(), "{number}");
    }
    assert!(serde_json::from_str::<Saved>(r#"{"keep":"counts","raw":"<testsuite>"}"#).is_err());
}

#[test]
fn a_cause_is_known_again_by_any_of_its_groups() {
    let before = saved(&analysis(&TWO), Keep::Causes);
    let after = saved(
        &analysis(&[TWO[1], ("OSError: no space left on device", 1)]),
        Keep::Causes,
    );
    let seen = step(&before, &after).unwrap();
    assert_eq!((seen.new.len(), seen.still.len(), seen.gone.len()), (1, 1, 1));
    assert!(seen.gone.contains(&before.causes[0].id) && !seen.is_partial);
    let mut joined = after.clone();
    joined.causes[0].groups.insert(0, before.causes[0].groups[0].clone());
    assert!(step(&before, &joined).unwrap().gone.is_empty());
    let counts = saved(&analysis(&TWO), Keep::Counts);
    assert_eq!((step(&counts, &after), step(&after, &counts)), (None, None));
}
