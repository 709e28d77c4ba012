//! Files of one run on their way in, piece by piece.

use spectr_reports::model::Report;
use spectr_reports::open::{Opened, is_archive};
use spectr_reports::reader::Reader;
use std::collections::BTreeMap;

/// Largest archive, in bytes: it must stand in memory as a whole. Plain reports have no such bound.
const MAX_WHOLE: usize = 512 << 20;

/// The run that is being read.
#[derive(Debug, Default)]
pub struct Intake {
    opened: Opened,
    open: Option<Open>,
    /// Dropped folders, and whether any report was found in them.
    folders: BTreeMap<String, bool>,
}

#[derive(Debug)]
struct Open {
    path: String,
    folder: Option<String>,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Nothing,
    Whole(Vec<u8>),
    Pieces(Box<Reader>),
    TooLarge,
}

impl Intake {
    /// A file begins; one that was found in a folder is passed over when it is no report.
    pub fn begin(&mut self, path: &str, folder: Option<String>) {
        if let Some(folder) = &folder {
            self.folders.entry(folder.clone()).or_default();
        }
        self.open = Some(Open {
            path: path.to_owned(),
            folder,
            held: Held::Nothing,
        });
    }

    /// Takes the next piece; whether more is wanted.
    pub fn feed(&mut self, bytes: &[u8]) -> bool {
        let Some(open) = &mut self.open else { return false };
        if matches!(open.held, Held::Nothing) {
            // Allure's results belong together by folder, so they are handed on as files.
            let is_part = open.folder.is_some() && open.path.ends_with("-result.json");
            open.held = if is_part || is_archive(bytes) {
                Held::Whole(Vec::new())
            } else {
                Held::Pieces(Box::default())
            };
        }
        match &mut open.held {
            Held::Whole(whole) if whole.len() + bytes.len() > MAX_WHOLE => open.held = Held::TooLarge,
            Held::Whole(whole) => whole.extend_from_slice(bytes),
            Held::Pieces(reader) => reader.feed(bytes),
            Held::Nothing | Held::TooLarge => {}
        }
        match &open.held {
            Held::Pieces(reader) => !reader.is_refused(),
            held => !matches!(held, Held::TooLarge),
        }
    }

    /// The file has ended.
    pub fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        let before = self.opened.len();
        let parent = open.path.rsplit_once('/').map_or("", |(parent, _)| parent);
        match (open.held, &open.folder) {
            (Held::Whole(bytes), Some(_)) => self.opened.take_found(parent, &open.path, &bytes),
            (Held::Whole(bytes), None) => self.opened.take(&open.path, &bytes),
            (Held::TooLarge, _) => self.opened.push(Report::unreadable(
                open.path,
                "archive",
                "an archive of more than 512 MiB is not opened in a browser; unpack it first",
            )),
            (Held::Nothing, Some(_)) => {}
            (Held::Nothing, None) => self.opened.take(&open.path, b""),
            (Held::Pieces(reader), folder) => {
                let report = reader.finish(open.path);
                if folder.is_none() || report.format.is_some() {
                    self.opened.push(report);
                }
            }
        }
        if let Some(found) = open.folder.and_then(|folder| self.folders.get_mut(&folder)) {
            *found |= self.opened.len() > before;
        }
    }

    /// The file that was begun could not be read.
    pub fn unreadable(&mut self, what: &str) {
        if let Some(open) = self.open.take() {
            self.opened.push(Report::unreadable(open.path, "file", what));
        }
    }

    /// All files were given.
    pub fn finish(&mut self) -> Vec<Report> {
        self.end();
        for (folder, found) in std::mem::take(&mut self.folders) {
            if !found {
                let what = "holds no test report that is known here";
                self.opened.push(Report::unreadable(folder, "folder", what));
            }
        }
        std::mem::take(&mut self.opened).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &[u8] =
        br#"<testsuite><testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>"#;

    #[test]
    fn a_file_in_pieces_of_one_byte_is_the_file() {
        let mut intake = Intake::default();
        intake.begin("a.xml", None);
        for byte in REPORT {
            assert!(intake.feed(&[*byte]));
        }
        intake.end();
        let reports = intake.finish();
        assert_eq!(
            (reports.len(), reports[0].counts().tests, reports[0].counts().failed),
            (1, 2, 1)
        );
    }

    #[test]
    fn a_named_file_gets_an_entry_whatever_it_holds_and_a_found_one_only_as_a_report() {
        let mut intake = Intake::default();
        for folder in [None, Some("build".to_owned())] {
            for (name, bytes) in [
                ("build/notes.json", &b"{\"a\": 1}"[..]),
                ("build/r.xml", REPORT),
                ("build/empty.xml", b""),
            ] {
                intake.begin(name, folder.clone());
                if !bytes.is_empty() {
                    intake.feed(bytes);
                }
                intake.end();
            }
        }
        let reports = intake.finish();
        let read: Vec<(&str, bool)> = reports
            .iter()
            .map(|it| (it.path.as_str(), it.format.is_some()))
            .collect();
        let named = [
            ("build/notes.json", false),
            ("build/r.xml", true),
            ("build/empty.xml", false),
        ];
        assert_eq!(read, [&named[..], &[("build/r.xml", true)]].concat());
    }

    #[test]
    fn a_folder_without_reports_is_told_of() {
        let mut intake = Intake::default();
        intake.begin("docs/a.json", Some("docs".to_owned()));
        intake.feed(b"[]");
        let reports = intake.finish();
        assert_eq!(reports[0].path, "docs");
        assert!(reports[0].problems[0].what.contains("no test report"));
        assert!(intake.finish().is_empty(), "the next run begins with nothing");
    }

    #[test]
    fn a_file_that_the_browser_cannot_read_is_a_problem_of_that_file() {
        let mut intake = Intake::default();
        intake.begin("gone.xml", None);
        intake.unreadable("the file is gone");
        assert_eq!(intake.finish()[0].problems[0].what, "the file is gone");
    }
}
