//! The JavaScript around the wasm, by wasm-bindgen as a library (no tool to install).

use crate::Result;
use crate::tree::{self, Files};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Stands in every stamp: raise it when the output for the same wasm changes.
const RECIPE: u32 = 1;

/// `pkg/NAME.js`, `pkg/NAME.wasm` and the snippets; made anew in `work` only when the wasm changed.
pub fn files(wasm: &Path, work: &Path) -> Result<Files> {
    let name = wasm.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let stamp = work.join("stamp");
    let wanted = fingerprint(&fs::read(wasm).map_err(|error| format!("{}: {error}", wasm.display()))?);
    let pkg = work.join("pkg");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        if work.exists() {
            fs::remove_dir_all(work)?;
        }
        Bindgen::new()
            .input_path(wasm)
            .web(true)
            .map_err(|error| error.to_string())?
            .typescript(false)
            .omit_default_module_path(true)
            .out_name(&name)
            .generate(&pkg)
            .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
        fs::write(&stamp, wanted)?;
    }
    Ok(tree::read(&pkg)?
        .into_iter()
        .map(|(file, content)| (served_name(&name, &file), content))
        .collect())
}

/// The page names the wasm itself, so it can have a plain name.
fn served_name(name: &str, file: &str) -> String {
    format!(
        "pkg/{}",
        file.replace(&format!("{name}_bg.wasm"), &format!("{name}.wasm"))
    )
}

fn fingerprint(wasm: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    (RECIPE, wasm).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wasm_is_served_under_a_plain_name_and_snippets_keep_theirs() {
        assert_eq!(served_name("spectr", "spectr_bg.wasm"), "pkg/spectr.wasm");
        assert_eq!(
            served_name("spectr", "snippets/a-1/inline0.js"),
            "pkg/snippets/a-1/inline0.js"
        );
    }

    #[test]
    fn another_wasm_has_another_fingerprint() {
        assert_ne!(fingerprint(b"one"), fingerprint(b"two"));
        assert_eq!(fingerprint(b"one"), fingerprint(b"one"));
    }
}
