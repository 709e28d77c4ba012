//! Brotli and gzip at their best level, once at build time: the server compresses no static file.

use crate::Result;
use crate::tree::Files;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Kinds that shrink. Fonts and pictures are compressed already.
const KINDS: [&str; 10] = [
    "css",
    "html",
    "js",
    "json",
    "map",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
    "xml",
];
/// Below this a second packet is not saved.
const WORTH_IT: usize = 1024;

/// Adds `NAME.br` and `NAME.gz` for each file that shrinks. Variants of a file that stands in `out`
/// with the same content are taken from there.
pub fn add_variants(files: &mut Files, out: &Path) -> Result {
    let mut variants = Files::new();
    for (name, content) in files.iter().filter(|(name, content)| shrinks(name, content)) {
        let kept = fs::read(out.join(name)).is_ok_and(|old| old == *content);
        for (suffix, pack) in [("br", brotli as fn(&[u8]) -> Result<Vec<u8>>), ("gz", gzip)] {
            let variant = format!("{name}.{suffix}");
            let packed = match fs::read(out.join(&variant)) {
                Ok(packed) if kept => packed,
                _ => pack(content)?,
            };
            variants.insert(variant, packed);
        }
    }
    files.extend(variants);
    Ok(())
}

fn shrinks(name: &str, content: &[u8]) -> bool {
    let kind = name.rsplit('.').next().unwrap_or_default();
    content.len() >= WORTH_IT && KINDS.contains(&kind)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 64 * 1024, 11, 22);
    writer.write_all(content)?;
    writer.flush()?;
    drop(writer);
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_variants_unpack_to_the_original() {
        let text = b"Spectr ".repeat(1000);
        let mut files = Files::from([("a.css".to_owned(), text.clone())]);
        add_variants(&mut files, Path::new("no/such/folder")).unwrap();
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(&files["a.css.br"][..], 4096)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        unpacked.clear();
        flate2::read::GzDecoder::new(&files["a.css.gz"][..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        assert!(files["a.css.br"].len() < text.len() / 10);
    }

    #[test]
    fn small_files_and_packed_kinds_stay_alone() {
        let mut files = Files::from([
            ("small.css".to_owned(), vec![b'a'; 10]),
            ("font.woff2".to_owned(), vec![b'a'; 5000]),
        ]);
        add_variants(&mut files, Path::new("no/such/folder")).unwrap();
        assert_eq!(files.len(), 2);
    }
}
