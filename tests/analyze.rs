//! `spectr analyze` as a person or a pipeline calls it.

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> String {
    format!("{}/crates/reports/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn analyze(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spectr"));
    command.arg("analyze").args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_report_is_read_and_its_causes_are_named() {
    let path = fixture("pytest-junit.xml");
    let output = analyze(&[&path, "--format", "json"]);
    let answer = json(&output);
    assert_eq!(output.status.code(), Some(0));
    let file = &answer["files"][0];
    assert_eq!(
        (&file["path"], &file["format"], &file["tests"]),
        (&path.into(), &"junit".into(), &11.into())
    );
    let members: usize = answer["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["members"].as_array().unwrap().len())
        .sum();
    assert_eq!(members, 6);
    assert!(answer["clusters"][0]["groups"][0]["members"][0]["name"].is_string());
}

#[test]
fn nothing_readable_is_exit_code_2_with_the_document_still_printed() {
    let output = analyze(&[&fixture("none-such.xml"), "Cargo.toml", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let answer = json(&output);
    assert_eq!(answer["files"].as_array().unwrap().len(), 2);
    assert!(answer["files"][0]["format"].is_null() && answer["files"][1]["problems"][0]["what"].is_string());
}

#[test]
fn folders_patterns_archives_and_standard_input_are_read() {
    let all = json(&analyze(&[&fixture(""), "--json"]));
    let some = json(&analyze(&[&fixture("*-junit.xml"), "--json"]));
    let (all, some) = (
        all["files"].as_array().unwrap().len(),
        some["files"].as_array().unwrap().len(),
    );
    assert!(all > 25 && some > 4 && some < all, "{some} of {all}");
    let archive = json(&analyze(&[&fixture("allure.zip"), "--json"]));
    assert_eq!(
        (&archive["files"][0]["format"], &archive["files"][0]["tests"]),
        (&"allure".into(), &11.into())
    );

    let mut child = Command::new(env!("CARGO_BIN_EXE_spectr"));
    let mut child = child
        .args(["analyze", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"TAP version 13\n1..1\nnot ok 1 - a\n")
        .unwrap();
    assert_eq!(json(&child.wait_with_output().unwrap())["files"][0]["failed"], 1);
}

#[test]
fn an_earlier_run_says_what_is_new_and_what_was_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let before = write(
        "a.xml",
        "<testsuite><testcase name='a'><failure message='Timeout: no answer from /login after 30 s'/></testcase><testcase name='b'/><testcase name='c'><failure message='No space left on device'/></testcase></testsuite>",
    );
    let after = write(
        "b.xml",
        "<testsuite><testcase name='a'/><testcase name='b'><failure message='expected the total 3 to equal 4'/></testcase><testcase name='c'><failure message='No space left on device'/></testcase></testsuite>",
    );
    let change = json(&analyze(&["--against", &before, &after, "--json"]))["change"].clone();
    let names = |list: &str| {
        change[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (names("new"), names("fixed"), names("still")),
        (vec!["b".into()], vec!["a".into()], vec!["c".into()])
    );
    assert_eq!(change["new_clusters"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_passed_on_is_redacted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    std::fs::write(&path, "<testsuite><testcase name='a'><failure message='login ann@example.org password=hunter2secret'>at /home/ann/x.py:3</failure></testcase></testsuite>").unwrap();
    for format in ["md", "json", "html", "junit", "prompt"] {
        let output = analyze(&[path.to_str().unwrap(), "--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            // Markdown escapes brackets.
            text.replace('\\', "").contains("[email]") && !text.contains("hunter2") && !text.contains("ann@"),
            "{format}: {text}"
        );
    }
}

#[test]
fn the_junit_that_is_written_reads_back_with_the_same_counts() {
    let output = analyze(&[&fixture("vitest.json"), &fixture("robot.xml"), "--format", "junit"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.xml");
    std::fs::write(&path, &output.stdout).unwrap();
    let answer = json(&analyze(&[Path::new(&path).to_str().unwrap(), "--json"]));
    let sum = |name: &str| {
        answer["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it[name].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(
        (sum("tests"), sum("failed"), sum("skipped"), sum("flaky")),
        (8, 3, 2, 0)
    );
}
