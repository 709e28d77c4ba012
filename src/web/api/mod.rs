//! Doors for machines and for the streams of islands.

pub mod health;
