//! `/terms`: what people and the operator may expect of each other.

use super::{OperatorFacts, policy_date};
use crate::domain::privacy::constants::MINIMUM_AGE_YEARS;
use crate::domain::privacy::policy::{Section, list, text};
use crate::web::components::{Document, PublicShell};
use leptos::prelude::*;

#[component]
pub fn Terms() -> impl IntoView {
    let date = policy_date();
    view! {
        <PublicShell title="Terms" description="What you and the operator of this server may expect of each other.">
            <Document title="Terms of service" dateline=format!("Last updated: {date}") sections=terms()>
                <p class="lead">"What you may expect of this service, and what it expects of you, in plain words."</p>
                <OperatorFacts />
            </Document>
        </PublicShell>
    }
}

fn terms() -> Vec<Section> {
    let plain = |items: &[&str]| list(items.iter().map(|item| ("", (*item).to_owned())));
    vec![
        Section::new(
            "service",
            "1. The service",
            vec![
                text(
                    "Spectr is a workplace for testing with language models: it seals your providers' keys, passes your \
                     requests to the provider that you choose, and shows what each call took and cost.",
                ),
                text(
                    "It is in public beta. It may change and may be interrupted; what is promised about your data in \
                     the [privacy policy](/privacy) holds in the beta as well.",
                ),
            ],
        ),
        Section::new(
            "account",
            "2. Your account",
            vec![plain(&[
                &format!("You are {MINIMUM_AGE_YEARS} or older."),
                "You give an address that is yours, and keep your password and devices to yourself.",
                "You tell us when you think that somebody else got in. Settings, Security ends every session at once.",
                "You may close the account at any time.",
            ])],
        ),
        Section::new(
            "keys",
            "3. Your providers' keys",
            vec![
                text(
                    "You add only keys that you may use. What a provider charges for calls with your key is between you \
                     and that provider; costs shown here are estimates by a dated price table.",
                ),
                text("The provider's own terms hold for what you send to it and for what it answers."),
            ],
        ),
        Section::new(
            "use",
            "4. Fair use",
            vec![
                text("You do not use the service"),
                plain(&[
                    "to break the law or somebody's rights,",
                    "to test or attack systems without the permission of those who run them,",
                    "to get around limits, or to disturb the service for others.",
                ]),
                text("Security research on Spectr itself is welcome within [these rules](/security)."),
            ],
        ),
        Section::new(
            "content",
            "5. Your content",
            vec![text(
                "What you write and what a model answers stays yours, as far as the provider's terms allow. The \
                 operator takes no right to it, and does not keep it. Check what a model writes before you rely on it: \
                 it can be wrong.",
            )],
        ),
        Section::new(
            "liability",
            "6. Liability",
            vec![text(
                "The service is offered as it is. The operator is liable without limit for intent and gross \
                 negligence and where the law allows no limit, and otherwise for the damage that is typical and \
                 foreseeable. Rights that the law gives you as a consumer stay untouched.",
            )],
        ),
        Section::new(
            "end",
            "7. Changes and end",
            vec![text(
                "Changes of these terms are announced by mail before they take effect; who does not agree may close \
                 the account. The operator may close an account that breaks these terms, says why, and lets its data \
                 be fetched first unless the law forbids it.",
            )],
        ),
    ]
}
