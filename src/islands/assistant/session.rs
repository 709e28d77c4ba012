//! [`Session`]: what the assistant's parts share, and everything a person can do in it.

use super::keeper::Keeper;
use super::model::{self, Attachment, Conversation, Prompt, Turn, title_of};
use super::store::Entry;
use crate::islands::answer::cell::{Cell, announcement};
use crate::islands::answer::model::{Answer, Lane};
use crate::islands::browser::{now_ms, random_id};
use crate::islands::models::Source;
use crate::islands::picker::{MAX_LANES, Picker};
use leptos::prelude::*;

/// A message on the screen with its answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TurnCell {
    /// Tells turns apart while they are on the screen.
    pub key: u32,
    pub prompt: RwSignal<Prompt>,
    pub answers: RwSignal<Vec<Cell>>,
    pub is_editing: RwSignal<bool>,
}

impl TurnCell {
    fn snapshot(self) -> Turn {
        Turn {
            prompt: self.prompt.get_untracked(),
            answers: self.cells().into_iter().map(snapshot).collect(),
        }
    }

    fn cells(self) -> Vec<Cell> {
        self.answers.get_untracked()
    }
}

fn snapshot(cell: Cell) -> Answer {
    let mut answer = None;
    cell.peek(|kept| answer = Some(kept.clone()));
    answer.unwrap_or_else(|| Answer::new(Lane::guide()))
}

/// One word to the person that belongs to no answer: storage, import, another tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_bad: bool,
    /// Whether it refuses files; it is settled once others are taken.
    pub is_of_files: bool,
}

/// What is asked of a line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Rename(String),
    Delete(String),
    ForgetAll,
}

/// The history panel, while it is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browsing {
    pub words: String,
    /// Ids that hold the words; `None` while nothing is searched.
    pub found: Option<Vec<String>>,
    pub asked: Option<Asked>,
}

/// The assistant's state; copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    pub picker: Picker,
    pub id: RwSignal<String>,
    pub title: RwSignal<String>,
    pub instructions: RwSignal<String>,
    pub turns: RwSignal<Vec<TurnCell>>,
    /// The message that is being written; the field itself holds its text.
    pub draft: RwSignal<String>,
    pub files: RwSignal<Vec<Attachment>>,
    pub entries: RwSignal<Vec<Entry>>,
    pub browsing: RwSignal<Option<Browsing>>,
    pub is_help_open: RwSignal<bool>,
    /// Whether single letters are shortcuts.
    pub has_letter_keys: RwSignal<bool>,
    /// What the live region says.
    pub said: RwSignal<String>,
    pub notice: RwSignal<Option<Notice>>,
    /// Grows while somebody waits for the time to retry.
    pub clock: RwSignal<u32>,
    pub keeper: Keeper,
    /// Whose page this is: keys the browser's store and goes along with each question.
    pub account: StoredValue<String>,
    created_at: StoredValue<i64>,
    /// Owns the signals of the turns on the screen; replaced with the conversation.
    scope: StoredValue<Owner>,
    next_key: StoredValue<u32>,
}

impl Session {
    #[must_use]
    pub fn new(account: String, sources: Vec<Source>) -> Self {
        Self {
            picker: Picker::new(sources),
            id: RwSignal::new(String::new()),
            title: RwSignal::new(String::new()),
            instructions: RwSignal::new(String::new()),
            turns: RwSignal::new(Vec::new()),
            draft: RwSignal::new(String::new()),
            files: RwSignal::new(Vec::new()),
            entries: RwSignal::new(Vec::new()),
            browsing: RwSignal::new(None),
            is_help_open: RwSignal::new(false),
            has_letter_keys: RwSignal::new(true),
            said: RwSignal::new(String::new()),
            notice: RwSignal::new(None),
            clock: RwSignal::new(0),
            keeper: Keeper::new(),
            account: StoredValue::new(account),
            created_at: StoredValue::new(0),
            scope: StoredValue::new(Owner::new()),
            next_key: StoredValue::new(0),
        }
    }

    /// Before anything was ever chosen: a model that is likely meant, unless a conversation has begun.
    pub(super) async fn choose_first(self) {
        let first = self.picker.first_choice().await;
        if let (Some(lane), true) = (first, self.turns.with_untracked(Vec::is_empty)) {
            self.picker.lanes.set(vec![lane]);
        }
    }

    /// All answers on the screen; tracked.
    #[must_use]
    pub fn cells(self) -> Vec<Cell> {
        self.turns.get().iter().flat_map(|turn| turn.answers.get()).collect()
    }

    /// The answer with this key.
    #[must_use]
    pub fn cell(self, key: u32) -> Option<Cell> {
        untrack(|| self.cells()).into_iter().find(|cell| cell.key == key)
    }

    /// The turn with this key.
    #[must_use]
    pub fn turn(self, key: u32) -> Option<TurnCell> {
        self.turns
            .with_untracked(|turns| turns.iter().find(|turn| turn.key == key).copied())
    }

    /// Whether any answer is running; tracked.
    #[must_use]
    pub fn is_running(self) -> bool {
        // Every cell is asked, so that each one's change is seen.
        self.cells().into_iter().filter(|cell| cell.is_running()).count() > 0
    }

    /// Whether an answer tells when asking again makes sense, and that time has not been shown as over.
    #[must_use]
    pub fn is_waiting_to_retry(self) -> bool {
        untrack(|| self.cells()).into_iter().any(Cell::is_waiting_to_retry)
    }

    /// Sends a message to every chosen model.
    pub fn send(self, prompt: Prompt) {
        if self.turns.with_untracked(Vec::is_empty) {
            self.title.set(title_of(&prompt));
            self.created_at.set_value(now_ms());
            if self.id.with_untracked(String::is_empty) {
                self.id.set(random_id());
            }
        }
        let lanes = self.picker.lanes.get_untracked();
        let answers = lanes.into_iter().map(Answer::new).collect();
        let turn = self.turn_cell(Turn { prompt, answers });
        self.turns.update(|turns| turns.push(turn));
        turn.cells().into_iter().for_each(|cell| self.ask(cell));
        self.save();
    }

    /// Asks the model of this answer the same question once more.
    pub fn ask(self, cell: Cell) {
        let mut before: Vec<Turn> = Vec::new();
        for turn in self.turns.get_untracked() {
            if turn.cells().contains(&cell) {
                let instructions = self.instructions.get_untracked();
                let request = turn
                    .prompt
                    .with_untracked(|prompt| model::request(&cell.lane(), &instructions, &before, prompt));
                cell.ask(self.account.get_value(), request, move || self.ended(cell));
                return;
            }
            before.push(turn.snapshot());
        }
    }

    fn ended(self, cell: Cell) {
        let is_shown = self
            .turns
            .try_get_untracked()
            .is_some_and(|turns| turns.iter().any(|turn| turn.cells().contains(&cell)));
        if is_shown {
            self.said.set(cell.peek(announcement));
            self.save();
        }
    }

    /// Replaces a message and everything after it.
    pub fn resend(self, turn: TurnCell, prompt: Prompt) {
        self.stop();
        let turns = self.turns.get_untracked();
        let at = turns.iter().position(|known| *known == turn).unwrap_or(turns.len());
        self.turns.update(|turns| turns.truncate(at));
        self.send(prompt);
    }

    /// Stops every running answer; what has arrived is kept.
    pub fn stop(self) {
        for cell in self.turns.get_untracked().into_iter().flat_map(TurnCell::cells) {
            if cell.peek(|answer| answer.state.is_running()) {
                cell.stop();
            }
        }
    }

    /// Starts anew; the models and instructions stay as they are.
    pub fn start_new(self) {
        self.leave();
        self.id.set(String::new());
        self.title.set(String::new());
    }

    /// Shows a conversation of the store.
    pub fn show(self, conversation: Conversation) {
        self.leave();
        let Conversation {
            id,
            title,
            created_at,
            revision,
            instructions,
            lanes,
            turns,
            ..
        } = conversation;
        self.id.set(id);
        self.title.set(title);
        self.instructions.set(instructions);
        self.created_at.set_value(created_at);
        self.keeper.know(&self.id.get_untracked(), revision);
        let lanes: Vec<Lane> = lanes
            .into_iter()
            .map(|lane| self.usable(lane))
            .take(MAX_LANES)
            .collect();
        self.picker
            .lanes
            .set(if lanes.is_empty() { vec![Lane::guide()] } else { lanes });
        let turns = turns.into_iter().map(|turn| self.turn_cell(turn)).collect();
        self.turns.set(turns);
    }

    /// Stops and lets go of what is on the screen; what was running is saved as it stands.
    fn leave(self) {
        let was_running = self.turns.with_untracked(|turns| {
            let mut cells = turns.iter().flat_map(|turn| turn.cells());
            cells.any(|cell| cell.peek(|answer| answer.state.is_running()))
        });
        if was_running {
            self.stop();
            self.save();
        }
        self.turns.set(Vec::new());
        // The views of these turns go first, with the effects of this change; then their signals.
        let old = self
            .scope
            .try_update_value(|scope| std::mem::replace(scope, Owner::new()));
        set_timeout(move || drop(old), std::time::Duration::ZERO);
    }

    /// The lane with a key that still exists: the same, or another of its provider. A conversation
    /// keeps its model even where its provider has no key any more: asking it then says so.
    fn usable(self, lane: Lane) -> Lane {
        self.picker.still_usable(lane.clone()).unwrap_or(lane)
    }

    /// Everything on the screen as plain data, of a revision that the keeper knows; `None` while
    /// there is nothing to keep.
    #[must_use]
    pub fn snapshot(self) -> Option<Conversation> {
        let turns: Vec<Turn> = self.turns.get_untracked().into_iter().map(TurnCell::snapshot).collect();
        if turns.is_empty() {
            return None;
        }
        Some(Conversation {
            id: self.id.get_untracked(),
            title: self.title.get_untracked(),
            created_at: self.created_at.get_value(),
            updated_at: now_ms(),
            revision: 0,
            instructions: self.instructions.get_untracked(),
            lanes: self.picker.lanes.get_untracked(),
            turns,
        })
    }

    /// Tells the person something that belongs to no answer.
    pub fn tell(self, text: impl Into<String>, is_bad: bool) {
        self.notice.set(Some(Notice {
            text: text.into(),
            is_bad,
            is_of_files: false,
        }));
    }

    /// Tells the person which files were not taken, and why.
    pub fn refuse_files(self, text: String) {
        self.notice.set(Some(Notice {
            text,
            is_bad: true,
            is_of_files: true,
        }));
    }

    /// Files were taken: an earlier refusal is settled.
    pub fn took_files(self) {
        if self
            .notice
            .with_untracked(|notice| notice.as_ref().is_some_and(|notice| notice.is_of_files))
        {
            self.notice.set(None);
        }
    }

    fn turn_cell(self, turn: Turn) -> TurnCell {
        let next = || {
            let key = self.next_key.get_value();
            self.next_key.set_value(key.wrapping_add(1));
            key
        };
        let scope = self.scope.get_value();
        scope.with(|| TurnCell {
            key: next(),
            prompt: RwSignal::new(turn.prompt),
            answers: RwSignal::new(
                turn.answers
                    .into_iter()
                    .map(|answer| Cell::new(next(), answer))
                    .collect(),
            ),
            is_editing: RwSignal::new(false),
        })
    }
}
