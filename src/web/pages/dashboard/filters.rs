//! The period and the filters: links and one GET form, so that each view has an address.

use super::parts::Names;
use super::view::View;
use crate::domain::usage::Period;
use crate::features::usage::{Filter, Overview, Part};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Periods(view: View) -> impl IntoView {
    let links = Period::ALL
        .into_iter()
        .map(|period| {
            let current = (period == view.period).then_some("true");
            let href = View { period, ..view.clone() }.href();
            view! { <a href=href aria-current=current>{period.name()}</a> }
        })
        .collect_view();
    view! { <nav class="segments" aria-label="Period">{links}</nav> }
}

#[component]
pub fn Filters(view: View, usage: Arc<Overview>, names: Names) -> impl IntoView {
    let (filter, choices) = (&view.filter, &usage.choices);
    let some = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let providers = choices
        .providers
        .iter()
        .map(|provider| (provider.id().to_owned(), provider.name().to_owned()));
    let models = choices.models.iter().map(|model| (model.clone(), model.clone()));
    let features = choices
        .features
        .iter()
        .map(|feature| (feature.id().to_owned(), feature.name().to_owned()));
    let keys = choices
        .keys
        .iter()
        .map(|key| (key.to_string(), names.of(&Part::Key(Some(*key)))));
    let selects = [
        (
            "provider",
            "Provider",
            providers.collect::<Vec<_>>(),
            some(filter.provider.map(|p| p.id())),
        ),
        ("model", "Model", models.collect(), some(filter.model.as_deref())),
        (
            "feature",
            "Feature",
            features.collect(),
            some(filter.feature.map(|f| f.id())),
        ),
        (
            "key",
            "Key",
            keys.collect(),
            filter.key.map(|key| key.to_string()).unwrap_or_default(),
        ),
    ];
    let selects = selects
        .into_iter()
        .map(|(name, label, options, value)| view! { <Choice name label options value /> })
        .collect_view();
    // What the form does not ask for stays as it is.
    let bare = View {
        filter: Filter::default(),
        ..view.clone()
    };
    let hidden = bare
        .pairs()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let clear = (!filter.is_empty()).then(|| view! { <a class="button small quiet" href=bare.href()>"Show all"</a> });
    view! {
        <form class="filters" method="get" action="/dashboard" aria-label="Filters">
            {hidden}
            {selects}
            <button class="button small" type="submit">"Filter"</button>
            {clear}
        </form>
    }
}

#[component]
fn Choice(name: &'static str, label: &'static str, options: Vec<(String, String)>, value: String) -> impl IntoView {
    let is_listed = value.is_empty() || options.iter().any(|(id, _)| *id == value);
    // A filter from a link that fits nothing is shown as what it is, not as "all".
    let unknown = (!is_listed).then(|| (value.clone(), value.clone()));
    let options = options
        .into_iter()
        .chain(unknown)
        .map(|(id, text)| view! { <option selected=id == value value=id>{text}</option> })
        .collect_view();
    let id = format!("filter-{name}");
    view! {
        <span class="filter">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id name=name>
                <option value="">"All"</option>
                {options}
            </select>
        </span>
    }
}
