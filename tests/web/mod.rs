//! The house around all features: headers, failures, bounds.

mod bodies;
mod faults;
pub mod headers;
mod hosts;
mod origin;
mod pages;
