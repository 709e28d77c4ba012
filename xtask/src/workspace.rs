//! Where things are: the repository's root, the target folder, tools on the PATH.

use crate::cargo;
use std::env;
use std::path::{Path, PathBuf};

/// The profile of what `run` and the whole `test` use: quick to build, quick enough to be used. One for all, so that
/// nothing is built twice.
pub const PROFILE: &str = "fast";

/// The packages of the product, and those of its tools. Built apart: together they would share features, and be built anew
/// for `run`.
pub const PRODUCT: [&str; 3] = ["--package=spectr", "--package=spectr-reports", "--package=analyzer"];
pub const TOOLS: [&str; 2] = ["--package=site", "--package=xtask"];

/// Goes to the repository's root: every path in this tool is relative to it.
///
/// # Errors
/// When the folder is gone.
pub fn enter() -> Result<(), String> {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = xtask.parent().unwrap_or(Path::new("."));
    env::set_current_dir(root).map_err(|error| format!("{}: {error}", root.display()))
}

/// Cargo's target folder, wherever its configuration puts it.
///
/// # Errors
/// When cargo does not answer.
pub fn target_dir() -> Result<PathBuf, String> {
    let metadata = cargo::output(&["metadata", "--no-deps", "--format-version=1", "--offline"])?;
    text_field(&metadata, "target_directory")
        .map(PathBuf::from)
        .ok_or_else(|| "cargo metadata named no target folder".to_owned())
}

/// The plain text of this field in a JSON text; enough for a path without escapes.
fn text_field<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The first of these programs that is on the PATH.
#[must_use]
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut candidates = names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)));
    candidates.find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_in_json() {
        let json = r#"{"packages":[],"target_directory":"/a/target","version":1}"#;
        assert_eq!(text_field(json, "target_directory"), Some("/a/target"));
        assert_eq!(text_field(json, "other"), None);
    }

    #[test]
    fn programs_are_found_in_the_order_they_are_asked_for() {
        let found = find_program(&["no-such-program", "sh"]).unwrap();
        assert!(found.ends_with("sh"));
        assert_eq!(find_program(&["no-such-program"]), None);
    }
}
