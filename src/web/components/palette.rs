//! The command palette: every page a person can go to, found by typing. Opened by `public/shell.js`.

use leptos::prelude::*;

/// Pages of the product: address, name, and where it belongs.
const SIGNED_IN: &[(&str, &str, &str)] = &[
    ("/assistant", "JARVIS AI", "Intelligence"),
    ("/reports", "Report Analyzer", "AI Testing"),
    ("/dashboard", "Dashboard", "Usage and cost"),
    ("/settings/keys", "API keys", "Settings"),
    ("/settings/platform-keys", "Platform keys", "Settings"),
    ("/settings/integrations", "Integrations", "Settings"),
    ("/settings/budgets", "Budgets", "Settings"),
    ("/settings/profile", "Profile", "Settings"),
    ("/settings/security", "Security and devices", "Settings"),
    ("/settings/privacy", "Privacy centre", "Settings"),
    ("/settings/privacy/rights", "Object, restrict, withdraw", "Privacy"),
    ("/settings/privacy/security-log", "Security log", "Privacy"),
    ("/settings", "Settings", "Settings"),
];

const PUBLIC: &[(&str, &str, &str)] = &[
    ("/docs", "Documentation", "Help"),
    ("/guide", "Guide", "Help"),
    ("/contact", "Contact", "Help"),
    ("/privacy", "Privacy policy", "Legal"),
    ("/privacy/subprocessors", "Subprocessors", "Legal"),
    ("/privacy/cookies", "Cookies", "Legal"),
    ("/privacy/versions", "Versions of the privacy policy", "Legal"),
    ("/privacy/record", "Processing record", "Legal"),
    ("/terms", "Terms", "Legal"),
    ("/security", "Security", "Legal"),
    ("/security/leaked-key", "Burn a leaked key", "Security"),
];

/// The dialog; closed until asked for.
#[component]
pub fn Palette(#[prop(optional)] signed_in: bool) -> impl IntoView {
    let own: &[_] = if signed_in {
        SIGNED_IN
    } else {
        &[
            ("/login", "Sign in", "Account"),
            ("/signup", "Create account", "Account"),
            ("/", "Spectr", "Home"),
        ]
    };
    let links = own
        .iter()
        .chain(PUBLIC)
        .enumerate()
        .map(|(index, (href, name, group))| {
            view! {
                <li role="presentation">
                    <a id=format!("palette-{index}") role="option" aria-selected="false" href=*href tabindex="-1">
                        {*name}
                        <span>{*group}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <dialog class="palette" id="palette" aria-label="Go to a page">
            <input
                type="search"
                placeholder="Go to…"
                aria-label="Page"
                autocomplete="off"
                spellcheck="false"
                role="combobox"
                aria-expanded="true"
                aria-controls="palette-list"
            />
            <ul id="palette-list" role="listbox" aria-label="Pages">{links}</ul>
            <p class="palette-empty" hidden>
                "No page has that name."
            </p>
        </dialog>
    }
    .into_any()
}
