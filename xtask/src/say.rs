//! What the person at the terminal reads. Plain lines: they also go to logs.

use std::time::Instant;

/// One line on standard output.
#[expect(clippy::print_stdout, reason = "a command line tool speaks to a person")]
pub fn line(text: &str) {
    println!("{text}");
}

/// One line on standard error.
#[expect(clippy::print_stderr, reason = "a command line tool speaks to a person")]
pub fn error(text: &str) {
    eprintln!("xtask: {text}");
}

/// Announces numbered steps and tells how long each took.
pub struct Steps {
    total: usize,
    done: usize,
}

impl Steps {
    /// Prints the title above the steps.
    #[must_use]
    pub fn new(title: &str, total: usize) -> Self {
        line(title);
        Self { total, done: 0 }
    }

    /// Runs one step between its announcement and its time.
    ///
    /// # Errors
    /// Those of the step.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        self.done += 1;
        line(&format!("[{}/{}] {name}", self.done, self.total));
        let start = Instant::now();
        let result = work()?;
        let seconds = start.elapsed().as_secs_f32();
        line(&format!("[{}/{}] ready after {seconds:.1} s", self.done, self.total));
        Ok(result)
    }
}
