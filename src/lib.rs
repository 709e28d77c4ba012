//! Spectr: one crate, built for the server (`ssr`) and for the browser (`hydrate`).
//!
//! The feature gates stand here and nowhere else. `domain` and `islands` compile for both sides;
//! everything else is the server's. Inner rings never name outer ones:
//! `domain ← infra ← features ← islands ← web ← cli`.

// The types of leptos views are as deep as the pages they describe.
#![recursion_limit = "512"]

pub mod domain;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod features;
#[cfg(feature = "ssr")]
pub mod infra;
#[cfg(feature = "ssr")]
pub mod web;

/// Whose memory the server gives out; `main` has it wiped when it is given back.
#[cfg(all(feature = "ssr", not(feature = "jemalloc")))]
pub use std::alloc::System as Allocator;
#[cfg(feature = "jemalloc")]
pub use tikv_jemallocator::Jemalloc as Allocator;

/// Called once by the island script of a page that holds islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
