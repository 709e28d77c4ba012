//! The few icons that islands draw; the server's pages have a larger set of their own.

/// Path data on a grid of 20.
pub const ATTACH: &str =
    "m15.5 9.5-5.8 5.8a3.6 3.6 0 0 1-5-5l6.5-6.6a2.4 2.4 0 0 1 3.4 3.4l-6.5 6.5a1.2 1.2 0 0 1-1.7-1.7l5.6-5.6";
/// Braces.
pub const JSON: &str = "M8 3.5c-1.7 0-2.5.8-2.5 2.5v2c0 1.2-.7 2-2 2 1.3 0 2 .8 2 2v2c0 1.7.8 2.5 2.5 2.5M12 3.5c1.7 0 2.5.8 2.5 2.5v2c0 1.2.7 2 2 2-1.3 0-2 .8-2 2v2c0 1.7-.8 2.5-2.5 2.5";
/// A page with lines of writing.
pub const WRITING: &str = "M5 3h7l3 3v11H5ZM12 3v3h3M7.5 9.5h5M7.5 12h5M7.5 14.5h3";
pub const CHEVRON: &str = "m5.5 8 4.5 4.5L14.5 8";
pub const CLOSE: &str = "m5 5 10 10M15 5 5 15";
pub const COMPARE: &str = "M3 4h5.5v12H3ZM11.5 4H17v12h-5.5Z";
pub const COPY: &str = "M7.5 7.5H16V16H7.5ZM12.5 7.5V4H4v8.5h3.5";
pub const EDIT: &str = "m12.5 4.5 3 3L7 16H4v-3ZM11 6l3 3";
pub const HISTORY: &str = "M3.5 8a7 7 0 1 1-.4 3.5M3 4v4h4M10 6.5V10l2.5 1.5";
pub const PLUS: &str = "M10 4v12M4 10h12";
pub const REFRESH: &str = "M16.5 8A7 7 0 1 0 17 11M17 4v4h-4";
pub const SEND: &str = "M10 16V4M5 9l5-5 5 5";
pub const STOP: &str = "M6 6h8v8H6Z";
pub const TRASH: &str = "M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5 6 17h8l1-11.5M8.5 8.5v5.5M11.5 8.5v5.5";
