//! The page for addresses that lead nowhere.

use crate::web::components::PublicShell;
use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <PublicShell title="There is nothing here">
            <div class="prose">
                <p class="faint">"404"</p>
                <h1>"There is nothing here"</h1>
                <p>"The address leads nowhere. It may be mistyped, or what it led to is gone."</p>
                <p><a href="/">"Go to the first page"</a></p>
            </div>
        </PublicShell>
    }
}
