//! Every text of the policy that was ever published, to the byte.
//!
//! Adding a version: put its day into `POLICY_VERSION`, write the new text to `versions/DAY.txt` (the
//! test that compares them leaves it ready in `target/policy/`), run `sha256sum *.txt > SHA256SUMS`
//! there, and add a line on top of [`VERSIONS`]. A file that was published is never touched again.

use crate::domain::timestamp::Timestamp;

/// A published text.
#[derive(Debug)]
pub struct Version {
    /// The day it was written: `2026-05-01`.
    pub id: &'static str,
    /// The exact text.
    pub text: &'static str,
    /// What is different from the one before, for people.
    pub changes: &'static str,
}

/// All of them, newest first.
pub static VERSIONS: &[Version] = &[
    Version {
        id: "2026-11-21",
        text: include_str!("versions/2026-11-21.txt"),
        changes: "The table of what is held is made from the server's own inventory. Access, download, deletion, \
                  objection and consents moved into the privacy centre. Platform keys, LangSmith and saved test \
                  reports are described.",
    },
    Version {
        id: "2026-05-01",
        text: include_str!("versions/2026-05-01.txt"),
        changes: "The first version.",
    },
];

/// `sha256sum` of each file, as that tool writes and checks it.
pub const SUMS: &str = include_str!("versions/SHA256SUMS");

/// The version with that id.
#[must_use]
pub fn version(id: &str) -> Option<&'static Version> {
    VERSIONS.iter().find(|version| version.id == id)
}

impl Version {
    /// SHA-256 of the text, lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &'static str {
        SUMS.lines()
            .filter_map(|line| line.split_once("  "))
            .find(|(_, file)| file.strip_suffix(".txt") == Some(self.id))
            .map_or("", |(sum, _)| sum)
    }

    /// `1 May 2026`.
    #[must_use]
    pub fn date(&self) -> String {
        day_words(self.id)
    }
}

/// A day such as `2026-05-01` in words: `1 May 2026`; other text as it is.
#[must_use]
pub fn day_words(day: &str) -> String {
    start_of(day).map_or_else(|| day.to_owned(), Timestamp::day_words)
}

/// Midnight UTC of a day such as `2026-05-01`.
#[must_use]
pub fn start_of(day: &str) -> Option<Timestamp> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(day, &format).ok()?;
    Some(Timestamp(day.midnight().assume_utc().unix_timestamp() * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::privacy::constants::POLICY_VERSION;

    #[test]
    fn the_newest_version_is_the_one_that_sign_up_asks_for() {
        assert_eq!(VERSIONS.first().map(|version| version.id), Some(POLICY_VERSION));
        assert!(VERSIONS.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first");
    }

    #[test]
    fn days_read_as_people_write_them() {
        assert_eq!(day_words("2026-05-01"), "1 May 2026");
        assert_eq!(day_words("soon"), "soon");
        assert_eq!(start_of("2026-02-30"), None);
    }
}
