//! One file per format, or per family of small ones; each turns what it reads into drafts of cases.
//!
//! Adding a format: a variant in [`super::format`], a file here with a function (JSON documents), a
//! [`Lines`] (JSON lines) or a [`super::xml::driver::Dialect`] (XML), its sign in [`super::detect`], a
//! line in the `match` of [`super::reader`], and a report made by the real tool under
//! `crates/reports/fixtures` with its exact counts.

pub mod allure1;
pub mod go_test;
pub mod json_js;
pub mod json_lines;
pub mod json_other;
pub mod junit;
mod numbers;
pub mod nunit;
pub mod robot;
pub mod small_xml;
pub mod tap;
pub mod trx;
pub mod xunit;

use super::builder::Builder;
use super::json::Value;

/// A format of one JSON value per line.
pub trait Lines: std::fmt::Debug {
    fn line(&mut self, event: &Value<'_>, out: &mut Builder);

    /// A line between the events that is none.
    fn other(&mut self, _line: &str, _out: &mut Builder) {}

    /// The report has ended.
    fn finish(&mut self, _out: &mut Builder) {}
}

/// File, class and name of pytest's `tests/test_a.py::TestB::test_c[x::y]`.
fn nodeid(id: &str) -> (&str, String, &str) {
    let (head, parameters) = id
        .split_at_checked(id.find('[').unwrap_or(id.len()))
        .unwrap_or((id, ""));
    let (file, rest) = head.split_once("::").unwrap_or((head, ""));
    let (class, name) = rest.rsplit_once("::").unwrap_or(("", rest));
    let from = id.len() - parameters.len() - name.len();
    (file, class.replace("::", "."), id.get(from..).unwrap_or(name))
}

fn first_line(text: &str) -> &str {
    super::builder::cut(text.trim().lines().next().unwrap_or_default(), 300)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped just before"
)]
fn whole(number: f64) -> u16 {
    number.clamp(0.0, 1000.0) as u16
}

fn whole_len(items: &[Value<'_>]) -> u16 {
    u16::try_from(items.len()).unwrap_or(u16::MAX)
}
