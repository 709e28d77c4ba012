//! From failures to causes: understand each one, group those that are alike.

pub mod category;
pub mod cluster;
mod common;
pub mod evidence;
pub mod features;
pub mod frames;
mod link;
pub mod normal;
mod panic;
mod place;
pub mod trace;
mod values;
mod words;
