//! Text files that a person picks, drops or pastes: read in the browser, refused with clear words.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A `File` of the File API.
    #[derive(Clone)]
    pub type File;

    #[wasm_bindgen(method, getter)]
    pub fn name(this: &File) -> String;

    /// Bytes.
    #[wasm_bindgen(method, getter)]
    pub fn size(this: &File) -> f64;

    #[wasm_bindgen(method, js_name = arrayBuffer)]
    fn array_buffer(this: &File) -> Promise;
}

/// The files of an `<input type=file>`, a `DataTransfer` or a `ClipboardEvent.clipboardData`.
#[must_use]
pub fn list(holder: &JsValue) -> Vec<File> {
    let files = super::property(holder, "files");
    if files.is_falsy() {
        return Vec::new();
    }
    Array::from(&files).iter().map(JsCast::unchecked_into).collect()
}

/// Why a file cannot be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("is larger than can be attached")]
    TooLarge,
    #[error("is not a text file: only UTF-8 text can be attached")]
    NotText,
    #[error("is empty")]
    Empty,
    #[error("could not be read: it may have been moved or changed")]
    Unreadable,
}

/// The file's text, if it is UTF-8 text of at most `limit` bytes.
///
/// # Errors
/// [`Refused`], in words for the person who picked it.
pub async fn read_text(file: &File, limit: usize) -> Result<String, Refused> {
    #[expect(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
    if file.size() > limit as f64 {
        return Err(Refused::TooLarge);
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| Refused::Unreadable)?;
    text(Uint8Array::new(&buffer).to_vec())
}

/// Bytes as text: valid UTF-8 without control characters that no text file holds.
fn text(bytes: Vec<u8>) -> Result<String, Refused> {
    let text = String::from_utf8(bytes).map_err(|_| Refused::NotText)?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Refused::Empty);
    }
    let is_binary = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}');
    if text.contains(is_binary) {
        return Err(Refused::NotText);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert_eq!(text(vec![0xff, 0xfe, 0x41]), Err(Refused::NotText));
    }

    #[test]
    fn nul_bytes_are_refused_and_terminal_colours_are_not() {
        assert_eq!(text(b"PNG\0x".to_vec()), Err(Refused::NotText));
        assert_eq!(
            text(b"\x1b[31mred\x1b[0m".to_vec()),
            Ok("\x1b[31mred\x1b[0m".to_owned())
        );
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_blank_files_are_refused() {
        assert_eq!(text("\u{feff}a".as_bytes().to_vec()), Ok("a".to_owned()));
        assert_eq!(text(b" \n".to_vec()), Err(Refused::Empty));
    }
}
