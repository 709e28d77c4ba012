//! The frame in which wide tables scroll, reachable by keyboard.

use leptos::prelude::*;

/// Wraps a `<table class="table">`; `label` names the region for screen readers.
#[component]
pub fn TableScroll(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <div class="table-scroll" role="region" aria-label=label tabindex="0">
            {children()}
        </div>
    }
    .into_any()
}
