//! Test reports: any format in, few causes out.
//!
//! A file goes through [`open`] (archives) and [`reader`] (encoding, format, one parser per format
//! under [`formats`]) into the model of [`model`]; [`causes`] understands the failures and groups them;
//! [`compare`] sets two runs side by side; [`analysis`] holds it all, [`show`] writes it; [`explain`] writes what a model would be told and [`saved`] what is kept on the
//! server, after [`redact`] took out what must not leave the machine.
//!
//! Everything here is pure and the same natively and in the browser. Input is never trusted: nothing
//! panics, nothing expands, and every text, count and depth is bounded.

pub mod analysis;
mod ansi;
mod archive;
mod builder;
pub mod causes;
pub mod compare;
mod detect;
mod encoding;
pub mod explain;
pub mod format;
mod formats;
mod json;
pub mod model;
pub mod open;
pub mod reader;
pub mod redact;
pub mod saved;
pub mod show;
mod text;
mod xml;

pub use builder::cut;
pub use text::Text;
