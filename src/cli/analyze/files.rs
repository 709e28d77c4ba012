//! Finds and reads what was named: files, folders, patterns, standard input.
//!
//! Each named file gets an entry, also when it cannot be read. In folders only what looks like a
//! report by its ending is opened, and only what is one is told of.

use crate::domain::reports::model::Report;
use crate::domain::reports::open::{Opened, is_archive, is_likely};
use crate::domain::reports::reader::Reader;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Folders that hold no reports of one's own.
const PASSED_OVER: [&str; 2] = [".git", "node_modules"];
const MAX_DEPTH: usize = 24;
/// Largest archive and largest standard input, in bytes. Plain reports are read in pieces without a bound.
const MAX_WHOLE: u64 = 1 << 30;
const PIECE: usize = 256 << 10;

/// Reads everything that was named, in order.
pub(super) fn read(names: &[String]) -> Vec<Report> {
    let mut opened = Opened::default();
    for name in names {
        let path = Path::new(name);
        if name == "-" {
            take(&mut opened, "-", io::stdin().lock());
        } else if path.is_dir() {
            take_folder(&mut opened, path, 0);
        } else if !path.exists() && name.contains(['*', '?']) {
            let found = matching(name);
            if found.is_empty() {
                opened.push(Report::unreadable(name.clone(), "file", "no file has such a name"));
            }
            found.iter().for_each(|path| take_file(&mut opened, path));
        } else {
            take_file(&mut opened, path);
        }
    }
    opened.finish()
}

fn take_file(opened: &mut Opened, path: &Path) {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => take(opened, &name, file),
        Err(error) => opened.push(Report::unreadable(name, "file", &error.to_string())),
    }
}

/// A report in pieces; an archive as a whole.
fn take(opened: &mut Opened, name: &str, mut file: impl Read) {
    let mut piece = vec![0; PIECE];
    let mut reader = Reader::default();
    let mut is_first = true;
    loop {
        let length = match fill(&mut file, &mut piece) {
            Ok(length) => length,
            Err(error) => return opened.push(Report::unreadable(name.to_owned(), "file", &error.to_string())),
        };
        let bytes = piece.get(..length).unwrap_or_default();
        if std::mem::take(&mut is_first) && is_archive(bytes) {
            let mut whole = bytes.to_vec();
            return match file.take(MAX_WHOLE).read_to_end(&mut whole) {
                Ok(_) => opened.take(name, &whole),
                Err(error) => opened.push(Report::unreadable(name.to_owned(), "file", &error.to_string())),
            };
        }
        reader.feed(bytes);
        if length < PIECE || reader.is_refused() {
            return opened.push(reader.finish(name.to_owned()));
        }
    }
}

/// Fills the buffer; less only at the end.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn take_folder(opened: &mut Opened, folder: &Path, depth: usize) {
    let name = folder.display().to_string();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return opened.push(Report::unreadable(name, "folder", &error.to_string())),
    };
    let before = opened.len();
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    for path in paths {
        let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_link = path.symlink_metadata().is_ok_and(|it| it.file_type().is_symlink());
        if path.is_dir() {
            if !is_link && depth < MAX_DEPTH && !PASSED_OVER.contains(&own.as_str()) {
                take_folder(opened, &path, depth + 1);
            }
        } else if is_likely(&own)
            && fs::metadata(&path).is_ok_and(|it| it.len() <= MAX_WHOLE)
            && let Ok(bytes) = fs::read(&path)
        {
            opened.take_found(&name, &path.display().to_string(), &bytes);
        }
    }
    if depth == 0 && opened.len() == before {
        opened.push(Report::unreadable(
            name,
            "folder",
            "holds no test report that is known here",
        ));
    }
}

/// Files whose path has the form of a pattern: `*` and `?` within a name, `**` for any folders.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let parts: Vec<&str> = pattern.split('/').collect();
    let root = if pattern.starts_with('/') {
        PathBuf::from("/")
    } else {
        PathBuf::new()
    };
    let parts = if pattern.starts_with('/') {
        parts.get(1..).unwrap_or_default()
    } else {
        &parts
    };
    let mut found = Vec::new();
    descend(&root, parts, 0, &mut found);
    found.sort();
    found.dedup();
    found
}

fn descend(at: &Path, parts: &[&str], depth: usize, found: &mut Vec<PathBuf>) {
    let Some((part, rest)) = parts.split_first() else {
        if at.is_file() {
            found.push(at.to_owned());
        }
        return;
    };
    if depth > MAX_DEPTH {
        return;
    }
    if !part.contains(['*', '?']) {
        return descend(&at.join(part), rest, depth + 1, found);
    }
    if *part == "**" {
        descend(at, rest, depth, found);
    }
    let folder = if at.as_os_str().is_empty() { Path::new(".") } else { at };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = at.join(&name);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if *part == "**" {
            if is_folder && !PASSED_OVER.contains(&name.as_str()) {
                descend(&path, parts, depth + 1, found);
            }
        } else if fits(part.as_bytes(), name.as_bytes()) {
            descend(&path, rest, depth + 1, found);
        }
    }
}

/// Whether a name has the form of a pattern of `*` and `?`; linear but for the last star.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(it) if *it == b'?' || name.get(n) == Some(it) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|it| *it == b'*'))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_take_any_part_of_a_name() {
        assert!(fits(b"TEST-*.xml", b"TEST-shop.PriceTest.xml") && fits(b"*", b"") && fits(b"a?c*", b"abcd"));
        assert!(!fits(b"TEST-*.xml", b"TEST-a.json") && !fits(b"a?c", b"ac"));
    }
}
