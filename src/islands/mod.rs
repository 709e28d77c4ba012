//! Interactive leaves: compiled for the server (first render) and for the browser (hydration).
//!
//! Everything here compiles on both sides without gates. What only a browser has is bound in
//! `browser` and called from event handlers, effects and spawned local tasks alone, which never
//! run on the server. `stream`, `answer` and `picker` belong to every area that asks models.

pub mod answer;
pub mod assistant;
pub mod browser;
pub mod explain;
pub mod markdown;
pub mod models;
pub mod picker;
pub mod stream;
pub mod tree;
