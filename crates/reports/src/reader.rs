//! One file in, in pieces of any size; one report out.
//!
//! Holds the beginning until the format is known, then what that format's parser needs: one tag, one
//! line, or a whole document of JSON up to [`MAX_DOCUMENT`].

use super::builder::{Builder, cut};
use super::detect::{HEAD, detect};
use super::encoding::Decoder;
use super::format::Format;
use super::formats::{
    Lines, allure1, go_test, json_js, json_lines, json_other, junit, nunit, robot, small_xml, tap, trx, xunit,
};
use super::json::Value;
use super::model::Report;
use super::xml::driver::{Dialect, Driver};

/// Largest JSON document, in bytes; formats of one event per line and XML have no such bound.
const MAX_DOCUMENT: usize = 256 << 20;
/// Largest line of a format of lines.
const MAX_LINE: usize = 4 << 20;

#[derive(Debug)]
enum Parser {
    Xml(Box<Driver>),
    Document(String),
    Lines(Box<dyn Lines>),
    Tap(tap::Tap),
}

#[derive(Debug)]
enum Stage {
    /// Bytes before the encoding can be told.
    Bytes(Vec<u8>),
    /// Text before the format can be told.
    Head(Decoder, String),
    Known(Decoder, Box<Known>),
    /// No report, or one that is too large: the rest is not looked at.
    Refused(&'static str),
}

#[derive(Debug)]
struct Known {
    parser: Parser,
    out: Builder,
    /// An unfinished line.
    line: String,
    number: usize,
}

/// Reads one report.
#[derive(Debug)]
pub struct Reader {
    stage: Stage,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            stage: Stage::Bytes(Vec::new()),
        }
    }
}

impl Reader {
    /// Continues a report that [`Reader::suspend`] gave back: Allure writes one file per test.
    #[must_use]
    pub fn resume(out: Builder) -> Self {
        let known = Known::new(Format::Allure, Some(out));
        Self {
            stage: Stage::Known(Decoder::detect(b""), Box::new(known)),
        }
    }

    /// Takes the next piece.
    pub fn feed(&mut self, bytes: &[u8]) {
        match &mut self.stage {
            Stage::Bytes(held) => {
                held.extend_from_slice(bytes);
                if held.len() >= 256 {
                    self.tell_encoding();
                }
            }
            Stage::Head(decoder, head) => {
                head.push_str(&decoder.decode(bytes));
                if head.len() >= HEAD {
                    self.tell_format();
                }
            }
            Stage::Known(decoder, known) => {
                let text = decoder.decode(bytes);
                if !known.feed(&text) {
                    self.stage = Stage::Refused("the document is too large to be read as a whole");
                }
            }
            Stage::Refused(_) => {}
        }
    }

    /// Whether what came so far is no report: nothing more has to be fed.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self.stage, Stage::Refused(_))
    }

    /// The file has ended.
    #[must_use]
    pub fn finish(mut self, path: String) -> Report {
        match self.end() {
            Ok(out) => out.finish(path),
            Err(what) => Report::unreadable(path, "file", what),
        }
    }

    /// The file has ended, but the report goes on in another one.
    ///
    /// # Errors
    /// Why nothing could be read.
    pub fn suspend(mut self) -> Result<Builder, &'static str> {
        self.end()
    }

    fn end(&mut self) -> Result<Builder, &'static str> {
        if matches!(self.stage, Stage::Bytes(_)) {
            self.tell_encoding();
        }
        if matches!(self.stage, Stage::Head(..)) {
            self.tell_format();
        }
        match std::mem::replace(&mut self.stage, Stage::Refused("")) {
            Stage::Known(decoder, known) => Ok(known.finish(&decoder)),
            Stage::Refused(what) => Err(what),
            Stage::Bytes(_) | Stage::Head(..) => Err("the file is empty"),
        }
    }

    fn tell_encoding(&mut self) {
        if let Stage::Bytes(held) = &mut self.stage {
            let held = std::mem::take(held);
            let mut decoder = Decoder::detect(&held);
            let head = decoder.decode(&held).into_owned();
            let is_long = head.len() >= HEAD;
            self.stage = Stage::Head(decoder, head);
            if is_long {
                self.tell_format();
            }
        }
    }

    fn tell_format(&mut self) {
        let Stage::Head(decoder, head) = std::mem::replace(&mut self.stage, Stage::Refused("")) else {
            return;
        };
        let what = if head.trim().is_empty() {
            "the file is empty"
        } else {
            "not a test report that is known here"
        };
        let Some(format) = detect(cut(&head, HEAD)) else {
            self.stage = Stage::Refused(what);
            return;
        };
        let mut known = Known::new(format, None);
        known.feed(&head);
        self.stage = Stage::Known(decoder, Box::new(known));
    }
}

impl Known {
    fn new(format: Format, out: Option<Builder>) -> Self {
        Self {
            parser: parser(format),
            out: out.unwrap_or_else(|| Builder::new(format)),
            line: String::new(),
            number: 0,
        }
    }

    /// False when the document is too large.
    fn feed(&mut self, text: &str) -> bool {
        match &mut self.parser {
            Parser::Xml(driver) => driver.feed(text, &mut self.out),
            Parser::Document(whole) => {
                whole.push_str(text);
                return whole.len() <= MAX_DOCUMENT;
            }
            Parser::Lines(_) | Parser::Tap(_) => self.feed_lines(text),
        }
        true
    }

    fn feed_lines(&mut self, text: &str) {
        let mut rest = text;
        while let Some((line, after)) = rest.split_once('\n') {
            let mut held = std::mem::take(&mut self.line);
            if held.is_empty() {
                self.take_line(line);
            } else {
                held.push_str(line);
                self.take_line(&held);
            }
            rest = after;
        }
        if self.line.len() + rest.len() <= MAX_LINE {
            self.line.push_str(rest);
        }
    }

    fn take_line(&mut self, line: &str) {
        self.number += 1;
        let line = line.trim_end_matches('\r');
        match &mut self.parser {
            Parser::Tap(tap) => tap.line(line, &mut self.out),
            Parser::Lines(lines) if line.trim_start().starts_with('{') => match Value::read(line) {
                (event, None) => lines.line(&event, &mut self.out),
                (_, Some(fault)) => self.out.problem(format!("line {}", self.number), fault.what),
            },
            Parser::Lines(lines) => lines.other(line, &mut self.out),
            _ => {}
        }
    }

    fn finish(mut self, decoder: &Decoder) -> Builder {
        let last = std::mem::take(&mut self.line);
        if !last.trim().is_empty() {
            self.take_line(&last);
        }
        let out = &mut self.out;
        match &mut self.parser {
            Parser::Xml(driver) => driver.finish(out),
            Parser::Lines(lines) => lines.finish(out),
            Parser::Tap(tap) => tap.finish(out),
            Parser::Document(whole) => {
                let (value, fault) = Value::read(whole);
                if let Some(fault) = fault {
                    let before = whole.get(..fault.at).unwrap_or_default();
                    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
                    out.problem(format!("line {line}"), fault.what);
                }
                document(out.format(), &value, out);
            }
        }
        if decoder.is_lossy {
            out.problem(
                "file",
                "some bytes are not valid in the file's encoding and were read as Windows-1252",
            );
        }
        if let Some(name) = &decoder.unknown {
            out.problem(
                "file",
                format!("the encoding {name} is not known; the file was read as UTF-8"),
            );
        }
        self.out
    }
}

fn parser(format: Format) -> Parser {
    let xml = |dialect: Box<dyn Dialect>| Parser::Xml(Box::new(Driver::new(dialect)));
    match format {
        Format::JUnit => xml(Box::<junit::JUnit>::default()),
        Format::Trx => xml(Box::<trx::Trx>::default()),
        Format::NUnit => xml(Box::<nunit::NUnit>::default()),
        Format::XUnit => xml(Box::<xunit::XUnit>::default()),
        Format::Robot => xml(Box::<robot::Robot>::default()),
        Format::CTest => xml(Box::<small_xml::CTest>::default()),
        Format::Boost => xml(Box::<small_xml::Boost>::default()),
        Format::CppUnit => xml(Box::<small_xml::CppUnit>::default()),
        Format::CUnit => xml(Box::<small_xml::CUnit>::default()),
        Format::Check => xml(Box::<small_xml::Check>::default()),
        Format::Allure1 => xml(Box::<allure1::Allure1>::default()),
        Format::GoTest => Parser::Lines(Box::<go_test::GoTest>::default()),
        Format::LibTest => Parser::Lines(Box::<json_lines::LibTest>::default()),
        Format::Dart => Parser::Lines(Box::<json_lines::Dart>::default()),
        Format::PytestLog => Parser::Lines(Box::<json_lines::ReportLog>::default()),
        Format::Tap => Parser::Tap(tap::Tap::default()),
        _ => Parser::Document(String::new()),
    }
}

fn document(format: Format, value: &Value<'_>, out: &mut Builder) {
    match format {
        Format::Playwright => json_js::playwright(value, out),
        Format::Mocha => json_js::mocha(value, out),
        Format::Mochawesome => json_js::mochawesome(value, out),
        Format::Jest => json_js::jest(value, out),
        Format::Ctrf => json_other::ctrf(value, out),
        Format::RSpec => json_other::rspec(value, out),
        Format::Cucumber => json_other::cucumber(value, out),
        Format::GoogleTest => json_other::googletest(value, out),
        Format::PytestJson => json_other::pytest(value, out),
        Format::Allure => json_other::allure(value, out),
        _ => {}
    }
}
