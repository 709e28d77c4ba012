//! One `Range` of bytes (RFC 9110, section 14): what a download that was cut off asks for.

/// What a client asks for of a document of known length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// No range, one that is not understood, or several: the whole document.
    Whole,
    /// These bytes; the end is not included.
    Part(std::ops::Range<u64>),
    /// A range that begins beyond the end: 416.
    Beyond,
}

/// Reads the header's value.
#[must_use]
pub fn parse(value: &str, total: u64) -> Asked {
    let Some(spec) = value.trim().strip_prefix("bytes=") else {
        return Asked::Whole;
    };
    let Some((from, to)) = spec.trim().split_once('-') else {
        return Asked::Whole;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(from) || !digits(to) {
        return Asked::Whole;
    }
    // Numbers too large for 64 bits lie beyond any document.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    match (from, to) {
        ("", "") => Asked::Whole,
        ("", last) => match number(last) {
            0 => Asked::Beyond,
            last => part(total.saturating_sub(last), total, total),
        },
        (from, "") => part(number(from), total, total),
        (from, to) if number(to) < number(from) => Asked::Whole,
        (from, to) => part(number(from), number(to).saturating_add(1), total),
    }
}

const fn part(from: u64, end: u64, total: u64) -> Asked {
    if from >= total {
        return Asked::Beyond;
    }
    let end = if end < total { end } else { total };
    Asked::Part(from..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        assert_eq!(parse("bytes=0-0", 10), Asked::Part(0..1));
        assert_eq!(parse("bytes=3-", 10), Asked::Part(3..10));
        assert_eq!(parse("bytes=-4", 10), Asked::Part(6..10));
        assert_eq!(parse("bytes=-40", 10), Asked::Part(0..10));
        assert_eq!(parse("bytes=5-99999999999999999999999", 10), Asked::Part(5..10));
        for beyond in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(parse(beyond, 10), Asked::Beyond, "{beyond}");
        }
        for ignored in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=5-3",
            "bytes=a-b",
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=+1-2",
        ] {
            assert_eq!(parse(ignored, 10), Asked::Whole, "{ignored}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_within_the_document(value in "bytes=[0-9]{0,21}-[0-9]{0,21}", total in 0_u64..1_000) {
            if let Asked::Part(range) = parse(&value, total) {
                prop_assert!(range.start < range.end && range.end <= total);
            }
        }
    }
}
