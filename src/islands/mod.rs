//! Interactive leaves: compiled for the server (first render) and for the browser (hydration).

pub mod browser;
