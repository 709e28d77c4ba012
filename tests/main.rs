//! Integration tests: one binary, through the real server, on SQLite and PostgreSQL.

mod accounts;
mod database;
mod engine;
mod privacy;
mod providers;
mod support;
mod tidy;
mod usage;
mod vault;
mod web;
