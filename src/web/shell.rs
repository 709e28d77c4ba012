//! The HTML document around every page, and the routes of all pages.

use super::assets;
use super::pages::assistant::AssistantPage;
use super::pages::contact::Contact;
use super::pages::docs::Docs;
use super::pages::erasure;
use super::pages::guide::Guide;
use super::pages::landing::Landing;

use super::pages::not_found::NotFound;
use super::pages::privacy_export;
use super::pages::{
    accounts, budgets, dashboard, integrations, keys, leaked_key, legal, platform_keys, privacy_centre, reports,
    rights, settings,
};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::any_nested_route::IntoAnyNestedRoute;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// Applies the chosen theme before the first paint; `public/shell.js` writes the choice.
const THEME: &str =
    "try{let t=localStorage.theme;if(t===\"light\"||t===\"dark\")document.documentElement.dataset.theme=t}catch{}";

/// The document of every page that has a route.
#[must_use]
pub fn shell() -> impl IntoView {
    document(|| view! { <Pages /> })
}

/// The document around a body. Meta tags of the body find their way into the head.
pub fn document<V: IntoView + 'static>(body: impl FnOnce() -> V) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <script nonce=nonce.clone()>{THEME}</script>
                <link
                    rel="preload"
                    href=assets::url("fonts/source-sans-3-v3.woff2")
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" href=assets::url("pkg/spectr.css") />
                <link rel="icon" href="/icon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <script type="module" src=assets::url("shell.js") nonce=nonce></script>
                <MetaTags />
            </head>
            <body>
                {body()}
            </body>
        </html>
    }
}

/// Every page of the site. Rendered on the server only: the browser gets islands.
#[component]
pub fn Pages() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Spectr" />
        <Router>
            <Routes fallback=NotFound>
                <PublicRoutes />
                <VaultAndUsageRoutes />
                <ErasureRoutes />
                <RightsRoutes />
                <Route path=path!("/signup") view=accounts::signup::SignUpPage ssr=SsrMode::Async />
                <Route path=path!("/signup/sent") view=accounts::signup::SentPage ssr=SsrMode::Async />
                <Route path=path!("/verify") view=accounts::signup::VerifyPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=accounts::login::LoginPage ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=accounts::reset::ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/forgot/sent") view=accounts::reset::ForgotSentPage ssr=SsrMode::Async />
                <Route path=path!("/reset") view=accounts::reset::ResetPage ssr=SsrMode::Async />
                <Route path=path!("/settings/confirm") view=accounts::confirm::ConfirmPage ssr=SsrMode::Async />
                <Route path=path!("/settings/profile") view=accounts::profile::ProfilePage ssr=SsrMode::Async />
                <Route path=path!("/settings/security") view=accounts::security::SecurityPage ssr=SsrMode::Async />
                <Route path=path!("/settings/security/factor") view=accounts::factor::FactorPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Pages for everybody. Groups of routes keep the type of [`Pages`] in bounds.
#[component(transparent)]
fn PublicRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/") view=Landing ssr=SsrMode::Async />
            <Route path=path!("/privacy") view=legal::policy::Privacy ssr=SsrMode::Async />
            <Route path=path!("/privacy/subprocessors") view=legal::subprocessors::Subprocessors ssr=SsrMode::Async />
            <Route path=path!("/privacy/versions") view=legal::versions::Versions ssr=SsrMode::Async />
            <Route path=path!("/privacy/record") view=legal::record::Record ssr=SsrMode::Async />
            <Route path=path!("/privacy/cookies") view=legal::cookies::Cookies ssr=SsrMode::Async />
            <Route path=path!("/terms") view=legal::terms::Terms ssr=SsrMode::Async />
            <Route path=path!("/security") view=legal::security::Security ssr=SsrMode::Async />
            <Route path=path!("/security/leaked-key") view=leaked_key::LeakedKey ssr=SsrMode::Async />
            <Route path=path!("/guide") view=Guide ssr=SsrMode::Async />
            <Route path=path!("/docs") view=Docs ssr=SsrMode::Async />
            <Route path=path!("/contact") view=Contact ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// The deletion of an account; its receipt is a door of its own.
#[component(transparent)]
fn ErasureRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/settings/privacy/delete") view=erasure::delete::DeletePage ssr=SsrMode::Async />
            <Route path=path!("/delete-account") view=erasure::lost::AskPage ssr=SsrMode::Async />
            <Route path=path!("/delete-account/sent") view=erasure::lost::SentPage ssr=SsrMode::Async />
            <Route path=path!("/delete-account/confirm") view=erasure::lost::ConfirmPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// The assistant, and keys, budgets and what they cost, for signed-in people.
#[component(transparent)]
fn VaultAndUsageRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/dashboard") view=dashboard::DashboardPage ssr=SsrMode::Async />
            <Route path=path!("/settings") view=settings::SettingsPage ssr=SsrMode::Async />
            <Route path=path!("/settings/keys") view=keys::KeysPage ssr=SsrMode::Async />
            <Route path=path!("/settings/platform-keys") view=platform_keys::PlatformKeysPage ssr=SsrMode::Async />
            <Route path=path!("/settings/integrations") view=integrations::IntegrationsPage ssr=SsrMode::Async />
            <Route path=path!("/settings/privacy") view=privacy_centre::PrivacyCentre ssr=SsrMode::Async />
            <Route path=path!("/settings/budgets") view=budgets::BudgetsPage ssr=SsrMode::Async />
            <Route path=path!("/settings/privacy/downloads") view=privacy_export::DownloadsPage ssr=SsrMode::Async />
            <Route path=path!("/settings/privacy/import") view=privacy_export::ImportPage ssr=SsrMode::Async />
            <Route path=path!("/assistant") view=AssistantPage ssr=SsrMode::Async />
            <Route path=path!("/reports") view=reports::ReportsPage ssr=SsrMode::Async />
            <Route path=path!("/reports/saved/:id") view=reports::SavedReportPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// What a person may do about the data held.
#[component(transparent)]
fn RightsRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/not-me") view=rights::not_me::NotMePage ssr=SsrMode::Async />
            <Route path=path!("/settings/privacy/cookies") view=rights::cookies::CookiesPage ssr=SsrMode::Async />
            <Route path=path!("/settings/privacy/rights") view=rights::page::RightsPageView ssr=SsrMode::Async />
            <Route path=path!("/settings/privacy/security-log") view=rights::security_log::SecurityLogPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Loads the islands of a page. Put into a page that has some; pages without islands load no wasm.
///
/// With `later_of`, the id of an element that stands before, nothing is loaded until a script of the page calls that
/// element's `hydrate()`, which is made here: it ends when the islands are alive, and fails when their code does not come.
///
/// Not `leptos::hydration::HydrationScripts`: that puts the nonce into `crossorigin` of the preload
/// links (leptos issue 4843), which breaks them.
#[component]
pub fn IslandScripts(#[prop(optional)] later_of: &'static str) -> impl IntoView {
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let nonce = leptos::nonce::use_nonce();
    let (module, wasm) = (assets::url("pkg/spectr.js"), assets::url("pkg/spectr.wasm"));
    let load = format!("{}(\"{module}\", \"{wasm}\")", include_str!("islands.js").trim_end());
    if !later_of.is_empty() {
        let script = format!("document.getElementById(\"{later_of}\").hydrate = () => {load};");
        return view! { <script type="module" nonce=nonce>{script}</script> }.into_any();
    }
    view! {
        <link rel="modulepreload" href=module nonce=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>{load}</script>
    }
    .into_any()
}
