//! How many tests passed: read from the closing lines of the tools that ran them.

use std::fmt;
use std::ops::AddAssign;

/// Passed, failed and skipped tests or checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Count {
    /// One check without tests of its own.
    #[must_use]
    pub fn check(passed: bool) -> Self {
        Self {
            passed: usize::from(passed),
            failed: usize::from(!passed),
            skipped: 0,
        }
    }

    /// What the tool counted. A run that ended badly without naming a failed test, or that closed
    /// without a count, is one failure: it must never look like success.
    #[must_use]
    pub fn of_run(output: &str, ended_well: bool) -> Self {
        let mut count = Self::default();
        let lines = || output.lines().map(str::trim);
        // The output of a failed test may quote the closing line of another tool.
        let tool = TOOLS.iter().find(|is_summary| lines().any(is_summary));
        for line in lines().filter(|line| tool.is_some_and(|is_summary| is_summary(line))) {
            count += Self::of_line(line);
        }
        if count.failed == 0 && (!ended_well || count.passed == 0) {
            count.failed = 1;
        }
        count
    }

    fn of_line(line: &str) -> Self {
        let words: Vec<&str> = line
            .split(|it: char| !it.is_alphanumeric())
            .filter(|it| !it.is_empty())
            .collect();
        let mut count = Self::default();
        for pair in words.windows(2) {
            let [number, word] = pair else { continue };
            let Ok(number) = number.parse::<usize>() else { continue };
            match *word {
                "passed" | "flaky" => count.passed += number,
                // "timed out", "did not run", "exec failed", "interrupted"
                "failed" | "timed" | "did" | "exec" | "interrupted" => count.failed += number,
                "skipped" | "ignored" => count.skipped += number,
                _ => {}
            }
        }
        // nextest repeats flaky tests among the passed.
        if line.starts_with("Summary") {
            count.passed = count.passed.saturating_sub(number_before(&words, "flaky"));
        }
        count
    }
}

fn number_before(words: &[&str], name: &str) -> usize {
    let found = words.windows(2).find(|pair| pair.last() == Some(&name));
    found
        .and_then(|pair| pair.first())
        .and_then(|it| it.parse().ok())
        .unwrap_or(0)
}

/// Recognises the closing lines of one tool.
type IsSummary = fn(&str) -> bool;

/// nextest's `Summary […]`, cargo test's `test result: …`, Playwright's `12 passed (1.2m)`.
const TOOLS: [IsSummary; 3] = [
    |line| line.starts_with("Summary ["),
    |line| line.starts_with("test result: "),
    |line| {
        let mut words = line.split_whitespace();
        let number = words.next().is_some_and(|word| word.parse::<usize>().is_ok());
        let states = ["passed", "failed", "flaky", "skipped", "did", "interrupted"];
        number && words.next().is_some_and(|word| states.contains(&word))
    },
];

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// `N passed, N failed`, and the skipped where there are some.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: usize, failed: usize, skipped: usize) -> Count {
        Count {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn nextest_is_read() {
        let output = "  FAIL [ 0.1s] a\n    test result: FAILED. 0 passed; 1 failed; 0 ignored\n     Summary [  12.5s] 30 tests run: 28 passed (1 slow, 2 flaky), 1 failed, 1 timed out, 4 skipped\n";
        assert_eq!(Count::of_run(output, false), count(28, 2, 4));
    }

    #[test]
    fn every_binary_of_cargo_test_is_added() {
        let output = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
                      test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Count::of_run(output, false), count(7, 1, 1));
    }

    #[test]
    fn playwright_is_read() {
        let output = "Running 9 tests using 1 worker\n  1 failed\n    [chromium] › a.spec.ts:3:1 › 12 passed by\n  2 did not run\n  6 passed (1.2m)\n";
        assert_eq!(Count::of_run(output, false), count(6, 3, 0));
    }

    #[test]
    fn a_crash_and_an_empty_run_are_failures() {
        assert_eq!(Count::of_run("error: could not compile", false), count(0, 1, 0));
        assert_eq!(Count::of_run("", true), count(0, 1, 0));
        assert_eq!(Count::of_run("  3 passed (1s)", false), count(3, 1, 0));
    }

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(count(3, 0, 0).to_string(), "3 passed, 0 failed");
        assert_eq!(count(3, 1, 2).to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
