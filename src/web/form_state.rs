//! What a form's page shows after its form was not accepted: what was typed (never a secret) and what
//! is wrong with it. Handed from the handler to the page as a context value.

use super::form::Fields;
use crate::domain::fields::FieldErrors;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The state of one form of a page; empty on a first visit.
#[derive(Clone, Debug, Default)]
pub struct FormState(Arc<State>);

#[derive(Clone, Debug, Default)]
struct State {
    form: &'static str,
    values: BTreeMap<&'static str, String>,
    errors: FieldErrors,
}

impl FormState {
    /// Keeps the named fields of what was sent; the others, secrets above all, are forgotten.
    #[must_use]
    pub fn new(form: &'static str, fields: &Fields, keep: &[&'static str], errors: FieldErrors) -> Self {
        let values = keep.iter().map(|name| (*name, fields.get(name).to_owned())).collect();
        Self(Arc::new(State { form, values, errors }))
    }

    /// Adds a value that was not typed, such as the token of the next step.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        Arc::make_mut(&mut self.0).values.insert(name, value);
        self
    }

    /// The state of this form, if it is the one that was sent; empty otherwise.
    #[must_use]
    pub fn of(form: &'static str) -> Self {
        leptos::prelude::use_context::<Self>()
            .filter(|state| state.0.form == form)
            .unwrap_or_default()
    }

    /// Whether this form was sent and came back.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        !self.0.form.is_empty()
    }

    #[must_use]
    pub fn value(&self, name: &str) -> String {
        self.0.values.get(name).cloned().unwrap_or_default()
    }

    /// The value that was sent, else the one that is stored.
    #[must_use]
    pub fn value_or(&self, name: &str, stored: &str) -> String {
        self.0.values.get(name).map_or_else(|| stored.to_owned(), Clone::clone)
    }

    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.value(name) == "on"
    }

    #[must_use]
    pub fn error(&self, name: &str) -> Option<String> {
        self.0.errors.get(name)
    }
}
