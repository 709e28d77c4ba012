//! The privacy promises as data: constants that jobs enforce and pages print.

pub mod constants;
pub mod policy;

pub use policy::policy_text;
