//! `/`: what Spectr is, for people who have not signed in.

use crate::web::components::PublicShell;
use leptos::prelude::*;

#[component]
pub fn Landing() -> impl IntoView {
    view! {
        <PublicShell title="Generate, validate and gate tests">
            <div class="hero">
                <h1>"Generate, validate and gate production-ready tests"</h1>
            </div>
        </PublicShell>
    }
}
