//! One value of a row, and how rows are written as canonical JSON (RFC 8785: sorted names, no spaces)
//! and as CSV that no spreadsheet takes for a formula.

use crate::domain::privacy::inventory::{Column, Kind};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use serde_json::Value;
use uuid::Uuid;

/// A value as it travels.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Flag(bool),
    Id(Uuid),
    Time(i64),
    Text(String),
    /// Written in hexadecimal.
    Bytes(Vec<u8>),
    Document(Value),
}

/// Writes the rows of one table.
#[derive(Debug)]
pub struct RowWriter {
    /// Column number and its name with quotes and colon, sorted by name; no number for the table's own name.
    members: Vec<(Option<usize>, Vec<u8>)>,
    table: Option<&'static str>,
}

impl RowWriter {
    /// For rows of these columns, in their order; with `table`, each row says from which it comes.
    #[must_use]
    pub fn new(columns: &[&Column], table: Option<&'static str>) -> Self {
        let mut members: Vec<_> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| (Some(at), column.name))
            .collect();
        if table.is_some() {
            members.push((None, "table"));
        }
        members.sort_by_key(|(_, name)| *name);
        let members = members
            .into_iter()
            .map(|(at, name)| (at, format!("\"{name}\":").into_bytes()));
        Self {
            members: members.collect(),
            table,
        }
    }

    /// One object.
    pub fn json(&self, out: &mut Vec<u8>, cells: &[Cell]) {
        out.push(b'{');
        self.members(out, cells);
        out.push(b'}');
    }

    fn members(&self, out: &mut Vec<u8>, cells: &[Cell]) {
        for (index, (at, name)) in self.members.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name);
            match at {
                Some(at) => cells.get(*at).unwrap_or(&Cell::Null).json(out),
                None => text(out, self.table.unwrap_or_default()),
            }
        }
    }
}

impl Cell {
    /// As canonical JSON.
    pub fn json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Integer(number) => integer(out, *number),
            Self::Flag(true) => out.extend_from_slice(b"true"),
            Self::Flag(false) => out.extend_from_slice(b"false"),
            Self::Id(id) => quoted(out, |out| uuid(out, *id)),
            Self::Time(at) => quoted(out, |out| time(out, *at)),
            Self::Text(words) => text(out, words),
            Self::Bytes(bytes) => quoted(out, |out| hexadecimal(out, bytes)),
            Self::Document(document) => canonical(out, document),
        }
    }

    /// As one field of a CSV (RFC 4180). Text that a spreadsheet would run begins with an apostrophe.
    pub fn csv(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Integer(number) => integer(out, *number),
            Self::Flag(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
            Self::Id(id) => uuid(out, *id),
            Self::Time(at) => time(out, *at),
            Self::Text(words) => csv_text(out, words),
            Self::Bytes(bytes) => hexadecimal(out, bytes),
            Self::Document(document) => {
                let mut json = Vec::new();
                canonical(&mut json, document);
                csv_text(out, &String::from_utf8_lossy(&json));
            }
        }
    }
}

/// The kinds whose JSON is an integer.
#[must_use]
pub const fn is_integer(kind: Kind) -> bool {
    matches!(kind, Kind::Count | Kind::Money | Kind::Single)
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn integer(out: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    while let Some(digit) = at.checked_sub(1).and_then(|before| digits.get_mut(before)) {
        at -= 1;
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

fn uuid(out: &mut Vec<u8>, id: Uuid) {
    let mut buffer = Uuid::encode_buffer();
    out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
}

fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            out.extend(DIGITS.get(usize::from(half)));
        }
    }
}

/// `2026-05-01T08:30:00.250Z`: always with milliseconds, so that text sorts as time does.
fn time(out: &mut Vec<u8>, at: i64) {
    const LAST: i64 = 253_402_300_799_999;
    if !(0..=LAST).contains(&at) {
        out.extend_from_slice(Timestamp(at).rfc3339().as_bytes());
        return;
    }
    let (year, month, day) = civil(at / DAY_MS);
    let rest = at % DAY_MS;
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1_000 % 60, rest % 1_000);
    for (number, digits, after) in [
        (year, 4, b'-'),
        (month, 2, b'-'),
        (day, 2, b'T'),
        (hour, 2, b':'),
        (minute, 2, b':'),
        (second, 2, b'.'),
        (milli, 3, b'Z'),
    ] {
        let mut weight = 10_i64.pow(digits - 1);
        while weight > 0 {
            out.push(b'0' + u8::try_from(number / weight % 10).unwrap_or_default());
            weight /= 10;
        }
        out.push(after);
    }
}

/// Year, month and day of a day since 1970, by the eras of 400 years that the calendar repeats in.
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// A JSON string. Only what must be escaped is, so that the same text has one form.
pub fn text(out: &mut Vec<u8>, words: &str) {
    // Writing a string into memory does not fail.
    drop(serde_json::to_writer(out, words));
}

/// A document with its names sorted and without spaces.
pub fn canonical(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                canonical(out, item);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            out.push(b'{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                text(out, name);
                out.push(b':');
                canonical(out, member);
            }
            out.push(b'}');
        }
        Value::String(words) => text(out, words),
        other => out.extend_from_slice(other.to_string().as_bytes()),
    }
}

fn csv_text(out: &mut Vec<u8>, words: &str) {
    let guard = words.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !guard && !words.contains([',', '"', '\n', '\r']) {
        out.extend_from_slice(words.as_bytes());
        return;
    }
    out.push(b'"');
    if guard {
        out.push(b'\'');
    }
    for byte in words.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(cell: &Cell) -> String {
        let mut out = Vec::new();
        cell.json(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn csv(cell: &Cell) -> String {
        let mut out = Vec::new();
        cell.csv(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_read_as_everybody_reads_them() {
        for (at, expected) in [
            (0, "\"1970-01-01T00:00:00.000Z\""),
            (1_777_881_600_250, "\"2026-05-04T08:00:00.250Z\""),
            (951_782_399_999, "\"2000-02-28T23:59:59.999Z\""),
            (951_782_400_000, "\"2000-02-29T00:00:00.000Z\""),
            (253_402_300_799_999, "\"9999-12-31T23:59:59.999Z\""),
        ] {
            assert_eq!(json(&Cell::Time(at)), expected);
        }
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for words in ["=1+1", "+44 20", "-2", "@SUM(A1)", "\tx", "\rx"] {
            let field = csv(&Cell::Text(words.into()));
            assert_eq!(field, format!("\"'{words}\""), "{words:?}");
        }
        assert_eq!(csv(&Cell::Text("a=b".into())), "a=b");
        assert_eq!(csv(&Cell::Integer(-5)), "-5");
    }

    #[test]
    fn documents_have_one_form() {
        let document = serde_json::json!({"b": [1, true, null], "a": {"z": "\u{1}\"é", "y": -2}});
        assert_eq!(
            json(&Cell::Document(document)),
            "{\"a\":{\"y\":-2,\"z\":\"\\u0001\\\"é\"},\"b\":[1,true,null]}"
        );
    }

    proptest! {
        #[test]
        fn a_number_is_written_as_everybody_writes_it(number: i64) {
            prop_assert_eq!(json(&Cell::Integer(number)), number.to_string());
        }

        #[test]
        fn a_time_is_the_one_that_the_calendar_says(at in 0_i64..253_402_300_799_999) {
            let written = json(&Cell::Time(at));
            let seconds = written.trim_matches('"').split('.').next().unwrap().to_owned();
            let expected = Timestamp(at - at % 1_000).rfc3339();
            prop_assert_eq!(format!("{seconds}Z"), expected);
        }

        #[test]
        fn any_text_comes_back_from_json_and_from_csv(words in ".*") {
            let read: String = serde_json::from_str(&json(&Cell::Text(words.clone()))).unwrap();
            prop_assert_eq!(&read, &words);
            // Not the first field: readers take a byte order mark at the very beginning for no part of the text.
            let line = format!("x,{}", csv(&Cell::Text(words.clone())));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let read = reader.records().next().unwrap().unwrap()[1].to_owned();
            prop_assert!(read == words || read == format!("'{words}"), "{read:?}");
        }
    }
}
