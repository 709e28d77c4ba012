//! `/privacy`: the policy, rendered from the inventory and the constants that are enforced.

use super::{OperatorFacts, policy_date};
use crate::domain::privacy::constants::POLICY_VERSION;
use crate::domain::privacy::policy::policy;
use crate::features::App;
use crate::features::privacy::policy::{self as published, Publication};
use crate::features::privacy::proof::{self, Report};
use crate::web::components::{Document, Notice, PublicShell, Tone};
use crate::web::pages::proof::margins;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Privacy() -> impl IntoView {
    let app = expect_context::<App>();
    let body = Suspend::new(async move {
        // Without the database the text is still the one that is enforced; only its announcement is not known.
        let publication = published::find(&app, POLICY_VERSION).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether the policy was announced could not be read");
            None
        });
        let now = app.clock.now();
        let coming = publication.filter(|publication| publication.effective_at > now);
        let proved = proof::glance(&app).await;
        view! { <Policy coming proved /> }
    });
    view! {
        <PublicShell title="Privacy policy" description="What Spectr holds about you, why, for how long, and your rights.">
            <Suspense>{body}</Suspense>
        </PublicShell>
    }
}

#[component]
fn Policy(
    coming: Option<Publication>,
    /// None where looking took too long.
    proved: Option<Arc<Report>>,
) -> impl IntoView {
    let margins = proved.map(|report| margins(&report)).unwrap_or_default();
    let date = policy_date();
    let effective = coming
        .as_ref()
        .map_or_else(|| date.clone(), |coming| coming.effective_at.day_words());
    let notice = coming.map(|coming| {
        let title = format!("This version takes effect on {}", coming.effective_at.day_words());
        view! {
            <Notice tone=Tone::Note title>
                <p>"Until then the version before it applies: "<a href="/privacy/versions">"all versions, word for word"</a>"."</p>
            </Notice>
        }
    });
    view! {
        <Document
            title="Privacy policy"
            dateline=format!("Last updated: {date} · Effective date: {effective}")
            sections=policy()
            margins
        >
            {notice}
            <p class="lead">
                "Your data belongs to you. This page says what this server holds, what for and for how long. Its numbers are the ones the server enforces: they are not written down anywhere else."
            </p>
            <ul class="link-row">
                <li><a href="/settings/privacy">"Privacy centre"</a></li>
                <li><a href="/privacy/proof">"Proof"</a></li>
                <li><a href="/privacy/versions">"All versions"</a></li>
                <li><a href="/privacy/record">"Processing record"</a></li>
            </ul>
            <OperatorFacts />
            <p class="dateline">"SHA-256 of this text: "<code>{published::current_sha256()}</code></p>
        </Document>
    }
    .into_any()
}
