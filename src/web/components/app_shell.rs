//! The frame of signed-in pages: rail, bar with title and one primary action, page.

use super::policy_banner::PolicyBanner;
use super::{Brand, Icon, Name, Palette};
use crate::web::auth::current_user;
use leptos::prelude::*;
use leptos_meta::Title;

/// How much room a page takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// Up to 1216 px, for data.
    #[default]
    Page,
    /// Up to 768 px, for forms.
    Narrow,
    /// All there is, without padding; the page scrolls inside itself.
    Full,
}

/// One entry of the rail.
struct Entry {
    href: &'static str,
    name: &'static str,
    icon: Name,
    /// Shown while the entry is the current one.
    below: &'static [(&'static str, &'static str)],
}

struct Group {
    name: &'static str,
    entries: &'static [Entry],
}

/// The product's areas; what does not exist yet is absent.
const RAIL: &[Group] = &[
    Group {
        name: "Overview",
        entries: &[Entry {
            href: "/dashboard",
            name: "Dashboard",
            icon: Name::Dashboard,
            below: &[],
        }],
    },
    Group {
        name: "AI Testing",
        entries: &[Entry {
            href: "/reports",
            name: "Report Analyzer",
            icon: Name::Report,
            below: &[],
        }],
    },
    Group {
        name: "Intelligence",
        entries: &[Entry {
            href: "/assistant",
            name: "JARVIS AI",
            icon: Name::Chat,
            below: &[],
        }],
    },
    Group {
        name: "Account",
        entries: &[Entry {
            href: "/settings",
            name: "Settings",
            icon: Name::Gear,
            below: &[
                ("/settings/keys", "API keys"),
                ("/settings/platform-keys", "Platform keys"),
                ("/settings/integrations", "Integrations"),
                ("/settings/budgets", "Budgets"),
                ("/settings/profile", "Profile"),
                ("/settings/security", "Security"),
                ("/settings/privacy", "Privacy"),
            ],
        }],
    },
];

/// The path of the request that is being answered.
pub(super) fn request_path() -> String {
    use_context::<axum::http::request::Parts>().map_or_else(String::new, |parts| parts.uri.path().to_owned())
}

/// The frame. `crumbs` are the pages above this one; `action` is the page's one primary action.
#[component]
pub fn AppShell(
    #[prop(into)] title: String,
    #[prop(optional)] crumbs: Vec<(&'static str, &'static str)>,
    #[prop(optional)] action: Option<AnyView>,
    #[prop(optional)] width: Width,
    children: Children,
) -> impl IntoView {
    let path = request_path();
    let page = match width {
        Width::Page => "page",
        Width::Narrow => "page page-narrow",
        Width::Full => "page page-full",
    };
    view! {
        <Title text=format!("{title} · Spectr") />
        <a class="skip visually-hidden" href="#main">"Skip to content"</a>
        <div class="app">
            <Rail path />
            <div class="app-page">
                <header class="topbar">
                    <button class="button quiet square open-rail" type="button" popovertarget="rail" aria-label="Menu">
                        <Icon name=Name::Menu />
                    </button>
                    <div class="topbar-title">
                        <Crumbs crumbs />
                        <h1>{title}</h1>
                    </div>
                    {action}
                    <BarTools />
                    <AccountMenu />
                </header>
                <PolicyBanner />
                <main class=page id="main" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
        <Palette signed_in=true />
    }
    .into_any()
}

#[component]
fn Crumbs(crumbs: Vec<(&'static str, &'static str)>) -> impl IntoView {
    (!crumbs.is_empty()).then(|| {
        let items = crumbs
            .into_iter()
            .map(|(name, href)| view! { <li><a href=href>{name}</a></li> })
            .collect_view();
        view! { <nav aria-label="Breadcrumb"><ol class="crumbs">{items}</ol></nav> }
    })
}

#[component]
fn Rail(path: String) -> impl IntoView {
    let groups = RAIL
        .iter()
        .map(|group| {
            let entries = group
                .entries
                .iter()
                .map(|entry| rail_entry(entry, &path))
                .collect_view();
            view! {
                <div>
                    <p class="rail-group">{group.name}</p>
                    <ul>{entries}</ul>
                </div>
            }
        })
        .collect_view();
    view! {
        <nav class="rail" id="rail" popover aria-label="Main">
            <div class="rail-head">
                <Brand href="/dashboard" />
                <button class="button quiet square open-rail" type="button" popovertarget="rail" popovertargetaction="hide" aria-label="Close menu">
                    <Icon name=Name::Close />
                </button>
            </div>
            {groups}
            <p class="rail-foot">
                <a href="/docs">"Docs"</a>" · "<a href="/privacy">"Privacy"</a>" · "<a href="/contact">"Contact"</a>
            </p>
        </nav>
    }
    .into_any()
}

fn rail_entry(entry: &'static Entry, path: &str) -> impl IntoView + use<> {
    let inside = path
        .strip_prefix(entry.href)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let current = |href: &str| if path == href { Some("page") } else { None };
    let mark = if inside && entry.below.iter().all(|(href, _)| *href != path) {
        Some("page")
    } else {
        None
    };
    let below = (inside && !entry.below.is_empty()).then(|| {
        let links = entry
            .below
            .iter()
            .map(|(href, name)| view! { <li><a href=*href aria-current=current(href)>{*name}</a></li> })
            .collect_view();
        view! { <ul>{links}</ul> }
    });
    view! {
        <li>
            <a href=entry.href aria-current=mark title=entry.name>
                <Icon name=entry.icon />
                <span class="label">{entry.name}</span>
            </a>
            {below}
        </li>
    }
    .into_any()
}

/// Search and theme: nothing without scripts, so not there without them.
#[component]
pub(super) fn BarTools() -> impl IntoView {
    view! {
        <button class="button quiet square needs-scripts" type="button" data-palette aria-label="Go to a page" title="Go to a page (Ctrl K)">
            <Icon name=Name::Search />
        </button>
        <button class="button quiet square needs-scripts" type="button" data-theme-toggle aria-label="Colours: as the system" title="Colours: as the system">
            <Icon name=Name::Auto />
        </button>
    }
    .into_any()
}

#[component]
fn AccountMenu() -> impl IntoView {
    let person = current_user().map(|user| {
        view! {
            <p>
                <strong class="truncate">{user.name}</strong>
                <span class="muted small truncate">{user.email}</span>
            </p>
        }
    });
    view! {
        <details class="menu">
            <summary class="button quiet square" aria-label="Account" title="Account">
                <Icon name=Name::User />
            </summary>
            <div class="menu-sheet">
                {person}
                <a href="/settings/profile"><Icon name=Name::User small=true />"Profile"</a>
                <a href="/settings/security"><Icon name=Name::Shield small=true />"Security"</a>
                <a href="/settings/privacy"><Icon name=Name::Lock small=true />"Privacy"</a>
                <a href="/settings/keys"><Icon name=Name::Key small=true />"API keys"</a>
                <form method="post" action="/logout">
                    <button type="submit"><Icon name=Name::SignOut small=true />"Sign out"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
