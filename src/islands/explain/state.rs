//! [`State`]: what the parts of the dialog share, and everything a person can do in it.

use super::FIELD;
use crate::domain::chat::{Asker, ChatRequest, Message, Params, Role};
use crate::islands::answer::cell::{Cell, announcement};
use crate::islands::answer::model::{Answer, Lane};
use crate::islands::browser::{field, find, focus, next_frame};
use crate::islands::markdown::evidence;
use crate::islands::models::Source;
use crate::islands::picker::Picker;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// The dialog's state; copies are the same.
#[derive(Clone, Copy)]
pub struct State {
    pub picker: Picker,
    /// Whether something can be sent: the code is here and a model is chosen.
    pub is_ready: RwSignal<bool>,
    /// The text in the box; the box itself holds it, too.
    pub draft: RwSignal<String>,
    /// The text that was sent last.
    pub sent: RwSignal<String>,
    /// One for each model that it was sent to.
    pub answers: RwSignal<Vec<Cell>>,
    /// What the live region says.
    pub said: RwSignal<String>,
    /// Grows while somebody waits for the time to retry.
    pub clock: RwSignal<u32>,
    /// Whose page this is; it goes along with each question.
    account: StoredValue<String>,
    /// The text that was sent, to find quotations in.
    source: StoredValue<Option<Arc<evidence::Source>>>,
    /// Owns the signals of the answers on the screen; replaced with them.
    scope: StoredValue<Owner>,
    next_key: StoredValue<u32>,
}

impl State {
    #[must_use]
    pub fn new(account: String, sources: Vec<Source>) -> Self {
        Self {
            picker: Picker::new(sources),
            is_ready: RwSignal::new(false),
            draft: RwSignal::new(String::new()),
            sent: RwSignal::new(String::new()),
            answers: RwSignal::new(Vec::new()),
            said: RwSignal::new(String::new()),
            clock: RwSignal::new(0),
            account: StoredValue::new(account),
            source: StoredValue::new(None),
            scope: StoredValue::new(Owner::new()),
            next_key: StoredValue::new(0),
        }
    }

    /// Chooses a model of the person's own key, where there is one.
    pub fn choose_first(self) {
        leptos::task::spawn_local(async move {
            if let Some(lane) = self.picker.first_choice().await {
                self.picker.lanes.set(vec![lane]);
            }
            self.is_ready.set(true);
        });
    }

    /// What quotations lead to.
    #[must_use]
    pub fn source(self) -> Option<Arc<evidence::Source>> {
        self.source.try_get_value().flatten()
    }

    /// The answer with this key.
    #[must_use]
    pub fn cell(self, key: u32) -> Option<Cell> {
        self.answers
            .with_untracked(|cells| cells.iter().find(|cell| cell.key == key).copied())
    }

    /// Whether any answer is running; tracked.
    #[must_use]
    pub fn is_running(self) -> bool {
        // Every cell is asked, so that each one's change is seen.
        self.answers.get().into_iter().filter(|cell| cell.is_running()).count() > 0
    }

    /// Whether an answer tells when asking again makes sense, and that time has not been shown as over.
    #[must_use]
    pub fn is_waiting_to_retry(self) -> bool {
        self.answers.get_untracked().into_iter().any(Cell::is_waiting_to_retry)
    }

    /// Sends the text of the box to every chosen model, unless an answer is running or there is nothing.
    pub fn send(self) {
        if !self.is_ready.get_untracked() || untrack(|| self.is_running()) {
            return;
        }
        let text = field(FIELD).map(|field| field.value()).unwrap_or_default();
        if text.trim().is_empty() {
            return focus(FIELD);
        }
        self.clear();
        self.source.set_value(Some(Arc::new(evidence::Source::new(&text))));
        self.sent.set(text);
        let lanes = self.picker.lanes.get_untracked();
        let next = |lane| {
            let key = self.next_key.get_value();
            self.next_key.set_value(key.wrapping_add(1));
            Cell::new(key, Answer::new(lane))
        };
        let cells: Vec<Cell> = self.scope.get_value().with(|| lanes.into_iter().map(next).collect());
        self.answers.set(cells.clone());
        cells.into_iter().for_each(|cell| self.ask(cell));
        // The text may fill the dialog: the answers come under the button that stops them.
        next_frame(|| {
            if let Some(bar) = find("#explain-bar") {
                bar.scroll_into_view();
            }
        });
    }

    /// Asks the model of this answer (once more) about the text that was sent.
    pub fn ask(self, cell: Cell) {
        let request = self.sent.with_untracked(|text| request(&cell.lane(), text));
        cell.ask(self.account.get_value(), request, move || {
            let is_shown = self
                .answers
                .try_get_untracked()
                .is_some_and(|cells| cells.contains(&cell));
            if is_shown {
                self.said.set(cell.peek(announcement));
            }
        });
    }

    /// Stops every running answer; what has arrived is kept.
    pub fn stop(self) {
        for cell in self.answers.get_untracked() {
            if cell.peek(|answer| answer.state.is_running()) {
                cell.stop();
            }
        }
    }

    /// Another text is about to be shown: nothing was sent of it.
    pub fn forget(self) {
        self.clear();
        self.sent.set(String::new());
        self.source.set_value(None);
    }

    fn clear(self) {
        self.stop();
        self.said.set(String::new());
        self.answers.set(Vec::new());
        // The views of these answers go first, with the effects of this change; then their signals.
        let old = self
            .scope
            .try_update_value(|scope| std::mem::replace(scope, Owner::new()));
        set_timeout(move || drop(old), Duration::ZERO);
    }
}

/// The request that asks `lane` about exactly this text.
fn request(lane: &Lane, text: &str) -> ChatRequest {
    ChatRequest {
        provider: lane.provider,
        key_id: lane.key_id,
        model: lane.model.clone(),
        system: None,
        messages: vec![Message::new(Role::User, text.to_owned())],
        params: Params::default(),
        feature: Asker::Reports,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_goes_out_word_for_word_and_alone() {
        let text = "  Cause: “x”\n\n[email] \n";
        let request = request(&Lane::guide(), text);
        assert_eq!(request.messages, [Message::new(Role::User, text.to_owned())]);
        assert_eq!((request.system, request.feature), (None, Asker::Reports));
    }
}
