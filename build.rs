//! Rebuilds when a migration is added (`sqlx::migrate!` reads the folder while it compiles) and, in
//! optimised builds, when `cargo xtask` changed the site that is embedded then or the commit changed.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    let embeds = env::var_os("CARGO_FEATURE_SSR").is_some() && env::var_os("PROFILE").is_some_and(|it| it == "release");
    println!("cargo:rerun-if-env-changed=SPECTR_COMMIT");
    let commit = env::var_os("SPECTR_COMMIT").and_then(|commit| commit.into_string().ok());
    let commit = commit.filter(|commit| !commit.is_empty());
    // A debug build would be built anew at every commit, or name an old one.
    let commit = commit.or_else(|| embeds.then(commit_of_checkout).flatten());
    println!(
        "cargo:rustc-env=SPECTR_BUILD_COMMIT={}",
        commit.as_deref().unwrap_or("unknown")
    );
    if embeds {
        // A watched folder that does not exist would make every build start anew.
        let site = Path::new("target/site");
        if site.exists() || fs::create_dir_all(site).is_ok() {
            println!("cargo:rerun-if-changed=target/site");
        }
    }
}

/// The commit that is checked out, with a mark where files were changed since; `None` without git.
fn commit_of_checkout() -> Option<String> {
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file])?;
        if Path::new(&path).exists() {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changes.is_empty() {
        commit
    } else {
        format!("{commit} with changes")
    })
}

/// What git answers, trimmed; `None` where there is no git or no repository.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = output.status.success().then_some(output.stdout)?;
    String::from_utf8(text).ok().map(|text| text.trim().to_owned())
}
