//! Views that follow what they read: a part of the document, and a modal dialog.

use super::Node;
use super::patch::Region;
use crate::islands::browser::find;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlDialogElement};

type View = Box<dyn Fn() -> Vec<Node>>;

/// Shows a view in an element and again whenever what it reads changes. The element holds the view
/// of the first moment already where the server wrote it, else nothing.
pub fn region(selector: &'static str, view: impl Fn() -> Vec<Node> + 'static) {
    let view: View = Box::new(view);
    let Some(container) = find(selector) else { return };
    Effect::new(move |region: Option<Region>| {
        let nodes = view();
        let mut region = region.unwrap_or_else(|| adopt(container.clone(), &view));
        region.show(nodes);
        region
    });
}

/// The region of an element that is empty, or holds the view of the first moment as the server wrote it.
#[must_use]
pub fn adopt(container: Element, view: &dyn Fn() -> Vec<Node>) -> Region {
    let is_written = container.first_child().is_some();
    let shown = if is_written { untrack(view) } else { Vec::new() };
    Region::adopt(container, shown)
}

/// A modal dialog that is open while its view is not empty. `opened` runs when it has opened, `closed`
/// when it was closed, by whatever way.
pub fn dialog(
    selector: &'static str,
    view: impl Fn() -> Vec<Node> + 'static,
    opened: impl Fn() + 'static,
    closed: impl Fn() + 'static,
) {
    let view: View = Box::new(view);
    let Some(element) = find(selector) else { return };
    let element: HtmlDialogElement = element.unchecked_into();
    listen(&element, "close", move |_| closed());
    Effect::new(move |region: Option<Region>| {
        let nodes = view();
        let is_open = !nodes.is_empty();
        let mut region = region.unwrap_or_else(|| Region::adopt(element.clone().into(), Vec::new()));
        region.show(nodes);
        if is_open && !element.open() {
            let _ = element.show_modal();
            opened();
        } else if !is_open && element.open() {
            element.close();
        }
        region
    });
}

/// Heeds an event of an element for as long as the page lives.
pub fn listen(element: &Element, name: &str, heed: impl Fn(Event) + 'static) {
    let heed = Closure::<dyn Fn(Event)>::new(heed).into_js_value();
    let _ = element.add_event_listener_with_callback(name, heed.unchecked_ref());
}
