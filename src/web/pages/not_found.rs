//! The page for addresses that lead nowhere.

use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! { <h1>"There is nothing here"</h1> }
}
