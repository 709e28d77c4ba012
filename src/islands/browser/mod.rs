//! What islands ask of the browser beyond the document: time, frames, clipboard, files, storage.
//!
//! It compiles on both sides, as leptos' own browser code does, so that no gate is needed: the
//! functions may be called from event handlers, effects and spawned local tasks only, and those
//! never run on the server. Nothing here sends anything; the one door out is `islands::stream`.

pub mod channel;
pub mod events;
pub mod files;
pub mod idb;

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::document;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    async fn write_clipboard(text: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
}

/// Milliseconds since the page was opened, monotonic: for durations.
#[must_use]
pub fn elapsed_ms() -> f64 {
    monotonic()
}

/// Milliseconds since the Unix epoch by the browser's clock: for labels in the browser's own store.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit i64 by far")]
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// A random name for something that lives in this browser only; never a secret.
#[must_use]
pub fn random_id() -> String {
    let half = || (js_sys::Math::random() * f64::from(u32::MAX)).to_bits();
    let (now, a, b) = (now_ms(), half(), half());
    format!("{now:x}-{:x}-{:x}", a >> 20, b >> 20)
}

/// A property of a JavaScript object, `undefined` where it has none.
#[must_use]
pub fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Whether the browser believes that it has a network.
#[must_use]
pub fn is_online() -> bool {
    let navigator = property(&js_sys::global(), "navigator");
    property(&navigator, "onLine").as_bool().unwrap_or(true)
}

/// The path of this page.
#[must_use]
pub fn path() -> String {
    let location = property(&js_sys::global(), "location");
    property(&location, "pathname").as_string().unwrap_or_default()
}

/// Puts text on the clipboard; false where the browser does not let us.
pub async fn copy(text: &str) -> bool {
    write_clipboard(text).await.is_ok() || copy_by_selection(text)
}

/// The older way, for pages that are not served over https, where the clipboard API is absent.
fn copy_by_selection(text: &str) -> bool {
    let document = document();
    let (Ok(area), Some(body)) = (document.create_element("textarea"), document.body()) else {
        return false;
    };
    let area: web_sys::HtmlTextAreaElement = area.unchecked_into();
    area.set_value(text);
    area.set_class_name("visually-hidden");
    let focused = document.active_element();
    if body.append_child(&area).is_err() {
        return false;
    }
    area.select();
    let command: Result<Function, _> = property(&document, "execCommand").dyn_into();
    let copied = command
        .and_then(|command| command.call1(&document, &JsValue::from_str("copy")))
        .is_ok_and(|done| done.is_truthy());
    area.remove();
    if let Some(focused) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = focused.focus();
    }
    copied
}

/// The first element that matches a selector of our own.
#[must_use]
pub fn find(selector: &str) -> Option<web_sys::Element> {
    document().query_selector(selector).ok().flatten()
}

/// A field with a value: inputs and text areas share what is used of it.
#[must_use]
pub fn field(selector: &str) -> Option<web_sys::HtmlTextAreaElement> {
    find(selector).map(JsCast::unchecked_into)
}

/// Moves the focus.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

/// Moves the focus to what the next frame will show.
pub fn focus_soon(selector: &'static str) {
    next_frame(move || focus(selector));
}

/// Offers text as a file to save; nothing leaves the browser.
pub fn download(name: &str, kind: &str, text: &str) {
    let parts = Array::of1(&JsValue::from_str(text));
    let Ok(blob) = web_sys::Blob::new_with_str_sequence(&parts) else {
        return;
    };
    let blob = blob.slice_typed(kind);
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else {
        return;
    };
    if let Ok(link) = document().create_element("a") {
        let link: web_sys::HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

trait Typed {
    /// The same bytes with a media type: `slice(0, size, type)` is the way without an options object.
    fn slice_typed(&self, kind: &str) -> web_sys::Blob;
}

impl Typed for web_sys::Blob {
    fn slice_typed(&self, kind: &str) -> web_sys::Blob {
        let size = self.size();
        self.slice_with_f64_and_f64_and_content_type(0.0, size, kind)
            .unwrap_or_else(|_| self.clone())
    }
}

/// Runs `work` before the next paint.
pub fn next_frame(work: impl FnOnce() + 'static) {
    leptos::prelude::request_animation_frame(work);
}

/// A plain JavaScript object of these text fields.
#[must_use]
pub fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}
