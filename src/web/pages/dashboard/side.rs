//! The right column: budgets, the state of the keys, and what needs the person.

use crate::domain::timestamp::Timestamp;
use crate::domain::usage::Span;
use crate::features::usage::budgets::State as Stand;
use crate::features::vault::KeyView;
use crate::web::components::{Badge, Panel, Tone};
use crate::web::pages::budgets::BudgetStand;
use leptos::prelude::*;

#[component]
pub fn Side(keys: Vec<KeyView>, budgets: [Stand; 2], now: Timestamp) -> impl IntoView {
    let needs = needs(&keys, &budgets);
    let needs = if needs.is_empty() {
        view! { <p class="muted">"Nothing."</p> }.into_any()
    } else {
        let items = needs
            .into_iter()
            .map(|(text, href, action)| view! { <li><bdi>{text}</bdi>" "<a href=href>{action}</a></li> })
            .collect_view();
        view! { <ul class="needs">{items}</ul> }.into_any()
    };
    let stands = budgets
        .iter()
        .map(|state| view! { <BudgetStand state=*state /> })
        .collect_view();
    let edit = view! { <a class="small" href="/settings/budgets">"Change"</a> }.into_any();
    let manage = view! { <a class="small" href="/settings/keys">"Manage"</a> }.into_any();
    let states = if keys.is_empty() {
        view! { <p class="muted">"No key yet."</p> }.into_any()
    } else {
        let rows = keys
            .into_iter()
            .map(|key| view! { <KeyState key now /> })
            .collect_view();
        view! { <ul class="key-states">{rows}</ul> }.into_any()
    };
    view! {
        <aside class="stack" aria-label="Budgets, keys and what needs you">
            <Panel title="Needs you">{needs}</Panel>
            <Panel title="Budgets" action=edit><div class="stack">{stands}</div></Panel>
            <Panel title="Providers" action=manage>{states}</Panel>
        </aside>
    }
}

#[component]
fn KeyState(key: KeyView, now: Timestamp) -> impl IntoView {
    let badge = if key.check.problem.is_none() {
        view! { <Badge tone=Tone::Good text="Works" /> }
    } else {
        view! { <Badge tone=Tone::Bad text="Fails" /> }
    };
    let checked = format!("checked {}", key.check.at.ago(now));
    view! {
        <li>
            <span class="key-state-name"><bdi>{key.name().to_owned()}</bdi><span class="hint">{checked}</span></span>
            {badge}
        </li>
    }
}

/// What the person should look at, most urgent first: a sentence, where to go, and what to do there.
fn needs(keys: &[KeyView], budgets: &[Stand]) -> Vec<(String, &'static str, &'static str)> {
    let mut needs = Vec::new();
    for key in keys {
        if let Some(code) = key.check.problem {
            needs.push((
                format!("{}: {}.", key.name(), code.title()),
                "/settings/keys",
                "Mend it",
            ));
        }
    }
    for state in budgets {
        let name = match state.span {
            Span::Day => "day",
            Span::Month => "month",
        };
        match state.percent() {
            Some(100..) => needs.push((
                format!("The budget of this {name} is spent; calls that cost money are refused."),
                "/settings/budgets",
                "Raise it",
            )),
            Some(percent @ 80..) => needs.push((
                format!("{percent} % of this {name}'s budget is spent."),
                "/settings/budgets",
                "Look at it",
            )),
            _ => {}
        }
    }
    if keys.is_empty() {
        let text = "No key of your own yet: only the guide or trial calls answer.".to_owned();
        needs.push((text, "/settings/keys#add", "Add one"));
    }
    needs
}
