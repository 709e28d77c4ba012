//! `/privacy`: the policy, rendered from the constants that are enforced.

use super::{OperatorFacts, policy_date};
use crate::domain::privacy::policy::policy;
use crate::web::components::{Document, PublicShell};
use leptos::prelude::*;

#[component]
pub fn Privacy() -> impl IntoView {
    let date = policy_date();
    view! {
        <PublicShell title="Privacy policy" description="What Spectr holds about you, why, for how long, and your rights.">
            <Document
                title="Privacy policy"
                dateline=format!("Last updated: {date} · Effective date: {date}")
                sections=policy()
            >
                <p class="lead">
                    "Your data belongs to you. This page says what this server holds, what for and for how long. Its numbers are the ones the server enforces: they are not written down anywhere else."
                </p>
                <OperatorFacts />
            </Document>
        </PublicShell>
    }
}
