//! `/`: what Spectr is, for people who have not signed in.

use leptos::prelude::*;

#[component]
pub fn Landing() -> impl IntoView {
    view! { <h1>"Generate, validate and gate production-ready tests"</h1> }
}
