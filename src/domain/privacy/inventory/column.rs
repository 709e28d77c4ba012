//! Columns: what stands in one, and whether it travels in an export.
//!
//! Nullability and kind stand here because the export decodes by them; the schema test holds both
//! against the databases.

use super::Retention;

/// One column.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
    pub export: Export,
    /// Where the value goes before its row does.
    pub retention: Option<Retention>,
}

/// What stands in a column, and so how it is decoded and written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The row's own UUID; JSON text.
    Id,
    /// Another row's UUID; JSON text.
    Reference,
    /// Milliseconds since 1970 UTC; JSON text by RFC 3339.
    Time,
    /// A count, a size or milliseconds; JSON integer.
    Count,
    /// Nano-USD; JSON integer.
    Money,
    /// JSON boolean.
    Flag,
    /// A word from the product's own lists, never what a person typed; JSON text.
    Code,
    /// A hash or keyed index; JSON text, hexadecimal.
    Digest,
    /// bcrypt's text.
    PasswordHash,
    /// Text of a person, sealed under the owner's key; JSON text.
    Sealed,
    /// A JSON document, sealed under the owner's key; travels as that document.
    SealedJson,
    /// Bytes that only a secret's user needs, sealed under the owner's key.
    SealedSecret,
    /// A key under the master ring.
    Wrapped,
    /// The number 1 of a table with one row.
    Single,
}

impl Kind {
    /// Whether the bytes open under the owner's data key.
    #[must_use]
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::Sealed | Self::SealedJson | Self::SealedSecret)
    }

    /// Whether it would help a thief even where it is no plain secret.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::PasswordHash | Self::SealedSecret | Self::Wrapped)
    }

    /// What it is, in words of the processing record.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Id => "random id",
            Self::Reference => "id of another row",
            Self::Time => "time",
            Self::Count => "number",
            Self::Money => "amount",
            Self::Flag => "yes or no",
            Self::Code => "word from a fixed list",
            Self::Digest => "hash",
            Self::PasswordHash => "bcrypt hash",
            Self::Sealed => "text, sealed",
            Self::SealedJson => "details, sealed",
            Self::SealedSecret => "secret, sealed",
            Self::Wrapped => "key, wrapped",
            Self::Single => "the number 1",
        }
    }
}

/// Whether a column travels in its owner's export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// As it stands.
    Plain,
    /// Opened with the owner's key.
    Opened,
    /// Stays behind; why.
    Left(&'static str),
}

impl Column {
    /// What it is called on a page: `last seen`, `IP address`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.name {
            "ip" => "IP address".to_owned(),
            "at" => "time".to_owned(),
            "content" => "text".to_owned(),
            "base_url" => "address".to_owned(),
            "ttft_ms" => "time to first token (ms)".to_owned(),
            "text_sha256" => "fingerprint of the text (SHA-256)".to_owned(),
            "seq" => "number".to_owned(),
            name => label(name),
        }
    }

    /// NULL is possible.
    pub(super) const fn or_none(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Does not travel.
    pub(super) const fn left(mut self, why: &'static str) -> Self {
        self.export = Export::Left(why);
        self
    }

    /// Is emptied before its row is deleted.
    pub(super) const fn kept(mut self, retention: Retention) -> Self {
        self.retention = Some(retention);
        self
    }
}

/// The words of a column's name, with its unit.
fn label(name: &str) -> String {
    let (name, unit) = [("_nano_usd", " (nano-USD)"), ("_ms", " (ms)"), ("_at", ""), ("_id", "")]
        .into_iter()
        .find_map(|(end, unit)| Some((name.strip_suffix(end)?, unit)))
        .unwrap_or((name, ""));
    format!("{}{unit}", name.replace('_', " "))
}

const fn column(name: &'static str, kind: Kind, export: Export) -> Column {
    Column {
        name,
        kind,
        nullable: false,
        export,
        retention: None,
    }
}

macro_rules! columns {
    ($($make:ident $kind:ident $export:expr;)+) => {$(
        pub(super) const fn $make(name: &'static str) -> Column {
            column(name, Kind::$kind, $export)
        }
    )+};
}

columns! {
    id Id Export::Plain;
    reference Reference Export::Plain;
    owner Reference Export::Left("the same id in every row: it is you");
    time Time Export::Plain;
    count Count Export::Plain;
    money Money Export::Plain;
    flag Flag Export::Plain;
    code Code Export::Plain;
    digest Digest Export::Plain;
    sealed Sealed Export::Opened;
    sealed_json SealedJson Export::Opened;
    sealed_secret SealedSecret Export::Left("a secret: it never leaves the server");
    password_hash PasswordHash Export::Left("a secret: a hash can be guessed against");
    wrapped Wrapped Export::Left("a key: it never leaves the server");
    single Single Export::Left("says nothing");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_words_with_their_unit() {
        assert_eq!(time("last_seen_at").label(), "last seen");
        assert_eq!(money("cost_nano_usd").label(), "cost (nano-USD)");
        assert_eq!(sealed_json("ip").label(), "IP address");
    }
}
