//! The lanes and the dialog as views.

use super::{Listing, MAX_LANES, MAX_SHOWN, Picker, Picking};
use crate::domain::providers::Model;
use crate::islands::answer::model::{Fault, Lane};
use crate::islands::answer::pane::fault_view;
use crate::islands::answer::words;
use crate::islands::models::{Payer, Source, rough_cost};
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::*;

impl Picker {
    /// The chosen models, each to be changed or removed, and a way to one more.
    #[must_use]
    pub fn lanes_view(self) -> Element {
        let lanes = self.lanes.get();
        let is_full = lanes.len() >= MAX_LANES;
        let is_single = lanes.len() == 1;
        let compare = button("button quiet small", "compare")
            .with("aria-haspopup", "dialog")
            .with("title", "Ask another model beside it")
            .child(glyph(glyphs::COMPARE))
            .text("Compare");
        let lanes = lanes.into_iter().enumerate();
        Element::new("div")
            .class("lanes")
            .with("role", "group")
            .with("aria-label", "Models")
            .all(lanes.map(|(at, lane)| lane_view(at, &lane, is_single)))
            .maybe((!is_full).then_some(compare))
    }

    /// What sending so many tokens to every chosen model takes, roughly.
    #[must_use]
    pub fn rough_price(self, input: u64) -> String {
        let costs = self.lanes.with(|lanes| {
            let cost = |lane: &Lane| lane.price.map(|price| rough_cost(price, input, 0));
            lanes.iter().map(cost).collect::<Option<Vec<_>>>()
        });
        let cost = costs.map(|costs| ["~", &words::usd(costs.into_iter().sum()), " · "].concat());
        [&cost.unwrap_or_default(), "~", &words::count(input), " tokens"].concat()
    }

    /// The dialog's content while it is open.
    pub(super) fn view(self) -> Vec<Node> {
        let Some(picking) = self.picking.get() else {
            return Vec::new();
        };
        let is_change = self.lanes.with(|lanes| picking.lane < lanes.len());
        let title = if is_change { "Choose a model" } else { "Compare with" };
        let close = button("button quiet small square", "close-picker")
            .with("aria-label", "Close")
            .child(glyph(glyphs::CLOSE));
        let head = Element::new("header")
            .class("picker-head")
            .child(Element::new("h2").with("id", "picker-title").text(title))
            .child(close);
        let tab = |(at, source): (usize, &Source)| {
            let payer = match source.payer {
                Payer::OwnKey => source.label.as_str(),
                Payer::Trial => "trial calls",
                Payer::Nobody => "no key, no AI",
            };
            button("picker-source", "source")
                .with("data-at", at.to_string())
                .told("aria-pressed", at == picking.source)
                .child(Element::new("strong").text(source.provider.name()))
                .child(Element::new("span").class("faint truncate").text(payer))
        };
        let tabs = self
            .sources
            .with_value(|sources| sources.iter().enumerate().map(tab).collect::<Vec<_>>());
        let add = Element::new("a")
            .class("small")
            .with("href", "/settings/keys")
            .text("Add a key");
        let sources = Element::new("nav")
            .class("picker-sources")
            .with("aria-label", "Providers")
            .all(tabs)
            .child(add);
        let content = Element::new("div")
            .class("picker-content")
            .child(head)
            .child(sources)
            .child(models_view(&picking));
        vec![content.into()]
    }
}

fn lane_view(at: usize, lane: &Lane, is_single: bool) -> Element {
    let at = at.to_string();
    let choose = button("button small lane-model", "pick")
        .with("data-at", at.clone())
        .with("aria-haspopup", "dialog")
        .with(
            "aria-label",
            ["Model ", &lane.model, ", ", lane.provider.name(), ": choose another"].concat(),
        )
        .child(Element::new("span").class("truncate").text(&lane.model))
        .child(glyph(glyphs::CHEVRON));
    let remove = button("button quiet small square", "remove-lane")
        .with("data-at", at)
        .with("aria-label", ["Remove ", &lane.model].concat())
        .child(glyph(glyphs::CLOSE));
    Element::new("span")
        .class("lane")
        .child(choose)
        .maybe((!is_single).then_some(remove))
}

/// Search field and list work as one: arrows move, Enter chooses.
fn models_view(picking: &Picking) -> Element {
    let matches = picking.matches();
    let field = Element::new("input")
        .class("input")
        .with("type", "search")
        .with("role", "combobox")
        .with("aria-label", "Search models")
        .with("aria-controls", "models")
        .with("aria-expanded", "true")
        .with("aria-autocomplete", "list")
        .with("placeholder", "Search models")
        .with("autocomplete", "off")
        .with("spellcheck", "false")
        .with("data-field", "search-models");
    let field = match matches.is_empty() {
        true => field,
        false => field.with("aria-activedescendant", line_id(picking.active)),
    };
    let lines = matches.iter().take(MAX_SHOWN).enumerate();
    let list = Element::new("ul")
        .class("picker-list")
        .with("id", "models")
        .with("role", "listbox")
        .with("aria-label", "Models")
        .all(lines.map(|(at, choice)| line(at, choice, at == picking.active)));
    Element::new("div")
        .class("picker-models")
        .child(field)
        .maybe(note(picking))
        .child(list)
        .maybe(rest(picking, matches.len()))
}

fn line_id(at: usize) -> String {
    ["model-", &at.to_string()].concat()
}

fn line(at: usize, choice: &Model, is_active: bool) -> Element {
    Element::new("li")
        .with("id", line_id(at))
        .with("role", "option")
        .with("data-do", "choose")
        .with("data-at", at.to_string())
        .told("aria-selected", is_active)
        .child(Element::new("span").class("picker-id").text(&choice.id))
        .child(Element::new("span").class("faint num").text(&facts(choice)))
}

fn note(picking: &Picking) -> Option<Element> {
    match &picking.listing {
        Listing::Loading => Some(
            Element::new("p")
                .class("hint picker-loading")
                .text("Asking the provider for its models"),
        ),
        Listing::Refused(refusal) => {
            let retry = button("button small", "reload-models").text("Retry");
            Some(fault_view(&Fault::from(refusal.clone()), retry))
        }
        Listing::Models(_) => None,
    }
}

fn rest(picking: &Picking, count: usize) -> Option<Element> {
    if count > MAX_SHOWN {
        let more = (count - MAX_SHOWN).to_string();
        return Some(
            Element::new("p")
                .class("hint")
                .text(&more)
                .text(" more: search to see them"),
        );
    }
    let typed = picking.words.trim();
    (count == 0 && !typed.is_empty()).then(|| {
        button("button small", "choose")
            .with("data-at", "0")
            .text("Use “")
            .text(typed)
            .text("” as it is")
    })
}

/// `Claude Sonnet · 200k context · $3.00 in, $15.00 out per million`
fn facts(choice: &Model) -> String {
    let mut parts = Vec::new();
    if let Some(name) = choice.name.as_ref().filter(|name| **name != choice.id) {
        parts.push(name.clone());
    }
    if let Some(context) = choice.context {
        parts.push([&words::window(context), " context"].concat());
    }
    if choice.reasons == Some(true) {
        parts.push("reasons".to_owned());
    }
    parts.push(match choice.price {
        Some(price) if price.input == 0 && price.output == 0 => "free".to_owned(),
        Some(price) => {
            // Micro-USD per million tokens.
            let usd = |rate: u64| words::usd(i64::try_from(rate.saturating_mul(1_000)).unwrap_or(i64::MAX));
            [&usd(price.input), " in, ", &usd(price.output), " out per million"].concat()
        }
        None => "price unknown".to_owned(),
    });
    parts.join(" · ")
}
