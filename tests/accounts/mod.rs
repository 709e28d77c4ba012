//! Accounts, from outside: sign-up to sign-out, and what must never be told.

mod sessions;
