//! What goes to services that a person connects: requests as they go onto the wire. Pure.

pub mod langsmith;
