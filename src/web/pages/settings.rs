//! `/settings`: what can be set, with how it stands; and the trial calls that are left.

use crate::domain::ids::UserId;
use crate::domain::problem::Problem;
use crate::domain::providers::Provider;
use crate::domain::usage::usd;
use crate::features::App;
use crate::features::accounts::{self, CurrentUser};
use crate::features::integrations;
use crate::features::platform;
use crate::features::usage::budgets;
use crate::features::vault::{self, Trial};
use crate::web::components::{AppShell, Icon, Name, Panel, ProblemNotice, Width};
use crate::web::page::person;
use leptos::prelude::*;

/// One line of the overview.
struct Area {
    href: &'static str,
    icon: Name,
    name: &'static str,
    about: &'static str,
    stand: String,
}

#[component]
pub fn SettingsPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let body = Suspend::new(async move {
        let user = user?;
        let id = user.id;
        Some(match areas(&app, &user).await {
            Ok(areas) => view! {
                <Overview areas />
                <TrialPanel user=id />
            }
            .into_any(),
            Err(problem) => view! { <ProblemNotice problem /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Settings" width=Width::Narrow>
            <div class="stack">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

async fn areas(app: &App, user: &CurrentUser) -> Result<[Area; 7], Problem> {
    let keys = vault::list(app, user.id).await?;
    let failing = keys.iter().filter(|key| key.check.problem.is_some()).count();
    let key_stand = match (keys.len(), failing) {
        (0, _) => "none yet".to_owned(),
        (1, 0) => "1 key, works".to_owned(),
        (count, 0) => format!("{count} keys, all work"),
        (count, failing) => format!("{count} keys, {failing} failing"),
    };
    let states = budgets::states(app, user.id).await.map_err(accounts::Error::from)?;
    let limits: Vec<String> = states
        .iter()
        .filter_map(|state| Some(format!("{} {}", state.span.id(), usd(state.limit?))))
        .collect();
    let platform_stand = match platform::list(app, user.id).await?.len() {
        0 => "none yet".to_owned(),
        1 => "1 key".to_owned(),
        count => format!("{count} keys"),
    };
    let integration_stand = match integrations::find(app, user.id).await? {
        None => "none yet",
        Some(found) if found.is_active() => "LangSmith on",
        Some(_) => "LangSmith off",
    };
    let has_factor = accounts::profile::has_second_factor(app, user.id).await?;
    Ok([
        Area {
            href: "/settings/keys",
            icon: Name::Key,
            name: "API keys",
            about: "Your providers' keys: add, test, replace, delete.",
            stand: key_stand,
        },
        Area {
            href: "/settings/platform-keys",
            icon: Name::Code,
            name: "Platform keys",
            about: "Keys with which your own programs read your usage.",
            stand: platform_stand,
        },
        Area {
            href: "/settings/integrations",
            icon: Name::Link,
            name: "Integrations",
            about: "LangSmith: traces of your calls, with your own key.",
            stand: integration_stand.to_owned(),
        },
        Area {
            href: "/settings/budgets",
            icon: Name::Wallet,
            name: "Budgets",
            about: "What you allow yourself to spend per day and per month.",
            stand: if limits.is_empty() {
                "none set".to_owned()
            } else {
                limits.join(", ")
            },
        },
        Area {
            href: "/settings/profile",
            icon: Name::User,
            name: "Profile",
            about: "Your name and the address you sign in with.",
            stand: user.name.clone(),
        },
        Area {
            href: "/settings/security",
            icon: Name::Shield,
            name: "Security",
            about: "Password, second factor, signed-in devices, what happened.",
            stand: if has_factor {
                "second factor on"
            } else {
                "second factor off"
            }
            .to_owned(),
        },
        Area {
            href: "/settings/privacy",
            icon: Name::Lock,
            name: "Privacy",
            about: "See, download, correct and delete everything that is held about you.",
            stand: "yours at any time".to_owned(),
        },
    ])
}

#[component]
fn Overview(areas: [Area; 7]) -> impl IntoView {
    let rows = areas
        .into_iter()
        .map(|area| {
            view! {
                <li>
                    <Icon name=area.icon />
                    <div>
                        <a href=area.href>{area.name}</a>
                        <p class="hint">{area.about}</p>
                    </div>
                    <bdi class="muted small">{area.stand}</bdi>
                </li>
            }
        })
        .collect_view();
    view! { <Panel flush=true><ul class="areas">{rows}</ul></Panel> }
}

/// Trial calls that are left today; nothing where the operator offers none.
#[component]
pub fn TrialPanel(user: UserId) -> impl IntoView {
    let app = expect_context::<App>();
    let body = Suspend::new(async move {
        match vault::trial(&app, user).await {
            Ok(trial) => trial.map(|trial| view! { <TrialFacts trial /> }.into_any()),
            Err(error) => Some(view! { <ProblemNotice problem=Problem::from(error) /> }.into_any()),
        }
    });
    view! { <Suspense>{body}</Suspense> }
}

#[component]
fn TrialFacts(trial: Trial) -> impl IntoView {
    let names: Vec<&str> = trial.providers.iter().copied().map(Provider::name).collect();
    let what = if names.is_empty() {
        "You have keys of your own for every provider on trial, so your calls use those.".to_owned()
    } else {
        format!(
            "Calls to {} that the operator of this server pays for. They are used only while you have no key of your own \
             for a provider, and every answer says which key it used.",
            names.join(", ")
        )
    };
    let left = format!("{} of {} left today", trial.left, trial.per_day);
    let used = trial.per_day - trial.left;
    view! {
        <Panel title="Trial usage">
            <div class="stack stack-tight">
                <p><strong>{left}</strong>" · renews at midnight UTC"</p>
                <progress class="meter" aria-label="Trial calls used today" max=trial.per_day value=used></progress>
                <p class="hint">{what}</p>
            </div>
        </Panel>
    }
}
