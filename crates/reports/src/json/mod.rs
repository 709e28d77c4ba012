//! JSON as far as it goes: a broken or cut-off document gives all that stands before the fault.
//!
//! Depth and number of values are bounded. Texts without escapes are borrowed from the document.

mod parse;

use std::borrow::Cow;

/// A value; absent things read as [`Value::Null`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Map(Vec<(Cow<'a, str>, Self)>),
}

/// Why a document was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte of the document.
    pub at: usize,
    pub what: &'static str,
}

const NULL: &Value<'static> = &Value::Null;

impl<'a> Value<'a> {
    /// The document, or the part of it before the fault.
    #[must_use]
    pub fn read(text: &'a str) -> (Self, Option<Fault>) {
        parse::document(text)
    }

    /// The value of a key. Null where there is none.
    #[must_use]
    pub fn get(&self, key: &str) -> &Self {
        match self {
            // The value lives as long as `self`: null has no borrowed parts.
            Self::Map(pairs) => pairs
                .iter()
                .find(|(name, _)| name == key)
                .map_or(NULL, |(_, value)| value),
            _ => NULL,
        }
    }

    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        matches!(self, Self::Map(pairs) if pairs.iter().any(|(name, _)| name == key))
    }

    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The text; empty for anything else.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A text of a key, borrowed.
    #[must_use]
    pub fn str(&self, key: &str) -> Cow<'_, str> {
        Cow::Borrowed(self.get(key).text())
    }

    #[must_use]
    pub const fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    #[must_use]
    pub const fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }
}
