//! What an event is about: one listener on an island's root finds out by the names that elements carry in
//! `data-do`, `data-at` and `data-field`.

use super::property;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// The innermost element around the event's target that matches a selector of our own.
#[must_use]
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok().flatten()
}

/// What an element names in `data-do` and `data-at`.
#[must_use]
pub fn named(element: &Element) -> (String, String) {
    let value = |name| element.get_attribute(name).unwrap_or_default();
    (value("data-do"), value("data-at"))
}

/// The name of a field.
#[must_use]
pub fn field_name(element: &Element) -> Option<String> {
    element.get_attribute("data-field")
}

/// The name and value of the field that an event is about.
#[must_use]
pub fn written(event: &Event) -> Option<(String, String)> {
    let target: JsValue = event.target()?.into();
    let name = field_name(target.unchecked_ref())?;
    Some((name, property(&target, "value").as_string().unwrap_or_default()))
}
