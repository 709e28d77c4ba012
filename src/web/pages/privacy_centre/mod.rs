//! `/settings/privacy`: what is held about a person, and what they can do about it. The frame; each
//! right has a page of its own below this one.

mod held;

use crate::domain::accounts::next::safe_next;
use crate::features::App;
use crate::features::privacy::policy;
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{ACKNOWLEDGE, AppShell, Icon, Name};
use crate::web::form::Form;
use crate::web::respond;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;

/// The forms of this page.
pub fn doors() -> Router<App> {
    Router::new()
        .route(ACKNOWLEDGE, post(acknowledge))
        .route("/settings/privacy/correct", get(correct))
}

async fn acknowledge(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let version = form.fields.get("version");
    match policy::acknowledge(&app, &caller(&app, &form.parts), user.id, version).await {
        Ok(_) => see_other(safe_next(Some(form.fields.get("next")))),
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// What can be corrected stands in the profile.
async fn correct() -> Response {
    see_other("/settings/profile")
}

/// One of the four large actions.
struct Action {
    href: &'static str,
    icon: Name,
    name: &'static str,
    about: &'static str,
}

const ACTIONS: [Action; 4] = [
    Action {
        href: "#held",
        icon: Name::Eye,
        name: "See",
        about: "Everything that is held about you, with its date of deletion.",
    },
    Action {
        href: "/settings/privacy/downloads",
        icon: Name::Download,
        name: "Download",
        about: "All of it as files that other programs can read.",
    },
    Action {
        href: "/settings/privacy/correct",
        icon: Name::Edit,
        name: "Correct",
        about: "Name, address and the other lines of your profile.",
    },
    Action {
        href: "/settings/privacy/delete",
        icon: Name::Trash,
        name: "Delete",
        about: "Your account and everything that belongs to it.",
    },
];

/// The other rights: address, name, what it is.
const MORE: [(&str, &str, &str); 7] = [
    (
        "/settings/privacy/rights",
        "Object, restrict, withdraw",
        "Per purpose, effective at once; consents with their history; requests in your own words.",
    ),
    (
        "/settings/privacy/security-log",
        "Security log",
        "Everything that happened to your account, linked so that nothing can be taken out.",
    ),
    (
        "/settings/privacy/import",
        "Take data over",
        "Put the files of an earlier download into this account.",
    ),
    (
        "/settings/privacy/cookies",
        "Cookies",
        "The one cookie, explained with what your browser sends right now.",
    ),
    (
        "/privacy/proof",
        "Proof",
        "Each promise of the policy, checked on this server as you read.",
    ),
    (
        "/privacy",
        "Policy",
        "What is held, what for and for how long, in plain words.",
    ),
    (
        "/privacy/record",
        "Processing record",
        "Every table and column of this server.",
    ),
];

#[component]
pub fn PrivacyCentre() -> impl IntoView {
    let actions = ACTIONS
        .iter()
        .map(|action| {
            view! {
                <li>
                    <a href=action.href>
                        <Icon name=action.icon />
                        <strong>{action.name}</strong>
                        <span>{action.about}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let more = MORE
        .iter()
        .map(|(href, name, about)| {
            view! {
                <li>
                    <div>
                        <a href=*href>{*name}</a>
                        <p class="hint">{*about}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <AppShell title="Privacy" crumbs=vec![("Settings", "/settings")]>
            <div class="stack stack-wide">
                <ul class="rights" role="list" aria-label="Your rights">{actions}</ul>
                <held::Held />
                <section class="section">
                    <h2>"More of your rights"</h2>
                    <ul class="areas areas-framed">{more}</ul>
                </section>
            </div>
        </AppShell>
    }
}
