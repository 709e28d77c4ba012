//! Any bytes as a zip, a gzip or whatever they turn out to be: nothing panics and nothing grows without bound.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spectr_reports::open::Opened;

fuzz_target!(|data: &[u8]| {
    for magic in [&b"PK\x03\x04"[..], &b"\x1f\x8b\x08"[..], &b""[..]] {
        let bytes = [magic, data].concat();
        let mut opened = Opened::default();
        opened.take("a", &bytes);
        let _ = opened.finish();
    }
});
