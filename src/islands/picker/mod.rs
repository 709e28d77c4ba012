//! Which models are asked: the lanes, side by side, and the dialog in which one is chosen.
//!
//! Built once, used by every area that asks models. It knows which sources there are, never a key.

mod view;

use crate::domain::pricing::Rates;
use crate::domain::providers::Model;
use crate::islands::answer::model::Lane;
use crate::islands::browser::focus_soon;
use crate::islands::models::{self, Payer, Source};
use crate::islands::stream::Refusal;
use crate::islands::tree::live;
use leptos::prelude::*;

/// Most models side by side.
pub const MAX_LANES: usize = 4;
/// Most models shown at once; a search finds the others.
const MAX_SHOWN: usize = 100;

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq)]
enum Listing {
    Loading,
    Refused(Refusal),
    Models(Vec<Model>),
}

/// The dialog, while it is open.
#[derive(Clone, Debug, PartialEq)]
struct Picking {
    /// Which lane is chosen for; one more than there are adds a model.
    lane: usize,
    /// Which of the sources is shown.
    source: usize,
    listing: Listing,
    words: String,
    /// Which line Enter would take.
    active: usize,
}

/// The chosen models; copies are the same choice.
#[derive(Clone, Copy)]
pub struct Picker {
    /// What can be asked, decided by the server when the page was made.
    sources: StoredValue<Vec<Source>>,
    pub lanes: RwSignal<Vec<Lane>>,
    picking: RwSignal<Option<Picking>>,
}

impl Picker {
    /// The guide alone, until something is chosen.
    #[must_use]
    pub fn new(sources: Vec<Source>) -> Self {
        Self {
            sources: StoredValue::new(sources),
            lanes: RwSignal::new(vec![Lane::guide()]),
            picking: RwSignal::new(None),
        }
    }

    /// Shows the dialog in its element, `#picker`, whenever it is open.
    pub fn begin(self) {
        live::dialog(
            "#picker",
            move || self.view(),
            || focus_soon("#picker input"),
            move || self.picking.set(None),
        );
    }

    #[must_use]
    pub fn is_open(self) -> bool {
        self.picking.with_untracked(Option::is_some)
    }

    /// Opens the dialog for a lane; one more than there are adds a model.
    pub fn open(self, lane: usize) {
        let now = self
            .lanes
            .with_untracked(|lanes| lanes.get(lane).or(lanes.first()).cloned());
        let is_now = |source: &Source| {
            now.as_ref()
                .is_some_and(|lane| lane.provider == source.provider && lane.key_id == source.key_id)
        };
        let source = self.sources.with_value(|sources| sources.iter().position(is_now));
        self.picking.set(Some(Picking {
            lane,
            source: source.unwrap_or_default(),
            listing: Listing::Loading,
            words: String::new(),
            active: 0,
        }));
        self.load();
    }

    /// Asks which model to put beside the others; the last one is replaced where there is no room.
    pub fn compare(self) {
        let count = self.lanes.with_untracked(Vec::len);
        self.open(count.min(MAX_LANES - 1));
    }

    /// Before anything was ever chosen: a model of the person's own key, else of a trial; `None` where
    /// there is but the guide, or the provider does not answer: it says so when it is asked.
    pub async fn first_choice(self) -> Option<Lane> {
        let source = self.sources.with_value(|sources| sources.first().cloned())?;
        if source.payer == Payer::Nobody {
            return None;
        }
        let models = models::list(&source).await.ok()?;
        let known = models.iter().find(|model| model.price.is_some());
        let model = known.or(models.first()).cloned()?;
        Some(lane(source, model.id, model.price))
    }

    /// The lane with a key that still exists: the same, or another of its provider; `None` where its
    /// provider has none.
    #[must_use]
    pub fn still_usable(self, mut lane: Lane) -> Option<Lane> {
        self.sources.with_value(|sources| {
            let of_provider = || sources.iter().filter(|source| source.provider == lane.provider);
            let same = of_provider().find(|source| source.key_id == lane.key_id);
            let source = same.or_else(|| of_provider().next())?;
            lane.key_id = source.key_id;
            lane.key_label = (source.payer == Payer::OwnKey).then(|| source.label.clone());
            Some(lane)
        })
    }

    /// Does what a button of the lanes or the dialog says; false if it is none of theirs.
    pub fn act(self, action: &str, index: usize) -> bool {
        match action {
            "pick" => self.open(index),
            "compare" => self.compare(),
            "remove-lane" => self.lanes.update(|lanes| {
                if index < lanes.len() && lanes.len() > 1 {
                    lanes.remove(index);
                }
            }),
            "source" => self.show_source(index),
            "choose" => self.choose(Some(index)),
            "reload-models" => self.load(),
            "close-picker" => self.picking.set(None),
            _ => return false,
        }
        true
    }

    /// Does what a key in the search field says; false if it says nothing.
    pub fn key(self, key: &str) -> bool {
        match key {
            "Enter" => self.choose(None),
            "ArrowDown" => self.step(true),
            "ArrowUp" => self.step(false),
            _ => return false,
        }
        true
    }

    /// Shows the models that hold these words.
    pub fn search(self, words: String) {
        self.update(|picking| {
            picking.words = words;
            picking.active = 0;
        });
    }

    /// Shows the models of another source.
    fn show_source(self, source: usize) {
        self.update(|picking| {
            picking.source = source;
            picking.active = 0;
        });
        self.load();
    }

    /// Asks for the models of the source that is shown.
    fn load(self) {
        let Some(at) = self
            .picking
            .with_untracked(|picking| picking.as_ref().map(|picking| picking.source))
        else {
            return;
        };
        let Some(source) = self.sources.with_value(|sources| sources.get(at).cloned()) else {
            return;
        };
        self.update(|picking| picking.listing = Listing::Loading);
        leptos::task::spawn_local(async move {
            let listing = models::list(&source)
                .await
                .map_or_else(Listing::Refused, Listing::Models);
            // Another source may have been chosen meanwhile.
            self.update(|picking| {
                if picking.source == at {
                    picking.listing = listing;
                }
            });
        });
    }

    /// Changes the dialog, if it is open.
    fn update(self, change: impl FnOnce(&mut Picking)) {
        self.picking.try_update(|picking| picking.as_mut().map(change));
    }

    /// Moves the line that Enter would take.
    fn step(self, is_down: bool) {
        self.update(|picking| {
            let last = picking.matches().len().min(MAX_SHOWN).saturating_sub(1);
            picking.active = if is_down {
                (picking.active + 1).min(last)
            } else {
                picking.active.saturating_sub(1)
            };
        });
    }

    /// Takes a line, or what was typed where no line holds it.
    fn choose(self, at: Option<usize>) {
        let Some(picking) = self.picking.get_untracked() else {
            return;
        };
        let Some(source) = self.sources.with_value(|sources| sources.get(picking.source).cloned()) else {
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
        self.lanes.update(|lanes| match lanes.get_mut(picking.lane) {
            Some(known) => *known = lane,
            None => lanes.push(lane),
        });
        self.picking.set(None);
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
