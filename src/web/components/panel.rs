//! Panels frame what belongs together; a panel never holds a panel. Empty states teach.

use super::{Icon, Name};
use leptos::prelude::*;

/// A framed part of a page. With `flush` its content reaches the frame, as tables want it.
#[component]
pub fn Panel(
    #[prop(into, optional)] title: String,
    #[prop(into, optional)] id: Option<String>,
    #[prop(optional)] flush: bool,
    /// Controls at the right of the title.
    #[prop(optional)]
    action: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let head = (!title.is_empty()).then(|| {
        view! {
            <header class="panel-head">
                <h2>{title}</h2>
                {action}
            </header>
        }
    });
    let class = if flush { None } else { Some("panel-body") };
    view! {
        <section class="panel" id=id>
            {head}
            <div class=class>{children()}</div>
        </section>
    }
    .into_any()
}

/// Nothing here yet: what will be, and how to begin (a link or a button among the children).
#[component]
pub fn EmptyState(icon: Name, #[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <h2>{title}</h2>
            {children()}
        </div>
    }
    .into_any()
}
