//! Legal pages: policy, subprocessors, cookies, terms, security. Their facts about this server come
//! from the configuration, their numbers from the constants that the jobs enforce.

pub mod cookies;
pub mod policy;
pub mod record;
pub mod security;
pub mod subprocessors;
pub mod terms;
pub mod versions;

use crate::domain::privacy::constants::POLICY_VERSION;
use crate::domain::privacy::versions::day_words;
use crate::features::App;
use leptos::prelude::*;

/// The day of the current version in words: `1 May 2026`.
#[must_use]
pub fn policy_date() -> String {
    day_words(POLICY_VERSION)
}

/// Who runs this server, where, and how to reach them.
#[component]
pub fn OperatorFacts() -> impl IntoView {
    use_context::<App>().map(|app| {
        let contact = app.config.contact.clone();
        let mail = format!("mailto:{contact}");
        let reach = if contact.contains('@') {
            view! { <a href=mail>{contact}</a> }.into_any()
        } else {
            contact.into_any()
        };
        view! {
            <dl class="facts operator">
                <dt>"Operator"</dt>
                <dd>{app.config.operator.clone()}</dd>
                <dt>"Region of storage"</dt>
                <dd>{app.config.region.clone()}</dd>
                <dt>"Contact"</dt>
                <dd>{reach}</dd>
            </dl>
        }
    })
}
