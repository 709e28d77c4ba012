//! Which frame of a failure is the test, and which ones lie in the code that it tests.
//!
//! Read from names only: `test_cart.py`, `cart.test.js`, `CartTest.java`, `cart_test.go`, `tests::adds`.

use super::frames::Frame;
use super::trace::Trace;

/// Names of functions that say nothing of what failed.
const NAMELESS: [&str; 7] = [
    "",
    "<anonymous>",
    "<module>",
    "<lambda>",
    "<listcomp>",
    "<genexpr>",
    "{{closure}}",
];

impl Trace {
    /// The place of the test: the outermost frame that looks like one, or else the outermost one of one's own code.
    #[must_use]
    pub fn test(&self) -> Option<&Frame> {
        let mut ours = self.frames.iter().filter(|frame| frame.is_ours);
        ours.clone()
            .rfind(|frame| looks_like_test(frame))
            .or_else(|| ours.next_back())
    }

    /// The frames within the tested code, the deepest first; none where the test itself failed.
    pub fn product(&self) -> impl Iterator<Item = &Frame> {
        let test = self.test();
        let ours = self.frames.iter().filter(|frame| frame.is_ours);
        let deeper =
            ours.take_while(move |frame| !looks_like_test(frame) && !test.is_some_and(|it| std::ptr::eq(it, *frame)));
        // Without a name that says so, only another function than the test's is surely tested code.
        deeper.filter(move |frame| test.is_some_and(|it| it.file != frame.file || it.function != frame.function))
    }
}

/// Whether a function has a name of its own.
#[must_use]
pub fn is_named(function: &str) -> bool {
    !NAMELESS.contains(&function.rsplit(['.', ' ']).next().unwrap_or_default())
}

fn looks_like_test(frame: &Frame) -> bool {
    if frame.function.split("::").any(|part| matches!(part, "test" | "tests")) {
        return true;
    }
    let stem = frame.file.split_once('.').map_or(frame.file.as_str(), |(stem, _)| stem);
    let ending = frame.file.get(stem.len()..).unwrap_or_default();
    let lower = stem.to_ascii_lowercase();
    let is_named =
        lower.starts_with("test_") || lower.ends_with("_test") || lower.ends_with("_spec") || lower.ends_with("-test");
    let is_camel = stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("Spec");
    let is_marked = [".test.", ".spec.", ".cy."].iter().any(|mark| ending.starts_with(mark));
    let is_whole = matches!(lower.as_str(), "test" | "tests" | "conftest");
    let mut folders = frame.path.rsplit(['/', '\\']).skip(1).take(2);
    is_named
        || is_camel
        || is_marked
        || is_whole
        || folders.any(|it| matches!(it, "test" | "tests" | "__tests__" | "spec"))
}
