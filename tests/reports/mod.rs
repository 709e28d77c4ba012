//! Test reports: formats, hostile input, redaction, the quality of the causes, the command.

mod command;
mod formats;
mod hostile;
mod labelled;
mod quality;
mod redaction;
mod scores;
mod written;
