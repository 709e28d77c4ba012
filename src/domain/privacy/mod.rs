//! The privacy promises as data: constants that jobs enforce and pages print.

pub mod breach;
pub mod bundle;
pub mod clauses;
pub mod constants;
pub mod document;
pub mod erasure;
pub mod erasure_letters;
pub mod inventory;
pub mod letters;
pub mod policy;
pub mod request_letters;
pub mod requests;
pub mod rights;
pub mod versions;

pub use policy::policy_text;
