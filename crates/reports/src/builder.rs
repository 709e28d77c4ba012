//! Where parsers put what they find: drafts of cases in, one [`Report`] out.
//!
//! Everything is bounded here, once for all formats: texts per failure, cases per report, problems
//! per report. Retries become attempts of one case.

use super::ansi;
use super::format::Format;
use super::model::{Case, Failure, Problem, Report, Status};
use super::text::{Text, Texts};
use std::borrow::Cow;
use std::collections::HashMap;

/// Cases per report; more are counted as a problem and left out.
const MAX_CASES: usize = 4_000_000;
/// Bytes of all distinct texts of one report.
const MAX_TEXT: usize = 1 << 30;
/// Problems per report; the last one says that there are more.
const MAX_PROBLEMS: usize = 200;
/// Bytes of a name, a message, a stack trace, the output of a test.
const MAX_NAME: usize = 4 << 10;
const MAX_MESSAGE: usize = 32 << 10;
const MAX_STACK: usize = 64 << 10;
const MAX_OUTPUT: usize = 8 << 10;
/// Failures kept of one case.
const MAX_FAILURES: u16 = 64;

/// What a case that was seen before means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    /// Another case that happens to have the same name.
    Apart,
    /// A retry if the earlier one failed and this one passed, else another case.
    #[default]
    Mended,
    /// A retry if the earlier one failed, however this one ended; else another case.
    Rerun,
    /// A retry; the later one decides.
    Attempt,
    /// The same run told in parts (call, tear-down, one assertion each); the worst one decides.
    Phase,
}

/// A failure on its way into a report.
#[derive(Clone, Debug, Default)]
pub struct Told<'a> {
    pub kind: Cow<'a, str>,
    pub message: Cow<'a, str>,
    pub stack: Cow<'a, str>,
    pub output: Cow<'a, str>,
    /// Counted from 1; 0 means the attempt that the draft is about.
    pub attempt: u16,
}

/// A case on its way into a report.
#[derive(Clone, Debug, Default)]
pub struct Draft<'a> {
    pub suite: Cow<'a, str>,
    pub class: Cow<'a, str>,
    pub name: Cow<'a, str>,
    pub file: Cow<'a, str>,
    /// `None` is passed.
    pub status: Option<Status>,
    pub millis: Option<f64>,
    /// Attempts told by this draft; 0 counts as 1.
    pub attempts: u16,
    pub is_flaky: bool,
    pub is_echo: bool,
    pub failures: Vec<Told<'a>>,
    pub attachments: Vec<Cow<'a, str>>,
    pub again: Again,
    /// What makes two drafts the same case where names do not; with it, [`Self::order`] decides
    /// which attempt is the later one.
    pub key: Option<Cow<'a, str>>,
    pub order: f64,
}

type Identity = (Text, Text, Text, Text);

/// One report in the making.
#[derive(Debug)]
pub struct Builder {
    format: Format,
    texts: Texts,
    cases: Vec<Case>,
    failures: Vec<(u32, Failure)>,
    attachments: Vec<(u32, Text)>,
    problems: Vec<Problem>,
    untold: usize,
    left_out: usize,
    /// Only cases that may still be merged with a later draft.
    seen: HashMap<Identity, (u32, f64)>,
}

impl Builder {
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            texts: Texts::default(),
            cases: Vec::new(),
            failures: Vec::new(),
            attachments: Vec::new(),
            problems: Vec::new(),
            untold: 0,
            left_out: 0,
            seen: HashMap::new(),
        }
    }

    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Notes what could not be read.
    pub fn problem(&mut self, at: impl Into<String>, what: impl Into<String>) {
        if self.problems.len() >= MAX_PROBLEMS {
            self.untold += 1;
            return;
        }
        self.problems.push(Problem {
            at: at.into(),
            what: what.into(),
        });
    }

    /// Gives the class of a case that is told only after the case.
    pub fn set_class(&mut self, case: usize, class: &str) {
        let class = self.keep(class, MAX_NAME);
        if let Some(case) = self.cases.get_mut(case) {
            case.class = class;
        }
    }

    /// Takes a case, or a further attempt of one. The number of the case; `None` when it was one too many.
    pub fn case(&mut self, draft: &Draft<'_>) -> Option<usize> {
        let name = self.keep(&draft.name, MAX_NAME);
        let (suite, class, file) = (
            self.keep(&draft.suite, MAX_NAME),
            self.keep(&draft.class, MAX_NAME),
            self.keep(&draft.file, MAX_NAME),
        );
        let identity = match &draft.key {
            Some(key) => (self.keep(key, MAX_NAME), Text::EMPTY, Text::EMPTY, Text::EMPTY),
            None => (suite, class, name, file),
        };
        let status = draft.status.unwrap_or(Status::Passed);
        let earlier = self.seen.get(&identity).copied();
        if let Some((number, order)) = earlier
            && self.merges(number, status, draft.again)
        {
            self.merge(number, order, draft);
            if draft.order >= order {
                self.seen.insert(identity, (number, draft.order));
            }
            return Some(number as usize);
        }
        if self.cases.len() >= MAX_CASES || self.texts.bytes() >= MAX_TEXT {
            self.left_out += 1;
            return None;
        }
        let number = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
        let case = Case {
            suite,
            class,
            name,
            file,
            millis: narrow(draft.millis),
            first_failure: 0,
            failures: 0,
            attempts: draft.attempts.max(1),
            status,
            is_flaky: draft.is_flaky && status == Status::Passed,
            is_echo: draft.is_echo,
        };
        self.cases.push(case);
        self.take_failures(number, draft, 0);
        let may_return = match draft.again {
            Again::Apart => false,
            Again::Mended | Again::Rerun => status.is_bad(),
            Again::Attempt | Again::Phase => true,
        };
        if may_return {
            self.seen.insert(identity, (number, draft.order));
        }
        Some(number as usize)
    }

    fn merges(&self, number: u32, status: Status, again: Again) -> bool {
        let earlier = self.cases.get(number as usize).map(|case| case.status);
        match again {
            Again::Apart => false,
            Again::Mended => earlier.is_some_and(Status::is_bad) && status == Status::Passed,
            Again::Rerun => earlier.is_some_and(Status::is_bad),
            Again::Attempt | Again::Phase => true,
        }
    }

    fn merge(&mut self, number: u32, order: f64, draft: &Draft<'_>) {
        let Some(mut case) = self.cases.get(number as usize).copied() else {
            return;
        };
        let status = draft.status.unwrap_or(Status::Passed);
        let is_later = draft.order >= order;
        if draft.again == Again::Phase {
            case.status = case.status.max(status);
            // Two good parts are no parts: the first was an attempt that ended in a re-run.
            case.is_flaky = case.status == Status::Passed;
            case.millis = case.millis.max(0.0) + narrow(draft.millis).max(0.0);
            self.take_failures(number, draft, case.attempts.saturating_sub(1));
        } else {
            let (first, last) = if is_later {
                (case.status, status)
            } else {
                (status, case.status)
            };
            case.is_flaky = last == Status::Passed && (first.is_bad() || case.is_flaky || draft.is_flaky);
            case.status = last;
            if is_later {
                case.millis = narrow(draft.millis);
            }
            // An attempt told late but made early goes before those that are there.
            if !is_later {
                for (_, failure) in self.failures.iter_mut().filter(|(owner, _)| *owner == number) {
                    failure.attempt = failure.attempt.saturating_add(1);
                }
            }
            self.take_failures(number, draft, if is_later { case.attempts } else { 0 });
            case.attempts = case.attempts.saturating_add(draft.attempts.max(1));
        }
        if let Some(kept) = self.cases.get_mut(number as usize) {
            *kept = case;
        }
    }

    fn take_failures(&mut self, number: u32, draft: &Draft<'_>, attempts_before: u16) {
        for told in draft.failures.iter().take(usize::from(MAX_FAILURES)) {
            let own = if told.attempt == 0 {
                draft.attempts.max(1)
            } else {
                told.attempt
            };
            let failure = Failure {
                kind: self.keep(&ansi::strip(&told.kind), MAX_NAME),
                message: self.keep(&ansi::strip(&told.message), MAX_MESSAGE),
                stack: self.keep(&ansi::strip(&told.stack), MAX_STACK),
                output: self.keep(&ansi::strip(&told.output), MAX_OUTPUT),
                attempt: own.saturating_add(attempts_before),
            };
            self.failures.push((number, failure));
        }
        for name in draft.attachments.iter().take(usize::from(MAX_FAILURES)) {
            let name = self.keep(name, MAX_NAME);
            self.attachments.push((number, name));
        }
    }

    fn keep(&mut self, text: &str, most: usize) -> Text {
        let text = text.trim();
        self.texts.add(cut(text, most))
    }

    /// The report, with counts of what was left out among its problems.
    #[must_use]
    pub fn finish(mut self, path: String) -> Report {
        if self.untold > 0 {
            let what = format!("{} more problems", self.untold);
            self.problems.push(Problem {
                at: "end".to_owned(),
                what,
            });
        }
        if self.left_out > 0 {
            let what = format!("{} more cases than are kept; they were left out", self.left_out);
            self.problems.push(Problem {
                at: "end".to_owned(),
                what,
            });
        }
        self.failures.sort_by_key(|(owner, failure)| (*owner, failure.attempt));
        self.attachments.sort_by_key(|(owner, _)| *owner);
        for (at, (owner, _)) in self.failures.iter().enumerate() {
            if let Some(case) = self.cases.get_mut(*owner as usize) {
                if case.failures == 0 {
                    case.first_failure = u32::try_from(at).unwrap_or(u32::MAX);
                }
                case.failures = case.failures.saturating_add(1);
            }
        }
        self.cases.shrink_to_fit();
        self.texts.close();
        Report {
            path,
            format: Some(self.format),
            cases: self.cases,
            problems: self.problems,
            failures: self.failures.into_iter().map(|(_, failure)| failure).collect(),
            attachments: self.attachments,
            texts: self.texts,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a duration to seven digits is enough")]
fn narrow(millis: Option<f64>) -> f32 {
    match millis {
        Some(millis) if millis.is_finite() && millis >= 0.0 => millis as f32,
        _ => Case::UNTIMED,
    }
}

/// The beginning of a text, at most this many bytes, cut between characters.
#[must_use]
pub fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
