//! Legal pages: policy, subprocessors, cookies, terms, security. Their facts about this server come
//! from the configuration, their numbers from the constants that the jobs enforce.

pub mod cookies;
pub mod policy;
pub mod security;
pub mod subprocessors;
pub mod terms;

use crate::domain::privacy::constants::POLICY_VERSION;
use crate::features::App;
use leptos::prelude::*;

/// The day of the current version in words: `1 May 2026`.
#[must_use]
pub fn policy_date() -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = POLICY_VERSION.split('-').map(str::parse::<usize>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => {
            let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
            format!("{day} {month} {year}")
        }
        _ => POLICY_VERSION.to_owned(),
    }
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_reads_as_a_date() {
        assert_eq!(super::policy_date(), "1 May 2026");
    }
}
