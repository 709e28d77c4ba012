//! What every report becomes: cases with a status, their failures, and what could not be read.
//!
//! Counts always come from the cases, never from a header that the report carries.

use super::format::Format;
use super::text::{Text, Texts};
use serde::{Deserialize, Serialize};

/// How a case ended; by the final attempt where there were several. In order of weight: where one
/// case is told in parts, the greater one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Passed,
    /// Also: to do, pending, expected to fail.
    Skipped,
    /// An assertion did not hold.
    Failed,
    /// Something else went wrong: an exception, a crash, a set-up that failed.
    Errored,
}

impl Status {
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Errored)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Skipped => "skipped",
        }
    }
}

/// One test case. Small on purpose: a report may hold a million.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub suite: Text,
    pub class: Text,
    pub name: Text,
    /// The source file, where the report names it.
    pub file: Text,
    /// Milliseconds of the final attempt; [`Case::UNTIMED`] where the report does not say.
    pub(super) millis: f32,
    pub(super) first_failure: u32,
    pub(super) failures: u16,
    /// At least 1.
    pub attempts: u16,
    pub status: Status,
    /// Passed after an attempt that did not.
    pub is_flaky: bool,
    /// Failed only because a case inside it failed; that one has the cause.
    pub is_echo: bool,
}

impl Case {
    pub(super) const UNTIMED: f32 = -1.0;

    /// Whether the report says that it took time.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        self.millis > 0.0
    }

    /// Milliseconds of the final attempt.
    #[must_use]
    pub fn millis(&self) -> Option<f32> {
        (self.millis >= 0.0).then_some(self.millis)
    }
}

/// One failure of one attempt, as the tool told it.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// The exception or assertion type, where told apart from the message.
    pub kind: Text,
    pub message: Text,
    pub stack: Text,
    /// What the test printed, the beginning of it.
    pub output: Text,
    /// Counted from 1.
    pub attempt: u16,
}

/// Something that was skipped or could only be read in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A line, or an entry of an archive.
    pub at: String,
    pub what: String,
}

/// How many cases ended how; `flaky` are among `passed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub tests: usize,
    pub passed: usize,
    pub failed: usize,
    pub errored: usize,
    pub skipped: usize,
    pub flaky: usize,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.passed += other.passed;
        self.failed += other.failed;
        self.errored += other.errored;
        self.skipped += other.skipped;
        self.flaky += other.flaky;
    }
}

/// One file, read.
#[derive(Debug)]
pub struct Report {
    /// As the user knows it: a path, or `archive.zip/inner.xml`.
    pub path: String,
    /// `None` when the content is no test report that is known here.
    pub format: Option<Format>,
    pub cases: Vec<Case>,
    pub problems: Vec<Problem>,
    pub(super) failures: Vec<Failure>,
    /// Number of the case and name of the file, in the order of cases.
    pub(super) attachments: Vec<(u32, Text)>,
    pub(super) texts: Texts,
}

impl Report {
    /// A file of which nothing can be had.
    #[must_use]
    pub fn unreadable(path: String, at: &str, what: &str) -> Self {
        let problem = Problem {
            at: at.to_owned(),
            what: what.to_owned(),
        };
        Self {
            path,
            format: None,
            cases: Vec::new(),
            problems: vec![problem],
            failures: Vec::new(),
            attachments: Vec::new(),
            texts: Texts::default(),
        }
    }

    #[must_use]
    pub fn text(&self, text: Text) -> &str {
        self.texts.get(text)
    }

    /// The failures of a case, of all its attempts.
    #[must_use]
    pub fn failures(&self, case: &Case) -> &[Failure] {
        let start = case.first_failure as usize;
        self.failures
            .get(start..start + usize::from(case.failures))
            .unwrap_or_default()
    }

    /// The failure that stands for the case: the first of its final attempt.
    #[must_use]
    pub fn verdict(&self, case: &Case) -> Option<&Failure> {
        let failures = self.failures(case);
        let last = failures.iter().map(|failure| failure.attempt).max()?;
        failures.iter().find(|failure| failure.attempt == last)
    }

    /// Names of the files that the case left behind, such as screenshots.
    pub fn attachments(&self, case: usize) -> impl Iterator<Item = &str> {
        let start = self.attachments.partition_point(|(owner, _)| (*owner as usize) < case);
        let rest = self.attachments.get(start..).unwrap_or_default();
        rest.iter()
            .take_while(move |(owner, _)| *owner as usize == case)
            .map(|(_, name)| self.text(*name))
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for case in &self.cases {
            counts.tests += 1;
            counts.flaky += usize::from(case.is_flaky);
            *match case.status {
                Status::Passed => &mut counts.passed,
                Status::Failed => &mut counts.failed,
                Status::Errored => &mut counts.errored,
                Status::Skipped => &mut counts.skipped,
            } += 1;
        }
        counts
    }
}
