//! Accounts, from outside: sign-up to sign-out, and what must never be told.

mod enumeration;
mod input;
mod outbox;
mod security;
mod sessions;
mod sign_in;
mod sign_up;
mod smtp;
