//! From failures to causes: understand each one, group those that are alike.

pub mod category;
pub mod cluster;
mod features;
pub mod frames;
mod link;
pub mod normal;
pub mod trace;
mod values;
