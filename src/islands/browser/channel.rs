//! Words between the tabs of one browser: a tab that saves tells the others.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;

    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post_message(this: &BroadcastChannel, message: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &BroadcastChannel, handler: &JsValue);

    #[wasm_bindgen(method)]
    fn close(this: &BroadcastChannel);
}

/// One end of a named channel; closes when dropped.
pub struct Channel {
    channel: BroadcastChannel,
    _listener: Closure<dyn FnMut(JsValue)>,
}

impl Channel {
    /// Opens the channel and hears what other tabs say; `None` where the browser has no channels.
    #[must_use]
    pub fn open(name: &str, mut hear: impl FnMut(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Closure::new(move |event: JsValue| {
            if let Some(text) = super::property(&event, "data").as_string() {
                hear(text);
            }
        });
        channel.set_onmessage(listener.as_ref());
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    /// Tells the other tabs; this one does not hear itself.
    pub fn say(&self, text: &str) {
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(&JsValue::NULL);
        self.channel.close();
    }
}
