//! TAP 12 to 14: prove, node:test, node-tap, tape, ava, mocha, bats, Check, pytest-tap.
//!
//! Points inside a subtest are the cases; the point that sums a subtest up is one only where the
//! producer says that it is a test itself, as node does.

use crate::builder::{Again, Builder, Draft, Told, cut};
use crate::model::Status;
use std::borrow::Cow;

const MAX_DEPTH: usize = 64;
const MAX_BLOCK: usize = 64 << 10;

/// A test point whose block of details may still follow.
#[derive(Debug)]
struct Point {
    depth: usize,
    name: String,
    status: Status,
    /// Its subtest held points.
    has_parts: bool,
    has_failed_part: bool,
    details: String,
    /// The details came as a block of YAML, which is whole.
    has_block: bool,
}

#[derive(Debug, Default)]
pub struct Tap {
    /// Names of open subtests by depth, and whether their points failed: `(name, points, failed)`.
    levels: Vec<(String, usize, bool)>,
    waiting: Option<Point>,
    in_details: bool,
    /// Spaces before the block's first line.
    margin: Option<usize>,
    /// The last line was the version.
    is_begun: bool,
    /// tape heads its tests by comments, the first right after the version.
    heading: Option<String>,
    planned: Option<usize>,
    points: usize,
}

impl Tap {
    pub fn line(&mut self, line: &str, out: &mut Builder) {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if self.in_details {
            self.detail(text, line);
            return;
        }
        if text.starts_with("---") && self.waiting.is_some() && text.trim_end() == "---" {
            self.in_details = true;
            self.margin = None;
            return;
        }
        let is_begun = std::mem::replace(&mut self.is_begun, text.starts_with("TAP version "));
        let depth = (indent / 4).min(MAX_DEPTH);
        if let Some(name) = text.strip_prefix("# Subtest:") {
            self.flush(out);
            self.heading = None;
            // Some indent the heading with the subtest, some do not; points correct it.
            self.enter(depth, name.trim());
        } else if let Some(point) = point(text, depth) {
            self.flush(out);
            self.take(point);
        } else if let Some(reason) = text.strip_prefix("Bail out!") {
            self.flush(out);
            out.problem("Bail out!", format!("the run was given up: {}", reason.trim()));
        } else if let Some(plan) = text.strip_prefix("1..").filter(|_| indent == 0) {
            self.planned = plan.split([' ', '#']).next().and_then(|count| count.parse().ok());
        } else if let Some(note) = text.strip_prefix('#') {
            let note = note.strip_prefix(' ').unwrap_or(note);
            if is_total(note) {
                return;
            }
            if self.heading.is_some() || is_begun {
                self.flush(out);
                self.heading = Some(note.trim().to_owned());
            } else {
                // Test::More explains failures in comments.
                self.explain(note);
            }
        } else if indent >= 2 && !text.starts_with("1..") && !text.starts_with('}') {
            // Mocha lets the stack follow without a block.
            self.explain(line.get(2..).unwrap_or(text));
        }
    }

    /// A line on the failure at hand.
    fn explain(&mut self, line: &str) {
        let open = self.waiting.as_mut();
        if let Some(waiting) = open.filter(|it| it.status.is_bad() && !it.has_block) {
            push_line(&mut waiting.details, line);
        }
    }

    pub fn finish(&mut self, out: &mut Builder) {
        self.flush(out);
        if let Some(planned) = self.planned.filter(|planned| *planned != self.points) {
            out.problem(
                "plan",
                format!("{planned} points were planned, {} were run", self.points),
            );
        }
    }

    fn detail(&mut self, text: &str, line: &str) {
        if text.trim_end() == "..." {
            self.in_details = false;
        } else if let Some(waiting) = &mut self.waiting {
            let indent = line.len() - text.len();
            let margin = *self.margin.get_or_insert(indent);
            waiting.has_block = true;
            push_line(&mut waiting.details, line.get(margin.min(indent)..).unwrap_or(text));
        }
    }

    fn enter(&mut self, depth: usize, name: &str) {
        self.levels.truncate(depth);
        while self.levels.len() < depth {
            self.levels.push(Default::default());
        }
        self.levels.push((name.to_owned(), 0, false));
    }

    fn take(&mut self, mut point: Point) {
        // A point at this depth ends the subtest that was open one step further in.
        if let Some((name, points, failed)) = self.levels.get(point.depth) {
            point.has_parts =
                *points > 0 && (name.is_empty() || *name == point.name || self.levels.len() == point.depth + 1);
            point.has_failed_part = *failed;
        }
        self.levels.truncate(point.depth);
        while self.levels.len() < point.depth {
            self.levels.push(Default::default());
        }
        if let Some((_, points, failed)) = self.levels.last_mut() {
            *points += 1;
            *failed |= point.status.is_bad();
        }
        self.points += usize::from(point.depth == 0);
        self.waiting = Some(point);
    }

    fn flush(&mut self, out: &mut Builder) {
        let Some(point) = self.waiting.take() else {
            return;
        };
        let is_test = match field(&point.details, "type") {
            Some(kind) => kind == "test",
            // Node before 21 says so of suites only, and gives both a duration.
            None => field(&point.details, "duration_ms").is_some(),
        };
        if point.has_parts && !is_test {
            return;
        }
        let heading = self.heading.as_deref().filter(|_| point.depth == 0);
        let path: Vec<&str> = self
            .levels
            .iter()
            .take(point.depth)
            .map(|(name, ..)| name.as_str())
            .chain(heading)
            .filter(|it| !it.is_empty())
            .collect();
        let is_echo = point.status.is_bad() && point.has_failed_part;
        let message = ["message", "error"].iter().find_map(|key| field(&point.details, key));
        let mut failures = Vec::new();
        if point.status.is_bad() && !is_echo {
            failures.push(Told {
                kind: Cow::Owned(
                    field(&point.details, "name")
                        .or_else(|| field(&point.details, "code"))
                        .unwrap_or_default(),
                ),
                // A producer that explains nothing leaves only the name of what did not hold.
                message: Cow::Owned(message.unwrap_or_else(|| {
                    if point.details.is_empty() {
                        point.name.clone()
                    } else {
                        String::new()
                    }
                })),
                stack: Cow::Owned(field(&point.details, "stack").unwrap_or_else(|| point.details.clone())),
                ..Told::default()
            });
        }
        out.case(&Draft {
            class: Cow::Owned(path.join(" › ")),
            name: Cow::Borrowed(&point.name),
            status: Some(point.status),
            millis: field(&point.details, "duration_ms").and_then(|it| it.parse().ok()),
            is_echo,
            failures,
            again: Again::Apart,
            ..Draft::default()
        });
    }
}

/// Whether a comment sums the run up: `tests 10`, `pass 4`, `ok`.
fn is_total(note: &str) -> bool {
    let (word, count) = note.trim().split_once(char::is_whitespace).unwrap_or((note.trim(), ""));
    let is_word = matches!(
        word,
        "tests" | "pass" | "fail" | "passed" | "failed" | "skip" | "skipped" | "todo" | "suites" | "cancelled" | "ok"
    );
    is_word && count.trim().bytes().all(|it| it.is_ascii_digit())
}

/// Reads `ok 1 - name # SKIP why`.
fn point(text: &str, depth: usize) -> Option<Point> {
    let (is_ok, rest) = match text.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix("ok")?),
    };
    // Perl's harness takes `ok-name` too.
    if !rest.is_empty() && !rest.starts_with([' ', '\t', '-']) {
        return None;
    }
    let rest = rest.trim_start().trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim();
    let rest = rest.strip_prefix("- ").unwrap_or(rest).trim_start();
    // A `{` at the end opens a subtest of node-tap.
    let rest = rest.strip_suffix('{').unwrap_or(rest).trim_end();
    let (name, directive) = directive(rest);
    let status = match (is_ok, directive) {
        (_, true) => Status::Skipped,
        (true, false) => Status::Passed,
        (false, false) => Status::Failed,
    };
    Some(Point {
        depth,
        name: if name.is_empty() {
            "(unnamed)".to_owned()
        } else {
            name.replace("\\#", "#")
        },
        status,
        has_parts: false,
        has_failed_part: false,
        details: String::new(),
        has_block: false,
    })
}

/// The name, and whether the point is to be skipped or still to be done.
fn directive(text: &str) -> (&str, bool) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('#')).map(|at| at + from) {
        let (before, after) = (
            text.get(..at).unwrap_or_default(),
            text.get(at + 1..).unwrap_or_default(),
        );
        let word: String = after
            .trim_start()
            .chars()
            .take(4)
            .collect::<String>()
            .to_ascii_lowercase();
        if !before.ends_with('\\') && matches!(word.as_str(), "skip" | "todo") {
            return (before.trim_end(), true);
        }
        // `# time=1.2ms` of node-tap.
        if !before.ends_with('\\') && word == "time" {
            return (before.trim_end(), false);
        }
        from = at + 1;
    }
    (text, false)
}

/// A value of the YAML block: on one line, or as a block of its own.
fn field(details: &str, key: &str) -> Option<String> {
    let mut lines = details.lines();
    let value = lines
        .by_ref()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?
        .trim();
    if !matches!(value, "|-" | "|" | ">-" | ">") {
        let bare = value.trim_matches(['"', '\'']);
        return Some(bare.replace("\\n", "\n"));
    }
    let block: Vec<&str> = lines
        .take_while(|line| line.starts_with(' ') || line.is_empty())
        .map(|line| line.strip_prefix("  ").unwrap_or(line))
        .collect();
    Some(block.join("\n"))
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(cut(line, MAX_BLOCK.saturating_sub(text.len())));
    if text.len() < MAX_BLOCK {
        text.push('\n');
    }
}
