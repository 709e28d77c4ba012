//! Doors for machines and for the streams of islands.

pub mod health;
pub mod metrics;
pub mod models;
pub mod openapi;
pub mod security_txt;
pub mod spectr_keys;
pub mod sse;
pub mod stream;
pub mod usage;
