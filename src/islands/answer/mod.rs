//! One model's answer on the screen, streaming: built once, used by every area that asks a model.
//!
//! ```text
//! Cell::ask ──▶ stream::chat ──events──▶ Cell ─┬─ state ───────────▶ pane::view
//!                                              └─ once per frame ──▶ pane::Board ──▶ markdown
//! ```

pub mod cell;
pub mod fault;
pub mod model;
pub mod pane;
pub mod words;
