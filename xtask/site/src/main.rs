//! Builds the static half of the site: `site OUT WASM…` takes the compiled browser code, `style/` and
//! `public/` and leaves `OUT` holding exactly the files to be served, each with its `.br` and `.gz`.
//!
//! A file whose content did not change is not written, so that the server is not rebuilt for nothing.

mod bindgen;
mod compress;
mod style;
mod tree;
mod version;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(out), wasm) = (arguments.next(), arguments.collect::<Vec<_>>()) else {
        return fail("usage: site OUT WASM…");
    };
    match build(&wasm, &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn build(wasm: &[PathBuf], out: &Path) -> Result {
    let mut files = tree::read(Path::new("public"))?;
    for wasm in wasm {
        files.extend(bindgen::files(wasm, &wasm.with_extension("bindgen"))?);
    }
    let css = version::stamp(&style::bundle(Path::new("style/main.css"))?, &files);
    files.insert("pkg/spectr.css".into(), css.into_bytes());
    compress::add_variants(&mut files, out)?;
    tree::write(out, &files)
}

#[expect(clippy::print_stderr, reason = "a command line tool speaks to a person")]
fn fail(message: &str) -> ExitCode {
    eprintln!("site: {message}");
    ExitCode::FAILURE
}
