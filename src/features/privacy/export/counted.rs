//! Rows of a data file, counted as it streams by: memory stays flat however large it is.

use serde::de::{Deserializer as _, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::io::{self, Read};

/// Elements of the array, or 1 for an object. The text must be one JSON document and nothing else.
pub fn count_json(from: impl Read) -> io::Result<u64> {
    let mut reader = serde_json::Deserializer::from_reader(from);
    let rows = reader.deserialize_any(Rows).map_err(io::Error::from)?;
    reader.end().map_err(io::Error::from)?;
    Ok(rows)
}

/// Records after the head.
pub fn count_csv(from: impl Read) -> io::Result<u64> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(from);
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(io::Error::other)? {
        rows += 1;
    }
    Ok(rows)
}

struct Rows;

impl<'de> Visitor<'de> for Rows {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while rows.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(1)
    }

    fn visit_unit<E: Error>(self) -> Result<u64, E> {
        Err(E::custom("it holds null"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_the_elements_of_the_outermost_array() {
        assert_eq!(count_json(&b"[]"[..]).unwrap(), 0);
        assert_eq!(count_json(&b"[{\"a\":[1,2]},{}]"[..]).unwrap(), 2);
        assert_eq!(count_json(&b"{\"a\":[1,2]}"[..]).unwrap(), 1);
        for broken in [&b""[..], b"[1", b"[] []", b"null", b"7"] {
            assert!(count_json(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn records_with_line_breaks_in_quotes_count_once() {
        assert_eq!(count_csv(&b"a,b\r\n1,\"x\r\ny\"\r\n2,z\r\n"[..]).unwrap(), 2);
        assert_eq!(count_csv(&b"a,b\r\n"[..]).unwrap(), 0);
        assert!(count_csv(&b"a,b\r\n1\r\n"[..]).is_err());
    }
}
