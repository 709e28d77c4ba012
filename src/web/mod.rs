//! The server's face: router, shell, headers, components, pages, API. Holds no SQL.

pub mod api;
pub mod assets;
pub mod auth;
pub mod bodies;
pub mod client;
pub mod components;
pub mod faults;
pub mod form;
pub mod form_state;
pub mod headers;
pub mod observe;
pub mod page;
pub mod pages;
pub mod range;
pub mod render;
pub mod request_id;
pub mod respond;
pub mod router;
pub mod serve;
pub mod shell;
pub mod site;
