//! Keys, sealing and password hashing.
