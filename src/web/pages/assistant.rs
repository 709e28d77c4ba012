//! `/assistant`: JARVIS. The page says what can be asked; the island does the rest in the browser.

use crate::domain::ids::UserId;
use crate::domain::providers::Provider;
use crate::features::{App, vault};
use crate::islands::assistant::Assistant;
use crate::islands::models::{Payer, Source};
use crate::web::auth::current_user;
use crate::web::components::{AppShell, ProblemNotice, Width};
use crate::web::shell::IslandScripts;
use leptos::prelude::*;

#[component]
pub fn AssistantPage() -> impl IntoView {
    let (app, user) = (use_context::<App>(), current_user());
    let body = Suspend::new(async move {
        let (app, user) = app.zip(user)?;
        Some(match sources(&app, user.id).await {
            Ok(sources) => view! { <Assistant account=user.id.to_string() sources /> }.into_any(),
            Err(error) => view! { <div class="page"><ProblemNotice problem=error.into() /></div> }.into_any(),
        })
    });
    view! {
        <AppShell title="JARVIS" width=Width::Full>
            <noscript>
                <p class="page">"JARVIS streams answers in your browser and needs JavaScript for it. Every other page works without."</p>
            </noscript>
            <Suspense>{body}</Suspense>
        </AppShell>
        <IslandScripts />
    }
}

/// What this person can ask: the keys of their own, newest first, then the operator's trial keys of
/// providers they have none for, then the guide.
pub async fn sources(app: &App, user: UserId) -> Result<Vec<Source>, vault::VaultError> {
    let keys = vault::list(app, user).await?;
    let has_key = |provider: Provider| keys.iter().any(|key| key.provider == provider);
    let trial = |provider: Provider| app.config.trial_keys.contains_key(&provider) && !has_key(provider);
    let of = |provider, payer| Source {
        provider,
        key_id: None,
        label: String::new(),
        payer,
    };
    let own = keys.iter().map(|key| Source {
        provider: key.provider,
        key_id: Some(key.id),
        label: key.label.clone().unwrap_or_else(|| key.hint.clone()),
        payer: Payer::OwnKey,
    });
    let trials = Provider::ALL.into_iter().filter(|provider| trial(*provider));
    let trials = trials.map(|provider| of(provider, Payer::Trial));
    Ok(own.chain(trials).chain([of(Provider::Spectr, Payer::Nobody)]).collect())
}
