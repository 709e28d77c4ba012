//! An analysis as text: for programs, for pull requests, as one page, for CI.
//!
//! What is written here is meant to be passed on, so messages and traces are redacted.

mod html;
mod json;
mod junit;
mod markdown;

pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::{cause_markdown, markdown};

/// Text for HTML and XML; characters that XML does not know are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            it if it.is_control() && !matches!(it, '\n' | '\t') => {}
            it => out.push(it),
        }
    }
    out
}

/// Milliseconds for people.
fn duration(millis: f32) -> String {
    if millis >= 1000.0 {
        format!("{:.1} s", millis / 1000.0)
    } else {
        format!("{millis:.0} ms")
    }
}
