//! Lists the migrations for `infra::db`, and rebuilds when one is added and, in optimised builds, when
//! `cargo xtask` changed the site that is embedded then or the commit changed.

use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

/// The folders of `migrations` that `infra::db` knows.
const SCHEMAS: [&str; 4] = ["sqlite", "postgres", "keystore/sqlite", "keystore/postgres"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    list_migrations()?;
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
    Ok(())
}

/// Writes `migrations.rs`: a slice of `(folder, file name, SQL)`, in order. `sqlx::migrate!` would do so
/// too, but builds both database drivers a second time to be able to.
fn list_migrations() -> io::Result<()> {
    let root = env::current_dir()?.join("migrations");
    let mut list = String::from("&[\n");
    for schema in SCHEMAS {
        let mut paths = fs::read_dir(root.join(schema))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "sql"));
        paths.sort();
        for path in paths {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            writeln!(list, "    ({schema:?}, {name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
        }
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("migrations.rs"), list)
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
