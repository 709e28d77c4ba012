//! The picker: which provider and key, and which of its models. View and what it does.

use super::session::{Listing, Picking, Session};
use crate::domain::pricing::Rates;
use crate::domain::providers::Model;
use crate::islands::answer::model::{Fault, Lane};
use crate::islands::answer::pane::fault_view;
use crate::islands::answer::words;
use crate::islands::models::{self, Payer, Source};
use crate::islands::tree::{Element, Node, button, glyph, glyphs};
use leptos::prelude::*;

/// Most models shown at once; a search finds the others.
const MAX_SHOWN: usize = 100;

/// Opens the picker for a lane; one more than there are adds a model.
pub fn open(session: Session, lane: usize) {
    let now = session
        .lanes
        .with_untracked(|lanes| lanes.get(lane).or(lanes.first()).cloned());
    let is_now = |source: &Source| {
        now.as_ref()
            .is_some_and(|lane| lane.provider == source.provider && lane.key_id == source.key_id)
    };
    let source = session.sources.with_value(|sources| sources.iter().position(is_now));
    session.picking.set(Some(Picking {
        lane,
        source: source.unwrap_or_default(),
        listing: Listing::Loading,
        words: String::new(),
        active: 0,
    }));
    load(session);
}

/// Before anything was ever chosen: a model of the person's own key, else of a trial, else the guide.
pub async fn choose_first(session: Session) {
    let Some(source) = session.sources.with_value(|sources| sources.first().cloned()) else {
        return;
    };
    if source.payer == Payer::Nobody {
        return;
    }
    // A provider that does not answer now says so when it is asked.
    let Ok(models) = models::list(&source).await else {
        return;
    };
    let known = models.iter().find(|model| model.price.is_some());
    let Some(model) = known.or(models.first()).cloned() else {
        return;
    };
    if session.turns.with_untracked(Vec::is_empty) {
        session.lanes.set(vec![lane(source, model.id, model.price)]);
    }
}

fn lane(source: Source, model: String, price: Option<Rates>) -> Lane {
    Lane {
        provider: source.provider,
        model,
        key_id: source.key_id,
        key_label: (source.payer == Payer::OwnKey).then_some(source.label),
        price,
    }
}

/// Shows the models of another source.
pub fn show_source(session: Session, source: usize) {
    update(session, |picking| {
        picking.source = source;
        picking.active = 0;
    });
    load(session);
}

/// Asks for the models of the source that is shown.
pub fn load(session: Session) {
    let Some(at) = session
        .picking
        .with_untracked(|picking| picking.as_ref().map(|picking| picking.source))
    else {
        return;
    };
    let Some(source) = session.sources.with_value(|sources| sources.get(at).cloned()) else {
        return;
    };
    update(session, |picking| picking.listing = Listing::Loading);
    leptos::task::spawn_local(async move {
        let listing = models::list(&source)
            .await
            .map_or_else(Listing::Refused, Listing::Models);
        // Another source may have been chosen meanwhile.
        update(session, |picking| {
            if picking.source == at {
                picking.listing = listing;
            }
        });
    });
}

/// Changes the picker, if it is open.
pub fn update(session: Session, change: impl FnOnce(&mut Picking)) {
    session.picking.try_update(|picking| picking.as_mut().map(change));
}

/// Moves the line that Enter would take.
pub fn step(session: Session, is_down: bool) {
    update(session, |picking| {
        let last = picking.matches().len().min(MAX_SHOWN).saturating_sub(1);
        picking.active = if is_down {
            (picking.active + 1).min(last)
        } else {
            picking.active.saturating_sub(1)
        };
    });
}

/// Takes a line, or what was typed where no line holds it.
pub fn choose(session: Session, at: Option<usize>) {
    let Some(picking) = session.picking.get_untracked() else {
        return;
    };
    let Some(source) = session
        .sources
        .with_value(|sources| sources.get(picking.source).cloned())
    else {
        return;
    };
    let choice = picking
        .matches()
        .get(at.unwrap_or(picking.active))
        .map(|choice| (*choice).clone());
    let typed = picking.words.trim();
    let (model, price) = match choice {
        Some(choice) => (choice.id, choice.price),
        None if !typed.is_empty() => (typed.to_owned(), None),
        None => return,
    };
    let lane = lane(source, model, price);
    session.lanes.update(|lanes| match lanes.get_mut(picking.lane) {
        Some(known) => *known = lane,
        None => lanes.push(lane),
    });
    session.keep_choice("lanes", session.lanes.get_untracked());
    session.picking.set(None);
}

impl Picking {
    /// Models that hold every word, in any order and case.
    fn matches(&self) -> Vec<&Model> {
        let Listing::Models(models) = &self.listing else {
            return Vec::new();
        };
        let words = self.words.to_lowercase();
        let holds_all = |choice: &&Model| {
            let name = choice.name.as_deref().unwrap_or_default();
            let text = [&choice.id, " ", name].concat().to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        models.iter().filter(holds_all).collect()
    }
}

/// The dialog's content while it is open.
#[must_use]
pub fn view(session: Session) -> Vec<Node> {
    let Some(picking) = session.picking.get() else {
        return Vec::new();
    };
    let is_change = session.lanes.with(|lanes| picking.lane < lanes.len());
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
    let tabs = session
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
