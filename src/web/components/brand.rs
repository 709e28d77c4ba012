//! The mark: a slit of light. The one place besides the caret and progress where the spectrum shows.

use leptos::prelude::*;

/// Six bars of one spectrum, leaning like light through a prism.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <g fill="none" stroke-width="2.4" stroke-linecap="round">
                <path stroke="#e5484d" d="M3.5 14.5v-5" />
                <path stroke="#f0a020" d="M7 17.5v-11" />
                <path stroke="#7fb800" d="M10.5 20.5v-17" />
                <path stroke="#18a8a8" d="M14 18.5v-13" />
                <path stroke="#3e63dd" d="M17.5 16v-8" />
                <path stroke="#8e4ec6" d="M21 13.5v-3" />
            </g>
        </svg>
    }
    .into_any()
}

/// Mark and name, linked to where the person's work starts.
#[component]
pub fn Brand(#[prop(default = "/")] href: &'static str) -> impl IntoView {
    view! {
        <a class="brand" href=href>
            <Mark />
            <span class="label">"Spectr"</span>
        </a>
    }
    .into_any()
}
