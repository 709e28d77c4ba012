//! One file per page. Pages read from services directly and never hold SQL.

pub mod accounts;
pub mod assistant;
pub mod budgets;
pub mod contact;
pub mod dashboard;
pub mod docs;
pub mod erasure;
pub mod guide;
pub mod integrations;
pub mod keys;
pub mod landing;
pub mod leaked_key;
pub mod legal;
pub mod not_found;
pub mod platform_keys;
pub mod privacy_centre;
pub mod privacy_export;
pub mod problem;
pub mod proof;
pub mod reports;
pub mod rights;
pub mod settings;
