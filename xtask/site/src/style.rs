//! The style sheet: `@import`s bundled into one file, minified. Nothing is rewritten for old browsers.

use crate::Result;
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use std::path::Path;

/// The bundle of this entry file. An error names file, line and column.
pub fn bundle(entry: &Path) -> Result<String> {
    let provider = FileProvider::new();
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
    let mut sheet = bundler
        .bundle(entry)
        .map_err(|error| format!("{}: {error}", entry.display()))?;
    sheet
        .minify(MinifyOptions::default())
        .map_err(|error| error.to_string())?;
    let options = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    Ok(sheet.to_css(options)?.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn imports_are_bundled_and_the_result_is_minified() {
        let dir = std::env::temp_dir().join(format!("spectr-style-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("main.css"), "@import \"./part.css\";\nb { margin: 0px }\n").unwrap();
        fs::write(dir.join("part.css"), "a {\n  margin: 0px;\n}\n").unwrap();
        let css = bundle(&dir.join("main.css")).unwrap();
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(css, "a{margin:0}b{margin:0}");
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_it() {
        let error = bundle(Path::new("no/such.css")).unwrap_err().to_string();
        assert!(error.contains("such.css"), "{error}");
    }
}
