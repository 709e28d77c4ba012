//! Which format a text is in, by its content alone; names of files lie.

use super::format::Format;
use super::json::Value;

/// Bytes of the beginning that are looked at.
pub const HEAD: usize = 64 << 10;

/// The format of a text that begins so. `None`: no test report that is known here.
#[must_use]
pub fn detect(head: &str) -> Option<Format> {
    let text = head.trim_start();
    match text.as_bytes().first()? {
        b'<' => xml(text),
        b'{' | b'[' => json(text).or_else(|| lines(text)),
        _ => lines(text),
    }
}

/// By the root element and, where two tools share one, by what stands in it.
fn xml(text: &str) -> Option<Format> {
    let root = root(text)?;
    let end = root.find(|it: char| it.is_whitespace() || matches!(it, '>' | '/'))?;
    let (name, rest) = root.split_at_checked(end)?;
    let tag = rest.split('>').next().unwrap_or_default();
    Some(match super::xml::local(name) {
        "testsuites" | "testsuite" if tag.contains("check.sourceforge.net") => Format::Check,
        // `testrun` is what Eclipse and IntelliJ export.
        "testsuites" | "testsuite" | "testcase" | "testrun" => Format::JUnit,
        "TestRun"
            if tag.contains("microsoft.com") || rest.contains("<UnitTestResult") || rest.contains("<TestSettings") =>
        {
            Format::Trx
        }
        "TestRun" => Format::CppUnit,
        "test-run" | "test-results" => Format::NUnit,
        "test-suite" if tag.contains("allure") || rest.contains("<test-cases") => Format::Allure1,
        "test-suite" => Format::NUnit,
        "assemblies" | "assembly" => Format::XUnit,
        "robot" => Format::Robot,
        "Site" => Format::CTest,
        "TestLog" | "TestResult" | "BoostTest" | "Boost" => Format::Boost,
        "CUNIT_TEST_RUN_REPORT" => Format::CUnit,
        _ => return None,
    })
}

/// The text from the name of the root element on.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    // Declaration, comments, doctype, style sheets: a handful at most.
    for _ in 0..64 {
        rest = rest.get(rest.find('<')? + 1..)?;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.get(comment.find("-->")?..)?;
        } else if rest.starts_with('!') {
            let inner = rest.find('[').filter(|at| rest.find('>').is_none_or(|end| *at < end));
            rest = rest.get(inner.map_or(0, |_| rest.find(']').unwrap_or(0))..)?;
            rest = rest.get(rest.find('>')?..)?;
        } else if rest.starts_with('?') {
            rest = rest.get(rest.find("?>")?..)?;
        } else {
            return Some(rest);
        }
    }
    None
}

/// By the keys of the document; the head may be cut anywhere, so keys are also looked for as text.
fn json(text: &str) -> Option<Format> {
    let (value, fault) = Value::read(text);
    let has = |key: &str| value.has(key);
    let said = |key: &str| text.contains(&format!("\"{key}\""));
    let is_cut = fault.is_some();
    if let Some(first) = value.items().first() {
        let is_feature = first.has("elements") || (first.has("keyword") && first.has("name"));
        return is_feature.then_some(Format::Cucumber);
    }
    let format = match () {
        () if has("reportFormat") || (has("results") && value.get("results").has("tool")) => Format::Ctrf,
        () if has("numTotalTests")
            || (has("testResults") && said("numPassedTests"))
            || (has("testResults") && said("assertionResults")) =>
        {
            Format::Jest
        }
        () if has("examples") && (has("summary_line") || has("version") || has("summary") || is_cut) => Format::RSpec,
        () if has("exitcode") && (has("root") || has("environment")) || has("tests") && has("collectors") => {
            Format::PytestJson
        }
        () if has("testsuites") && has("tests") => Format::GoogleTest,
        () if has("stats") && has("results") => Format::Mochawesome,
        () if has("stats") && (has("tests") || has("passes") || has("failures")) => Format::Mocha,
        () if has("config") && has("suites")
            || has("suites") && said("specs")
            || has("config") && said("rootDir") && said("projects") =>
        {
            Format::Playwright
        }
        () if (has("uuid") || has("historyId")) && has("name") && (has("status") || is_cut) => Format::Allure,
        () => return None,
    };
    Some(format)
}

/// By the first line that belongs to a format; logs often have others before it.
fn lines(text: &str) -> Option<Format> {
    text.lines().take(2000).find_map(|line| {
        let line = line.trim();
        if line.starts_with('{') {
            return event(line);
        }
        let is_plan = line
            .strip_prefix("1..")
            .is_some_and(|count| count.starts_with(|it: char| it.is_ascii_digit()));
        let is_point = ["ok ", "not ok "].iter().any(|start| {
            line.strip_prefix(start)
                .is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit() || it == '-'))
        });
        (is_plan || is_point || line.starts_with("TAP version ")).then_some(Format::Tap)
    })
}

/// By the keys of one event.
fn event(line: &str) -> Option<Format> {
    let (value, fault) = Value::read(line);
    if fault.is_some() {
        return None;
    }
    let kind = value.get("type").text();
    Some(match () {
        () if value.has("Action") && (value.has("Package") || value.has("ImportPath") || value.has("Test")) => {
            Format::GoTest
        }
        () if value.has("$report_type") => Format::PytestLog,
        () if value.has("protocolVersion")
            || (value.has("time") && matches!(kind, "suite" | "testStart" | "group")) =>
        {
            Format::Dart
        }
        () if value.has("event") && matches!(kind, "suite" | "test") => Format::LibTest,
        () => return None,
    })
}
