//! Form fields: label, hint, control, and an error that belongs to it for eyes and for screen readers.
//!
//! A field's id is `field-NAME`, or `PREFIX-NAME` where a page holds the same field twice.

use super::{Icon, Name};
use leptos::prelude::*;

/// Ids and state that tie a control to its words.
struct Ties {
    id: String,
    /// `aria-describedby`: error first, so that it is read first.
    described_by: Option<String>,
    invalid: Option<&'static str>,
    hint: Option<String>,
    error: Option<String>,
}

impl Ties {
    fn new(prefix: &str, name: &str, hint: String, error: Option<String>) -> Self {
        let id = format!("{}-{name}", if prefix.is_empty() { "field" } else { prefix });
        let hint = (!hint.is_empty()).then_some(hint);
        let parts = [
            error.as_ref().map(|_| format!("{id}-error")),
            hint.as_ref().map(|_| format!("{id}-hint")),
        ];
        let described_by = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            invalid: error.as_ref().map(|_| "true"),
            described_by: (!described_by.is_empty()).then_some(described_by),
            id,
            hint,
            error,
        }
    }

    fn hint(&self) -> impl IntoView + use<> {
        let id = format!("{}-hint", self.id);
        self.hint.clone().map(|hint| view! { <p class="hint" id=id>{hint}</p> })
    }

    fn error(&self) -> impl IntoView + use<> {
        let id = format!("{}-error", self.id);
        self.error.clone().map(|error| {
            view! {
                <p class="field-error" id=id>
                    <Icon name=Name::Alert small=true />
                    <span>{error}</span>
                </p>
            }
        })
    }

    fn label(&self, label: String, required: bool) -> impl IntoView + use<> {
        let optional = (!required).then(|| view! { <span class="optional">" (optional)"</span> });
        view! { <label for=self.id.clone()>{label}{optional}</label> }
    }
}

/// A one-line input.
#[component]
pub fn Field(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// The input's `type`.
    #[prop(into, default = "text".to_owned())]
    kind: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] hint: String,
    /// What is wrong with it and how to mend it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    #[prop(into, optional)] autocomplete: Option<String>,
    #[prop(default = true)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(into, optional)] inputmode: Option<String>,
    #[prop(into, optional)] placeholder: Option<String>,
    #[prop(optional)] minlength: Option<u32>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(into, optional)] pattern: Option<String>,
    /// Prefix of the id, for pages that hold a field of this name twice.
    #[prop(into, optional)]
    prefix: String,
    /// Monospaced, without spelling help: keys, codes, addresses of machines.
    #[prop(optional)]
    code: bool,
    /// Neither required by the browser nor marked as optional: the hint says when it may be empty.
    #[prop(optional)]
    conditional: bool,
) -> impl IntoView {
    let ties = Ties::new(&prefix, &name, hint, error);
    let secret = kind == "password";
    // A password is never written back into a page.
    let value = (!secret && !value.is_empty()).then_some(value);
    let plain = code || secret || kind == "email";
    view! {
        <div class="field">
            {ties.label(label, required || conditional)}
            {ties.hint()}
            <input
                id=ties.id.clone()
                class=code.then_some("input-code")
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                required=required && !conditional
                autofocus=autofocus
                inputmode=inputmode
                placeholder=placeholder
                minlength=minlength
                maxlength=maxlength
                pattern=pattern
                spellcheck=plain.then_some("false")
                autocapitalize=plain.then_some("none")
                aria-invalid=ties.invalid
                aria-describedby=ties.described_by.clone()
            />
            {ties.error()}
        </div>
    }
    .into_any()
}

/// Several lines of text.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(default = true)] required: bool,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(into, optional)] prefix: String,
) -> impl IntoView {
    let ties = Ties::new(&prefix, &name, hint, error);
    view! {
        <div class="field">
            {ties.label(label, required)}
            {ties.hint()}
            <textarea
                id=ties.id.clone()
                name=name
                rows="6"
                required=required
                maxlength=maxlength
                aria-invalid=ties.invalid
                aria-describedby=ties.described_by.clone()
            >
                {value}
            </textarea>
            {ties.error()}
        </div>
    }
    .into_any()
}

/// One of a few: `options` are pairs of value and text.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(into, optional)] prefix: String,
) -> impl IntoView {
    let ties = Ties::new(&prefix, &name, hint, error);
    let options = options
        .into_iter()
        .map(|(id, text)| view! { <option selected=id == value value=id>{text}</option> })
        .collect_view();
    view! {
        <div class="field">
            {ties.label(label, true)}
            {ties.hint()}
            <select
                id=ties.id.clone()
                name=name
                aria-invalid=ties.invalid
                aria-describedby=ties.described_by.clone()
            >
                {options}
            </select>
            {ties.error()}
        </div>
    }
    .into_any()
}

/// A checkbox with value `on`; its words are the children and may hold links.
#[component]
pub fn CheckField(
    #[prop(into)] name: String,
    #[prop(optional)] checked: bool,
    #[prop(default = true)] required: bool,
    #[prop(into, optional)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(into, optional)] prefix: String,
    children: Children,
) -> impl IntoView {
    let ties = Ties::new(&prefix, &name, hint, error);
    view! {
        <div class="check">
            <input
                id=ties.id.clone()
                type="checkbox"
                name=name
                value="on"
                checked=checked
                required=required
                aria-invalid=ties.invalid
                aria-describedby=ties.described_by.clone()
            />
            <label for=ties.id.clone()>{children()}</label>
            {ties.hint()}
            {ties.error()}
        </div>
    }
    .into_any()
}
