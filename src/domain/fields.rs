//! What is wrong with the fields of a form, each in a sentence that says how to mend it.

use std::collections::BTreeMap;

/// Errors by field name; the first one of a field stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(BTreeMap<&'static str, String>);

impl FieldErrors {
    /// One error alone.
    #[must_use]
    pub fn of(field: &'static str, error: impl std::fmt::Display) -> Self {
        let mut errors = Self::default();
        errors.add(field, error);
        errors
    }

    pub fn add(&mut self, field: &'static str, error: impl std::fmt::Display) {
        self.0.entry(field).or_insert_with(|| error.to_string());
    }

    /// The error of this field, for the component that shows it.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<String> {
        self.0.get(field).cloned()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a parsed value or notes why there is none.
    pub fn take<T, E: std::fmt::Display>(&mut self, field: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }
}
