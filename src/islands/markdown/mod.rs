//! Markdown as it streams: settled blocks are frozen, only the last one is drawn again.
//!
//! ```text
//! text ──▶ unfinished::presentable ──▶ parse::blocks ──▶ dom::Painter ──▶ document
//!            (hides half a marker)      (pulldown-cmark)     (touches what changed)
//! ```
//!
//! A model's answer is untrusted. Nothing here makes HTML from text: elements come from the closed
//! list in `parse`, text goes in as text nodes, links need a scheme of the allow-list, and images
//! are never loaded.

pub mod dom;
pub mod evidence;
pub mod highlight;
pub mod parse;
pub mod unfinished;

mod languages;
