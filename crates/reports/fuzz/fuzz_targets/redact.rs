//! Any text redacted: nothing panics, and a key that stands in the midst of it goes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spectr_reports::redact::redact;

const KEY: &str = "ghp_8fK2mQ7xZt4Rb9Lw3Nc6Vj1Hs5Pd0YgAeUoI";

fuzz_target!(|text: &str| {
    let planted = format!("{text}\n{KEY}\n{text}");
    assert!(!redact(&planted).contains(KEY));
});
