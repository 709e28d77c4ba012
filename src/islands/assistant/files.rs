//! Files on their way into a message: picked, dropped or pasted.

use super::model::{Attachment, MAX_FILE, MAX_FILES};
use super::session::Session;
use crate::islands::browser::files::{File, Refused, list, read_text};
use crate::islands::browser::property;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Pasted text from this length on becomes a file, so that the message stays readable.
const LONG_PASTE: usize = 16 * 1024;

/// Attaches each file that is text and not too large; says of each other one why not.
pub fn attach(session: Session, files: Vec<File>) {
    leptos::task::spawn_local(async move {
        let mut refused = Vec::new();
        for file in files {
            if session.files.with_untracked(Vec::len) >= MAX_FILES {
                refused.push(["At most ", &MAX_FILES.to_string(), " files go along with one message."].concat());
                break;
            }
            let name = file.name();
            match read_text(&file, MAX_FILE).await {
                Ok(text) => session.files.update(|files| files.push(Attachment { name, text })),
                Err(reason) => refused.push(["“", &name, "” ", &reason.to_string(), limit(&reason)].concat()),
            }
        }
        if refused.is_empty() {
            session.took_files();
        } else {
            session.refuse_files(refused.join(" "));
        }
    });
}

const fn limit(reason: &Refused) -> &'static str {
    match reason {
        Refused::TooLarge => ": the limit is 256 KB of text.",
        Refused::NotText | Refused::Empty | Refused::Unreadable => ".",
    }
}

/// Takes the files of a drop; true if there were any.
pub fn dropped(session: Session, event: &JsValue) -> bool {
    let files = list(&property(event, "dataTransfer"));
    let has_files = !files.is_empty();
    if has_files {
        attach(session, files);
    }
    has_files
}

/// Takes the files, or the very long text, of a paste; true if it was taken.
pub fn pasted(session: Session, event: &JsValue) -> bool {
    let data = property(event, "clipboardData");
    let files = list(&data);
    if !files.is_empty() {
        attach(session, files);
        return true;
    }
    let Some(text) = pasted_text(&data).filter(|text| text.len() > LONG_PASTE) else {
        return false;
    };
    if text.len() > MAX_FILE {
        let kilobytes = (text.len() / 1024).to_string();
        session.refuse_files(
            [
                "The pasted text has ",
                &kilobytes,
                " KB; the limit is 256 KB. Paste the part that matters.",
            ]
            .concat(),
        );
    } else {
        let name = "pasted-text.txt".to_owned();
        session.files.update(|files| files.push(Attachment { name, text }));
        session.took_files();
    }
    true
}

fn pasted_text(data: &JsValue) -> Option<String> {
    let get: js_sys::Function = property(data, "getData").into();
    get.call1(data, &JsValue::from_str("text/plain")).ok()?.as_string()
}
