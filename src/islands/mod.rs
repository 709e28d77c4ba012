//! Interactive leaves: compiled for the server (first render) and for the browser (hydration).
//!
//! Everything here compiles on both sides without gates. What only a browser has is bound in
//! `browser` and called from event handlers, effects and spawned local tasks alone, which never
//! run on the server. `stream` and `answer` belong to every area that shows a model's answer.

pub mod answer;
pub mod assistant;
pub mod browser;
pub mod markdown;
pub mod models;
pub mod stream;
pub mod tree;
