//! The page of a failure: what happened, what to do, and the request id to quote.

use crate::domain::ids::CallId;
use crate::domain::problem::Problem;
use crate::web::components::PublicShell;
use crate::web::shell::document;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;

/// The failure that the page shows; put into the context by `web::faults`.
#[derive(Clone, Debug)]
pub struct Fault {
    pub problem: Problem,
    pub id: Option<CallId>,
}

/// The document of a failure; it stands outside the router of pages.
pub fn fault_shell() -> impl IntoView {
    document(|| view! { <FaultPage /> })
}

#[component]
fn FaultPage() -> impl IntoView {
    provide_meta_context();
    use_context::<Fault>().map(|Fault { problem, id }| {
        let code = problem.code;
        view! {
            <PublicShell title=code.title()>
                <div class="prose fault">
                    <p class="fault-status">{code.status()}</p>
                    <h1>{code.title()}</h1>
                    {problem.detail.map(|detail| view! { <p>{detail}</p> })}
                    <p>{code.help()}</p>
                    <p class="row">
                        <a class="button" href="/">"First page"</a>
                        <a class="button" href="/dashboard">"Dashboard"</a>
                        <a class="button" href="/contact?kind=support">"Contact support"</a>
                    </p>
                    {id.map(|id| view! { <p class="faint small">"Request " <code>{id.to_string()}</code></p> })}
                </div>
            </PublicShell>
        }
    })
}
