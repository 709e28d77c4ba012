//! `go test -json`: one event per line.
//!
//! A test with failing parts fails with them; what it printed itself decides whether it has a cause
//! of its own. A package that fails without a failing test (build, panic in `TestMain`) is a case.
//! What runs again after its package has ended is a retry; before, it is `-count` and a case of its own.

use super::Lines;
use crate::builder::{Again, Builder, Draft, Told, cut};
use crate::json::Value;
use crate::model::Status;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Output kept of one test, and tests and packages that may run at once.
const MAX_OUTPUT: usize = 64 << 10;
const MAX_RUNNING: usize = 100_000;
/// Tests of one package whose repeats are told apart.
const MAX_ENDED: usize = 1_000_000;

#[derive(Debug, Default)]
struct Running {
    output: String,
    has_failed_part: bool,
}

#[derive(Debug, Default)]
pub struct GoTest {
    /// By package and test; the test is empty for the package itself.
    running: BTreeMap<(String, String), Running>,
    /// Packages that had a failing test.
    blamed: HashMap<String, usize>,
    builds: HashMap<String, String>,
    /// How often each test ended since its package began.
    ended: HashMap<(String, String), u32>,
}

impl Lines for GoTest {
    fn line(&mut self, event: &Value<'_>, out: &mut Builder) {
        let package = event.get("Package").text();
        let key = (package.to_owned(), event.get("Test").text().to_owned());
        match event.get("Action").text() {
            "build-output" => {
                let path = event.get("ImportPath").text().to_owned();
                append(self.builds.entry(path).or_default(), event.get("Output").text());
            }
            "run" | "start" if self.running.len() < MAX_RUNNING => {
                self.running.insert(key, Running::default());
            }
            "output" if self.running.len() < MAX_RUNNING => {
                append(
                    &mut self.running.entry(key).or_default().output,
                    event.get("Output").text(),
                );
            }
            "pass" if !key.1.is_empty() => self.end(key, Status::Passed, event, out),
            "skip" if !key.1.is_empty() => self.end(key, Status::Skipped, event, out),
            "fail" if !key.1.is_empty() => self.end(key, Status::Failed, event, out),
            "fail" => {
                self.end_package(&key, event, out);
                self.forget(&key.0);
            }
            "pass" | "skip" => {
                self.running.remove(&key);
                self.forget(&key.0);
            }
            _ => {}
        }
    }

    /// Before Go 1.24 a package that cannot be built has no event, only the line for people.
    fn other(&mut self, line: &str, out: &mut Builder) {
        let Some(rest) = line.strip_prefix("FAIL\t") else {
            return;
        };
        if let Some((package, why)) = rest.trim_end().split_once(" [")
            && matches!(why, "build failed]" | "setup failed]")
        {
            let told = why.strip_suffix(']').unwrap_or(why);
            Ended::errored(package, "(package)", told).push(0, out);
        }
    }

    fn finish(&mut self, out: &mut Builder) {
        let open: Vec<String> = self
            .running
            .keys()
            .filter(|(_, test)| !test.is_empty())
            .map(|(package, test)| format!("{package} {test}"))
            .collect();
        for test in open {
            out.problem("end", format!("{test} has no result and was left out"));
        }
    }
}

impl GoTest {
    fn end(&mut self, key: (String, String), status: Status, event: &Value<'_>, out: &mut Builder) {
        let run = self.running.remove(&key).unwrap_or_default();
        let repeats = self.repeats(&key);
        let (package, test) = key;
        if status.is_bad() {
            *self.blamed.entry(package.clone()).or_default() += 1;
            if let Some((parent, _)) = test.rsplit_once('/')
                && let Some(parent) = self.running.get_mut(&(package.clone(), parent.to_owned()))
            {
                parent.has_failed_part = true;
            }
        }
        let told = own_output(&run.output);
        let is_echo = status.is_bad() && run.has_failed_part && told.is_empty();
        let ended = Ended {
            package: &package,
            test: &test,
            status,
            told: &told,
            is_echo,
            seconds: event.get("Elapsed").number(),
        };
        ended.push(repeats, out);
    }

    /// How often this test has ended since its package began; counts this end.
    fn repeats(&mut self, key: &(String, String)) -> u32 {
        if let Some(count) = self.ended.get_mut(key) {
            *count += 1;
            return *count;
        }
        if self.ended.len() < MAX_ENDED {
            self.ended.insert(key.clone(), 0);
        }
        0
    }

    /// A package has ended: what runs again is a retry.
    fn forget(&mut self, package: &str) {
        self.ended.retain(|(it, _), _| it != package);
    }

    fn end_package(&mut self, key: &(String, String), event: &Value<'_>, out: &mut Builder) {
        let package = key.0.clone();
        let own = self.running.remove(key).unwrap_or_default().output;
        // Tests that a panic or a time-out left without an end.
        let hanging: Vec<(String, String)> = self
            .running
            .range((package.clone(), String::new())..)
            .map(|(key, _)| key.clone())
            .take_while(|(it, _)| *it == package)
            .collect();
        for (_, test) in &hanging {
            let run = self
                .running
                .remove(&(package.clone(), test.clone()))
                .unwrap_or_default();
            let told = if run.output.contains("panic:") {
                run.output
            } else {
                own.clone()
            };
            let repeats = self.repeats(&(package.clone(), test.clone()));
            Ended::errored(&package, test, &told).push(repeats, out);
        }
        if hanging.is_empty() && self.blamed.remove(&package).is_none() {
            let build = self
                .builds
                .get(event.get("FailedBuild").text())
                .cloned()
                .unwrap_or_default();
            let told = if build.is_empty() { own } else { build };
            Ended::errored(&package, "(package)", &told).push(0, out);
        }
    }
}

/// A test, or a package, with its result.
struct Ended<'a> {
    package: &'a str,
    test: &'a str,
    status: Status,
    told: &'a str,
    is_echo: bool,
    seconds: Option<f64>,
}

impl<'a> Ended<'a> {
    const fn errored(package: &'a str, test: &'a str, told: &'a str) -> Self {
        Self {
            package,
            test,
            status: Status::Errored,
            told,
            is_echo: false,
            seconds: None,
        }
    }

    fn push(&self, repeats: u32, out: &mut Builder) {
        let mut failures = Vec::new();
        if self.status.is_bad() && !self.is_echo {
            failures.push(Told {
                stack: Cow::Borrowed(self.told),
                ..Told::default()
            });
        }
        out.case(&Draft {
            class: Cow::Borrowed(self.package),
            name: Cow::Borrowed(self.test),
            status: Some(self.status),
            millis: self.seconds.map(|seconds| seconds * 1000.0),
            is_echo: self.is_echo,
            failures,
            again: Again::Attempt,
            key: (repeats > 0).then(|| Cow::Owned(format!("{}\n{}\n{repeats}", self.package, self.test))),
            ..Draft::default()
        });
    }
}

/// What a test printed, without the frame lines of the tool.
pub fn own_output(output: &str) -> String {
    let is_frame = |line: &&str| {
        let line = line.trim_start();
        ![
            "=== RUN",
            "=== PAUSE",
            "=== CONT",
            "=== NAME",
            "--- FAIL",
            "--- PASS",
            "--- SKIP",
        ]
        .iter()
        .any(|start| line.starts_with(start))
    };
    let kept: Vec<&str> = output.lines().filter(is_frame).collect();
    kept.join("\n").trim_end().to_owned()
}

fn append(text: &mut String, more: &str) {
    text.push_str(cut(more, MAX_OUTPUT.saturating_sub(text.len())));
}
