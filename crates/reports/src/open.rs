//! A file as the user gave it — a report, or an archive of reports — into reports.

use super::archive::{Container, container, unpack};
use super::builder::Builder;
use super::format::Format;
use super::model::Report;
use super::reader::Reader;
use std::collections::BTreeMap;

/// Archives within archives are opened this often.
const MAX_NESTING: usize = 2;
/// Bytes per piece: cancelling and other readers get their turn between two.
const PIECE: usize = 256 << 10;

/// Files that were handed in, read.
#[derive(Debug, Default)]
pub struct Opened {
    reports: Vec<Report>,
    /// Results of Allure by folder: one file per test makes one report per folder.
    allure: BTreeMap<String, Builder>,
}

/// Endings of files that are looked at in folders.
const ENDINGS: [&str; 11] = [
    "xml", "json", "jsonl", "ndjson", "trx", "tap", "zip", "gz", "tgz", "tar", "log",
];

/// Whether a file that was found in a folder may be a report, by its name.
#[must_use]
pub fn is_likely(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Whether a file that begins so is an archive, to be given as a whole.
#[must_use]
pub fn is_archive(head: &[u8]) -> bool {
    container(head).is_some()
}

impl Opened {
    /// Takes a report that was read elsewhere.
    pub fn push(&mut self, report: Report) {
        self.reports.push(report);
    }

    /// Reports so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reports.len() + self.allure.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a file that was named: it gets an entry, whatever it holds.
    pub fn take(&mut self, path: &str, bytes: &[u8]) {
        if let Some(kind) = container(bytes) {
            self.take_archive(path, bytes, kind, 0);
            return;
        }
        self.reports.push(read(bytes).finish(path.to_owned()));
    }

    /// Takes a file that was found in a folder or archive: what is no report is passed over.
    pub fn take_found(&mut self, folder: &str, path: &str, bytes: &[u8]) {
        if let Some(kind) = container(bytes) {
            self.take_archive(path, bytes, kind, 1);
            return;
        }
        self.take_member(folder, path, bytes);
    }

    /// All reports, in the order of their paths' first appearance.
    #[must_use]
    pub fn finish(mut self) -> Vec<Report> {
        for (folder, out) in self.allure {
            self.reports.push(out.finish(folder));
        }
        self.reports
    }

    fn take_archive(&mut self, path: &str, bytes: &[u8], kind: Container, nesting: usize) {
        let before = self.len();
        let mut faults = Vec::new();
        unpack(bytes, kind, &mut |name, content| match content {
            Err(what) => faults.push((name.to_owned(), what)),
            // A gzipped report has no name of its own.
            Ok(content) if name.is_empty() && container(content).is_none() => {
                self.reports.push(read(content).finish(path.to_owned()))
            }
            Ok(content) => {
                let inner = if name.is_empty() {
                    path.to_owned()
                } else {
                    format!("{path}/{name}")
                };
                match container(content) {
                    Some(kind) if nesting < MAX_NESTING => self.take_archive(&inner, content, kind, nesting + 1),
                    Some(_) => faults.push((
                        name.to_owned(),
                        "an archive within an archive within an archive".to_owned(),
                    )),
                    None => {
                        let folder = inner.rsplit_once('/').map_or(path, |(folder, _)| folder).to_owned();
                        self.take_member(&folder, &inner, content);
                    }
                }
            }
        });
        if self.len() == before {
            let (at, what) = faults.pop().unwrap_or_else(|| {
                (
                    "archive".to_owned(),
                    "holds no test report that is known here".to_owned(),
                )
            });
            self.reports.push(Report::unreadable(path.to_owned(), &at, &what));
        }
        if let Some(last) = self.reports.last_mut() {
            last.problems
                .extend(faults.into_iter().map(|(at, what)| super::model::Problem { at, what }));
        }
    }

    fn take_member(&mut self, folder: &str, path: &str, bytes: &[u8]) {
        let is_result = path.ends_with("-result.json");
        if is_result && let Some(out) = self.allure.remove(folder) {
            let mut reader = Reader::resume(out);
            reader.feed(bytes);
            if let Ok(out) = reader.suspend() {
                self.allure.insert(folder.to_owned(), out);
            }
            return;
        }
        if is_result
            && let Ok(out) = read(bytes).suspend()
            && out.format() == Format::Allure
        {
            self.allure.insert(folder.to_owned(), out);
            return;
        }
        let report = read(bytes).finish(path.to_owned());
        if report.format.is_some() {
            self.reports.push(report);
        }
    }
}

fn read(bytes: &[u8]) -> Reader {
    let mut reader = Reader::default();
    for piece in bytes.chunks(PIECE) {
        reader.feed(piece);
        if reader.is_refused() {
            break;
        }
    }
    reader
}
