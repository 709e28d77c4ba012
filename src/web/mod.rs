//! The server's face: router, shell, headers, components, pages, API. Holds no SQL.

pub mod api;
pub mod assets;
pub mod components;
pub mod headers;
pub mod pages;
pub mod respond;
pub mod router;
pub mod serve;
pub mod shell;
