//! Test reports: formats, hostile input, redaction, the quality of the causes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else than it expects has to fail, in its helpers too"
)]

mod formats;
mod hostile;
mod labelled;
mod quality;
mod redaction;
mod saved;
mod scores;
mod traces;
mod written;
