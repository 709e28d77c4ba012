//! What a failure's texts say: the type of the root cause, its message, its frames, the line that failed.
//!
//! Knows the spelling of Python, JavaScript, Java, C#, Rust, Go, Ruby, C++ and Robot. What is not
//! understood is message.

use super::frames::{Frame, frame};
use super::panic;
use crate::builder::cut;
use std::borrow::Cow;

/// Text of a failure that is looked at, frames kept, lines kept of the message.
const MAX_TEXT: usize = 32 << 10;
pub(super) const MAX_FRAMES: usize = 40;
pub(super) const MAX_MESSAGE: usize = 2000;

/// A failure, understood.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub kind: String,
    pub message: String,
    /// The deepest first.
    pub frames: Vec<Frame>,
    /// The line of code that failed, where the tool shows it.
    pub source: String,
    /// The code of the test up to there, where the tool shows it.
    pub body: String,
}

impl Trace {
    /// Reads the three texts of a failure.
    #[must_use]
    pub fn read(kind: &str, message: &str, stack: &str) -> Self {
        let text = if stack.is_empty() { message } else { stack };
        let text = cut(text, MAX_TEXT);
        let mut trace = if let Some(at) = text.find("panicked at ") {
            panic::read(text.get(at..).unwrap_or_default())
        } else if is_python(text) {
            python(text)
        } else {
            other(text)
        };
        if trace.message.trim().is_empty() {
            trace.message = cut(message, MAX_MESSAGE).to_owned();
        }
        if trace.kind.is_empty() {
            let told = typed(message).map(|(kind, _)| kind);
            trace.kind = told.unwrap_or_else(|| short(kind)).to_owned();
        }
        if trace.kind.is_empty() && trace.message.trim_start().starts_with("panic: ") {
            // Go: what broke off is no expectation that was not met, however alike the words are.
            "panic".clone_into(&mut trace.kind);
        }
        if trace.kind == "Error" && trace.message.starts_with("expect(") {
            // Jest: its expectations are thrown as plain errors.
            "AssertionError".clone_into(&mut trace.kind);
        }
        trace.kind = clean_kind(&trace.kind);
        trace
    }

    /// The frame that the failure is known by: the deepest one of the user's own code.
    #[must_use]
    pub fn own(&self) -> Option<&Frame> {
        self.frames.iter().find(|frame| frame.is_ours)
    }
}

/// The type without its package, its code and words that say nothing.
fn clean_kind(kind: &str) -> String {
    let kind = short(kind.split(['[', '(', '\n']).next().unwrap_or_default().trim());
    match kind {
        // Words of runners, not of causes.
        "testCodeFailure" | "ERR_TEST_FAILURE" | "Assertion" | "Fail" | "Failure" | "failed" => String::new(),
        "ComparisonFailure"
        | "AssertionFailedError"
        | "AssertionError"
        | "ERR_ASSERTION"
        | "AssertionFailedException"
        | "ExpectationNotMetError" => "AssertionError".to_owned(),
        kind if kind.contains(' ') => String::new(),
        kind => kind.to_owned(),
    }
}

/// Whether a type, as [`Trace::kind`] tells it, is that of an expectation that was not met.
#[must_use]
pub fn is_assertion(kind: &str) -> bool {
    matches!(kind, "AssertionError" | "assertion")
}

fn short(kind: &str) -> &str {
    let kind = kind.rsplit("::").next().unwrap_or(kind);
    kind.rsplit('.').next().unwrap_or(kind)
}

/// `Type: message` or `Type [CODE]: message`, where the type looks like one.
fn typed(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line
        .find(|it: char| !it.is_alphanumeric() && !matches!(it, '_' | '.' | '$' | ':'))
        .unwrap_or(line.len());
    let head = line.get(..end)?.trim_end_matches(':');
    let mut rest = line.get(head.len()..)?.trim_start();
    if let Some(after) = rest.strip_prefix('[') {
        rest = after.split_once(']').map_or(rest, |(_, rest)| rest);
    }
    let name = short(head);
    let is_type = [
        "Error",
        "Exception",
        "Failure",
        "Failed",
        "Fault",
        "Timeout",
        "Interrupt",
        "Exit",
        "Warning",
    ]
    .iter()
    .any(|end| name.ends_with(end));
    let is_class = name.chars().next().is_some_and(char::is_uppercase)
        && !rest.is_empty()
        && rest.starts_with(':')
        && head.len() > 3
        && !line.starts_with("Expected")
        && !line.starts_with("Received");
    let starts_well = name.chars().next().is_some_and(char::is_uppercase);
    (starts_well && (is_type || is_class)).then(|| (head, rest.trim_start_matches([':', ' '])))
}

fn is_python(text: &str) -> bool {
    let mut lines = text.lines().take(400);
    lines.any(|line| {
        line.starts_with("E   ")
            || line.starts_with("Traceback (most recent call last)")
            || line.trim_start().starts_with("File \"")
    })
}

/// Python, as pytest or the interpreter prints it.
fn python(text: &str) -> Trace {
    // What was raised first is the cause; the rest wraps it, and knows the way to the test.
    if let Some((cause, _)) = text.split_once(WRAPPED)
        && let Some((_, outer)) = text.rsplit_once(WRAPPED)
    {
        return within(python(cause), python(outer));
    }
    // What was raised while something else was handled is the failure: the other was perhaps expected.
    let text = text
        .rsplit("During handling of the above exception, another exception occurred")
        .next()
        .unwrap_or(text);
    let mut trace = Trace::default();
    let (mut function, mut source, mut told) = (String::new(), String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        if let Some(error) = line.strip_prefix("E   ") {
            told.push(error.trim_start());
        } else if let Some(code) = line.strip_prefix('>') {
            code.trim().clone_into(&mut source);
        } else if let Some(name) = bare.strip_prefix("def ").or_else(|| bare.strip_prefix("async def ")) {
            name.split('(').next().unwrap_or_default().clone_into(&mut function);
        } else if let Some(mut found) = frame(line) {
            let is_short = !found.function.is_empty();
            if is_short {
                if let Some(code) = lines.next_if(|line| line.starts_with("    ")) {
                    code.trim().clone_into(&mut source);
                }
            } else {
                found.function = std::mem::take(&mut function);
                let kind = line.rsplit(": ").next().unwrap_or_default().trim();
                if kind.chars().next().is_some_and(char::is_uppercase) && !kind.contains(' ') {
                    kind.clone_into(&mut trace.kind);
                }
            }
            found.source = std::mem::take(&mut source);
            trace.frames.insert(0, found);
            trace.frames.truncate(MAX_FRAMES);
        }
    }
    if told.is_empty() {
        let last = text
            .lines()
            .rev()
            .find(|line| typed(line).is_some() && !line.starts_with(' '));
        told.extend(last);
    }
    if let Some((kind, _)) = told.first().and_then(|line| typed(line)) {
        kind.clone_into(&mut trace.kind);
    } else if trace.kind.is_empty() && told.first().is_some_and(|line| line.starts_with("assert")) {
        "AssertionError".clone_into(&mut trace.kind);
    }
    trace.message = cut(&told.join("\n"), MAX_MESSAGE).to_owned();
    trace.body = body(text);
    trace.source = trace.own().map_or_else(String::new, |frame| frame.source.clone());
    trace
}

/// What pytest shows of the test itself: the first part of its text, when it shows code at all.
fn body(text: &str) -> String {
    if !text.starts_with('>') && !text.contains("\n>") {
        return String::new();
    }
    let own = text.lines().take_while(|line| !line.starts_with("_ _ "));
    let code: Vec<&str> = own.filter(|line| !line.starts_with("E ")).collect();
    cut(&code.join("\n"), MAX_MESSAGE).to_owned()
}

/// Python's words between a cause and what was raised from it.
const WRAPPED: &str = "\nThe above exception was the direct cause";

/// A cause with the frames of what wraps it: the way from the test.
fn within(mut cause: Trace, outer: Trace) -> Trace {
    cause.frames.extend(outer.frames);
    cause.frames.truncate(MAX_FRAMES);
    cause.body = outer.body;
    cause
}

/// Languages whose stack goes from the deepest frame outwards, below `Type: message`.
fn other(text: &str) -> Trace {
    if let Some((outer, cause)) = text.rsplit_once("\nCaused by: ") {
        let frames = outer.lines().filter_map(frame).collect();
        let outer = Trace {
            frames,
            ..Trace::default()
        };
        return within(other(cause), outer);
    }
    let text = root_cause(text);
    let mut trace = Trace::default();
    let mut told: Vec<&str> = Vec::new();
    let mut in_frames = false;
    for line in text.lines() {
        let bare = line.trim();
        // Jest points at the line: `> 4 |   expect(price(2)).toBe(5);`
        if let Some((_, code)) = bare.strip_prefix("> ").and_then(|it| it.split_once(" | ")) {
            if trace.source.is_empty() {
                code.trim().clone_into(&mut trace.source);
            }
            continue;
        }
        if bare
            .split_once(" | ")
            .is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()))
            || bare.starts_with("| ")
        {
            continue;
        }
        match frame(line) {
            Some(found) if trace.frames.len() < MAX_FRAMES => {
                // Go tells place and message on one line.
                if !found.rest.is_empty() {
                    told.push(line.get(line.len() - found.rest.len()..).unwrap_or_default());
                }
                trace.frames.push(found);
                in_frames = true;
            }
            Some(_) => {}
            None if !in_frames || trace.frames.iter().any(|frame| !frame.rest.is_empty()) || told.is_empty() => {
                told.push(line)
            }
            None => {}
        }
    }
    while told.first().is_some_and(|line| line.trim().is_empty()) {
        told.remove(0);
    }
    // Mocha tells the message, a difference of its own, and then the error as the language prints it.
    let first = told.first().map_or("", |line| line.trim());
    let is_again = |line: &&str| typed(line).is_some_and(|(_, rest)| !rest.is_empty() && rest.trim() == first);
    if let Some(again) = told.iter().position(is_again) {
        told.drain(..again);
    }
    if let Some((kind, rest)) = told.first().and_then(|line| typed(line)) {
        kind.clone_into(&mut trace.kind);
        let mut lines = vec![rest];
        lines.extend(told.iter().skip(1));
        trace.message = lines.join("\n");
    } else {
        trace.message = told.join("\n");
    }
    trace.message = cut(trace.message.trim(), MAX_MESSAGE).to_owned();
    trace
}

/// The part of a text that tells the root cause.
fn root_cause(text: &str) -> Cow<'_, str> {
    // node:test wraps every failure.
    if text.contains("ERR_TEST_FAILURE")
        && let Some(at) = text.find("  cause: ").or_else(|| text.find("[cause]: "))
    {
        let from = text.get(at..).unwrap_or_default();
        let from = from.split_once(": ").map_or(from, |(_, rest)| rest);
        return Cow::Borrowed(from.trim_start_matches('['));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(trace: &Trace) -> (&str, &str) {
        trace
            .own()
            .map_or(("", ""), |frame| (frame.file.as_str(), frame.function.as_str()))
    }

    #[test]
    fn pytest_is_understood() {
        let text = "self = <x>\n\n    def test_wrong(self):\n>       assert price(2) == 5, \"price is off\"\nE       AssertionError: price is off\nE       assert 4 == 5\nE        +  where 4 = price(2)\n\ntest_shop.py:10: AssertionError";
        let trace = Trace::read("", "AssertionError: price is off", text);
        assert_eq!(
            (trace.kind.as_str(), own(&trace)),
            ("AssertionError", ("test_shop.py", "test_wrong"))
        );
        assert!(trace.message.contains("where 4 = price(2)") && trace.source.starts_with("assert price(2)"));
    }

    #[test]
    fn the_root_cause_outranks_its_wrapper() {
        let text = "java.lang.IllegalStateException: cannot price\n\tat shop.Shop.price(Shop.java:9)\nCaused by: java.lang.NullPointerException: x is null\n\tat java.base/java.util.Objects.requireNonNull(Objects.java:1)\n\tat shop.Rates.of(Rates.java:3)\n\t... 4 more";
        let trace = Trace::read("java.lang.IllegalStateException", "cannot price", text);
        assert_eq!(
            (trace.kind.as_str(), trace.message.as_str()),
            ("NullPointerException", "x is null")
        );
        assert_eq!(own(&trace), ("Rates.java", "shop.Rates.of"));
    }

    #[test]
    fn node_rust_go_and_jest_are_understood() {
        let node = "Error [ERR_TEST_FAILURE]: 2 == 3\n    at async Promise.all (index 0) {\n  code: 'ERR_TEST_FAILURE',\n  cause: AssertionError [ERR_ASSERTION]: 2 == 3\n      at TestContext.<anonymous> (file:///tmp/x/node.test.mjs:2:93)\n      at Test.run (node:internal/test_runner/test:796:25) {\n    code: 'ERR_ASSERTION'";
        let trace = Trace::read("testCodeFailure", "2 == 3", node);
        assert_eq!(
            (trace.kind.as_str(), trace.message.lines().next(), own(&trace).0),
            ("AssertionError", Some("2 == 3"), "node.test.mjs")
        );
        let rust = "thread 'tests::is_off' panicked at src/lib.rs:6:28:\nassertion `left == right` failed: price is off\n  left: 4\n right: 5\nnote: run with";
        let trace = Trace::read("test failure", "", rust);
        assert_eq!((trace.kind.as_str(), own(&trace).0), ("assertion", "lib.rs"));
        assert!(trace.message.ends_with("right: 5"));
        let trace = Trace::read("", "", "    shop_test.go:7: price(2) = 4, want 5");
        assert_eq!(
            (trace.message.as_str(), own(&trace).0),
            ("price(2) = 4, want 5", "shop_test.go")
        );
        let jest = "Error: expect(received).toBe(expected)\n\nExpected: 5\nReceived: 4\n    at Object.toBe (/app/shop.test.js:4:43)\n    at run (/app/node_modules/jest/x.js:1:1)";
        let trace = Trace::read("", "", jest);
        assert_eq!(
            (trace.kind.as_str(), own(&trace)),
            ("AssertionError", ("shop.test.js", "Object.toBe"))
        );
    }
}
