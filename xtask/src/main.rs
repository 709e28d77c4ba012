//! `cargo xtask TASK`: everything a person does with this repository, without another tool to install.
//!
//! Has no dependencies, so that it starts within a second and can say what it is about to build; what
//! needs some (`wasm-bindgen`, the CSS bundler) is the tool in `xtask/site`.

mod bench;
mod cargo;
mod clauses;
mod count;
mod dev;
mod end2end;
mod lint;
mod postgres;
mod run;
mod say;
mod setup;
mod site;
mod test;
mod workspace;

use std::process::ExitCode;

/// What a task answers: how the process ends, or why it could not run.
type Outcome = Result<ExitCode, String>;

struct Task {
    name: &'static str,
    does: &'static str,
    run: fn(&[String]) -> Outcome,
}

const TASKS: [Task; 9] = [
    Task {
        name: "run",
        does: "set up what is missing, build, serve on http://127.0.0.1:3000 with data in ./data",
        run: run::run,
    },
    Task {
        name: "test",
        does: "set up what is missing, all tests and lints, one count; `test NAME` only those",
        run: test::test,
    },
    Task {
        name: "dev",
        does: "serve a debug build, and again after each change",
        run: dev::dev,
    },
    Task {
        name: "build",
        does: "the full release: one self-contained binary",
        run: run::build,
    },
    Task {
        name: "build-wasm",
        does: "only the static half of the site: target/site",
        run: run::build_site,
    },
    Task {
        name: "clauses",
        does: "the privacy policy, promise by promise, each with the result of its test",
        run: clauses::clauses,
    },
    Task {
        name: "bench",
        does: "measure the server against bare proxies and print the table",
        run: bench::bench,
    },
    Task {
        name: "fmt",
        does: "rewrite the code in the one format",
        run: lint::fmt,
    },
    Task {
        name: "lint",
        does: "check format and clippy: server, browser code, tools",
        run: lint::lint,
    },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        help(&name);
        return ExitCode::from(if matches!(name.as_str(), "help" | "--help" | "-h") {
            0
        } else {
            2
        });
    };
    match workspace::enter().and_then(|()| (task.run)(&rest)) {
        Ok(code) => code,
        Err(message) => {
            say::error(&message);
            ExitCode::FAILURE
        }
    }
}

fn help(name: &str) {
    if !name.is_empty() && !matches!(name, "help" | "--help" | "-h") {
        say::error(&format!("there is no task `{name}`"));
    }
    say::line("cargo xtask TASK\n");
    for task in &TASKS {
        say::line(&format!("  {:<11}{}", task.name, task.does));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_names_are_unique() {
        let mut names: Vec<_> = TASKS.iter().map(|task| task.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TASKS.len());
    }
}
