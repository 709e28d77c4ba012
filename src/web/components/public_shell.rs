//! The frame of pages that need no account: a narrow bar and the footer with the legal pages.

use super::app_shell::{BarTools, request_path};
use super::{Brand, Icon, Name, Palette};
use crate::web::auth::current_user;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// The bar; in a menu where it is narrow.
const PRODUCT_BAR: &[(&str, &str)] = &[("/guide", "Product"), ("/docs", "Docs"), ("/security", "Security")];
const LEGAL: &[(&str, &str)] = &[
    ("/privacy", "Privacy policy"),
    ("/privacy/proof", "Proof of the policy"),
    ("/privacy/subprocessors", "Subprocessors"),
    ("/privacy/cookies", "Cookies"),
    ("/terms", "Terms"),
];
const PRODUCT: &[(&str, &str)] = &[
    ("/guide", "Guide"),
    ("/docs", "Documentation"),
    ("/security", "Security"),
];
const CONTACT: &[(&str, &str)] = &[
    ("/contact?kind=demo", "Book a demo"),
    ("/contact?kind=support", "Support"),
    ("/contact?kind=privacy", "Privacy request"),
    ("/contact?kind=security", "Report a vulnerability"),
];

/// The frame. `form` centres one narrow form; otherwise the children lay themselves out.
#[component]
pub fn PublicShell(
    /// The browser tab's words, before " · Spectr".
    #[prop(into)]
    title: String,
    #[prop(into, optional)] description: String,
    #[prop(optional)] form: bool,
    children: Children,
) -> impl IntoView {
    let path = request_path();
    let link = |href: &'static str, name: &'static str| {
        let current = (path == href).then_some("page");
        view! { <a href=href aria-current=current>{name}</a> }
    };
    let product = || PRODUCT_BAR.iter().map(|(href, name)| link(href, name)).collect_view();
    let signed_in = current_user().is_some();
    let account = if signed_in {
        view! { <a class="button primary" href="/dashboard">"Dashboard"</a> }.into_any()
    } else {
        view! {
            {link("/login", "Sign in")}
            <a class="button primary" href="/signup">"Create account"</a>
        }
        .into_any()
    };
    view! {
        <Title text=format!("{title} · Spectr") />
        {(!description.is_empty()).then(|| view! { <Meta name="description" content=description /> })}
        <a class="skip visually-hidden" href="#main">"Skip to content"</a>
        <div class="public">
            <header class="public-bar">
                <Brand />
                <nav aria-label="Main">
                    <span class="push"></span>
                    <span class="public-links">{product()}</span>
                    {account}
                </nav>
                <BarTools />
                <details class="menu narrow-only">
                    <summary class="button quiet square" aria-label="Menu">
                        <Icon name=Name::Menu />
                    </summary>
                    <div class="menu-sheet">{product()}</div>
                </details>
            </header>
            <main class="public-main" id="main" tabindex="-1">
                {if form {
                    view! { <div class="public-form stack">{children()}</div> }.into_any()
                } else {
                    children()
                }}
            </main>
            <Footer />
        </div>
        <Palette signed_in />
    }
    .into_any()
}

#[component]
fn Footer() -> impl IntoView {
    let column = |title: &'static str, links: &'static [(&'static str, &'static str)]| {
        let links = links
            .iter()
            .map(|(href, name)| view! { <li><a href=*href>{*name}</a></li> })
            .collect_view();
        view! { <nav aria-label=title><h2>{title}</h2><ul>{links}</ul></nav> }
    };
    view! {
        <footer class="public-foot">
            <div>
                <div class="stack stack-tight">
                    <Brand />
                    <p>"AI testing cloud, now in public beta."</p>
                </div>
                {column("Product", PRODUCT)}
                {column("Contact", CONTACT)}
                {column("Legal", LEGAL)}
            </div>
        </footer>
    }
    .into_any()
}
