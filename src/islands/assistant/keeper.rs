//! The session and its store: saving one after the other, loading, other tabs, files.

use super::composer;
use super::export::{self, ImportError};
use super::model::Conversation;
use super::session::Session;
use super::store::{Saved, Store, Word};
use crate::islands::answer::model::Lane;
use crate::islands::browser::idb::Outcome;
use crate::islands::browser::{download, now_ms, random_id};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use std::rc::Rc;

const STORAGE_IS_OFF: &str = "This browser keeps nothing for this page, so conversations end with it. \
    Allow site data, or export what you need.";
const NOT_SAVED: &str = "The conversation could not be saved in this browser; its storage may be full. \
    Export it, or delete older ones from the history.";

/// Writes conversations down, one at a time and in order.
#[derive(Clone, Copy)]
pub struct Keeper {
    /// `None` until it is open, and where the browser keeps nothing.
    store: StoredValue<Option<SendWrapper<Rc<Store>>>>,
    /// Snapshots that wait for the one being written.
    waiting: StoredValue<Vec<Conversation>>,
    is_writing: StoredValue<bool>,
    /// The newest revision known here, by conversation.
    revisions: StoredValue<Vec<(String, u32)>>,
}

impl Keeper {
    pub(super) fn new() -> Self {
        Self {
            store: StoredValue::new(None),
            waiting: StoredValue::new(Vec::new()),
            is_writing: StoredValue::new(false),
            revisions: StoredValue::new(Vec::new()),
        }
    }

    #[must_use]
    pub fn store(self) -> Option<Rc<Store>> {
        self.store
            .try_with_value(|store| store.as_deref().map(Rc::clone))
            .flatten()
    }

    pub(super) fn know(self, id: &str, revision: u32) {
        self.revisions.try_update_value(|known| {
            known.retain(|(other, _)| other != id);
            known.push((id.to_owned(), revision));
        });
    }

    fn revision(self, id: &str) -> u32 {
        let find = |known: &Vec<(String, u32)>| {
            known
                .iter()
                .find(|(other, _)| other == id)
                .map(|(_, revision)| *revision)
        };
        self.revisions.try_with_value(find).flatten().unwrap_or_default()
    }

    /// The next snapshot, of each conversation only the newest.
    fn next(self) -> Option<Conversation> {
        self.waiting.try_update_value(|waiting| {
            if waiting.is_empty() {
                return None;
            }
            let first = waiting.remove(0);
            let newer = waiting.iter().rposition(|other| other.id == first.id);
            Some(match newer {
                Some(at) => {
                    let newest = waiting.remove(at);
                    waiting.retain(|other| other.id != first.id);
                    newest
                }
                None => first,
            })
        })?
    }
}

impl Session {
    /// Opens the account's store and brings back choices, history and the conversation of the address.
    pub fn open_store(self) {
        let account = self.account.get_value();
        spawn_local(async move {
            match Store::open(&account, move |word| self.hear(word)).await {
                Ok(store) => {
                    let store = Rc::new(store);
                    self.keeper.store.set_value(Some(SendWrapper::new(Rc::clone(&store))));
                    self.bring_choices(&store).await;
                    self.refresh();
                    self.open_from_address();
                }
                Err(_) => self.tell(STORAGE_IS_OFF, true),
            }
        });
    }

    async fn bring_choices(self, store: &Store) {
        if let Some(is_on) = store.setting::<bool>("letter-keys").await {
            self.has_letter_keys.set(is_on);
        }
        let lanes = store.setting::<Vec<Lane>>("lanes").await.unwrap_or_default();
        let lanes: Vec<Lane> = lanes
            .into_iter()
            .filter_map(|lane| self.picker.still_usable(lane))
            .collect();
        if lanes.is_empty() {
            spawn_local(self.choose_first());
        } else {
            self.picker.lanes.set(lanes);
        }
        let draft = store.setting::<String>("draft").await.unwrap_or_default();
        if !draft.is_empty() && self.draft.with_untracked(String::is_empty) {
            composer::write(self, &draft);
        }
    }

    /// Keeps a choice for the next visit.
    pub fn keep_choice<T: serde::Serialize + 'static>(self, name: &'static str, value: T) {
        if let Some(store) = self.keeper.store() {
            // A lost choice is no loss worth a word.
            spawn_local(async move {
                let _ = store.set(name, &value).await;
            });
        }
    }

    /// Saves what is on the screen as it is now.
    pub fn save(self) {
        let Some(conversation) = self.snapshot() else { return };
        self.keeper.waiting.update_value(|waiting| waiting.push(conversation));
        self.write();
    }

    fn write(self) {
        let Some(store) = self.keeper.store() else { return };
        if self.keeper.is_writing.get_value() {
            return;
        }
        self.keeper.is_writing.set_value(true);
        spawn_local(async move {
            while let Some(mut conversation) = self.keeper.next() {
                let id = conversation.id.clone();
                conversation.revision = self.keeper.revision(&id);
                match store.save(conversation).await {
                    Ok(saved) => self.saved(&id, saved),
                    Err(_) => self.tell(NOT_SAVED, true),
                }
            }
            self.keeper.is_writing.try_set_value(false);
            self.refresh();
        });
    }

    fn saved(self, id: &str, saved: Saved) {
        let is_shown = self.id.try_get_untracked().is_some_and(|shown| shown == id);
        match saved {
            Saved::Kept(revision) => {
                self.keeper.know(id, revision);
                if is_shown {
                    self.address(id);
                }
            }
            Saved::Copied(copy) => {
                self.keeper.know(&copy.id, copy.revision);
                if is_shown {
                    self.id.set(copy.id.clone());
                    self.title.set(copy.title);
                    self.address(&copy.id);
                    self.tell(
                        "Another tab went on with this conversation. This one is kept as a copy.",
                        false,
                    );
                }
            }
            Saved::Gone => {
                if is_shown {
                    self.id.set(random_id());
                    self.tell(
                        "This conversation was deleted in another tab. Send a message to keep it anew.",
                        false,
                    );
                }
            }
        }
    }

    /// Reads the history again.
    pub fn refresh(self) {
        let Some(store) = self.keeper.store() else { return };
        spawn_local(async move {
            if let Ok(entries) = store.entries().await {
                self.entries.try_set(entries);
            }
        });
    }

    fn hear(self, word: Word) {
        self.refresh();
        let shown = self.id.try_get_untracked().unwrap_or_default();
        match word {
            // A reader follows the tab that writes; a writer goes on and is kept as a copy.
            Word::Saved(id) if id == shown && !self.is_busy() => self.load(id),
            Word::Gone(id) if id == shown && !self.is_busy() => self.start_new(),
            Word::AllGone if !self.is_busy() => self.start_new(),
            _ => {}
        }
    }

    fn is_busy(self) -> bool {
        let is_editing =
            |turns: &Vec<super::session::TurnCell>| turns.iter().any(|turn| turn.is_editing.get_untracked());
        untrack(|| self.is_running()) || self.turns.with_untracked(is_editing)
    }

    /// Shows a stored conversation.
    pub fn load(self, id: String) {
        let Some(store) = self.keeper.store() else { return };
        spawn_local(async move {
            match store.load(&id).await {
                Ok(Some(conversation)) => self.show(conversation),
                Ok(None) => {
                    self.start_new();
                    self.tell("That conversation is not in this browser.", false);
                }
                Err(_) => self.tell(STORAGE_IS_OFF, true),
            }
        });
    }

    /// Follows the address: `#id` names a conversation, so that reload, back and links work.
    pub fn open_from_address(self) {
        let hash = window().location().hash().unwrap_or_default();
        let id = hash.trim_start_matches('#');
        if id == self.id.get_untracked() {
            return;
        }
        if id.is_empty() {
            self.start_new();
        } else if id != "main" {
            self.load(id.to_owned());
        }
    }

    /// Puts the conversation's id into the address without a step in the browser's history.
    fn address(self, id: &str) {
        let hash = ["#", id].concat();
        let location = window().location();
        if location.hash().is_ok_and(|known| known == hash) {
            return;
        }
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&hash));
        }
    }

    /// Renames a conversation of the history.
    pub fn rename(self, id: String, title: String) {
        let title = super::model::clean_title(&title);
        if title.is_empty() {
            return;
        }
        if self.id.get_untracked() == id {
            self.title.set(title);
            return self.save();
        }
        self.with_store(async move |store| {
            if let Some(mut conversation) = store.load(&id).await? {
                conversation.title = title;
                store.save(conversation).await?;
            }
            Ok(())
        });
    }

    /// Deletes a conversation of the history.
    pub fn delete(self, id: String) {
        if self.id.get_untracked() == id {
            self.stop();
            self.turns.set(Vec::new());
            self.go_to_new();
        }
        self.with_store(async move |store| store.delete(&id).await);
    }

    /// Forgets every conversation of this account in this browser.
    pub fn forget_all(self) {
        self.stop();
        self.turns.set(Vec::new());
        self.go_to_new();
        self.with_store(async move |store| {
            store.forget_all().await?;
            self.tell("All conversations were forgotten by this browser.", false);
            Ok(())
        });
    }

    /// Starts a new conversation, as a step in the browser's history.
    pub fn go_to_new(self) {
        let location = window().location();
        if location.hash().is_ok_and(|hash| !hash.is_empty()) {
            let _ = location.set_hash("");
        }
        self.start_new();
    }

    /// Saves the conversation on the screen as a Markdown file.
    pub fn export_markdown(self) {
        if let Some(conversation) = self.snapshot() {
            let name = export::file_name(&conversation.title, "md");
            download(&name, "text/markdown", &export::markdown(&conversation));
        }
    }

    /// Saves the conversation on the screen as a JSON file that can be imported.
    pub fn export_json(self) {
        if let Some(conversation) = self.snapshot() {
            let name = export::file_name(&conversation.title, "json");
            download(&name, "application/json", &export::json(vec![conversation]));
        }
    }

    /// Saves all conversations as one file that can be imported.
    pub fn export_all(self) {
        self.with_store(async move |store| {
            let text = export::json(store.all().await?);
            download("spectr-conversations.json", "application/json", &text);
            Ok(())
        });
    }

    /// Adds the conversations of an exported file to this browser.
    pub fn import(self, text: String) {
        let conversations = match export::import(&text, now_ms(), random_id) {
            Ok(conversations) => conversations,
            Err(error @ (ImportError::NotOurs | ImportError::Newer | ImportError::Broken)) => {
                return self.tell(error.to_string(), true);
            }
        };
        self.with_store(async move |store| {
            let count = conversations.len();
            for conversation in conversations {
                store.save(conversation).await?;
            }
            let plural = if count == 1 {
                " conversation was"
            } else {
                " conversations were"
            };
            self.tell([&count.to_string(), plural, " imported."].concat(), false);
            Ok(())
        });
    }

    /// Finds the conversations that hold the words anywhere.
    pub fn search(self, words: String) {
        let is_empty = words.trim().is_empty();
        self.browsing.update(|browsing| {
            if let Some(browsing) = browsing {
                browsing.words.clone_from(&words);
                if is_empty {
                    browsing.found = None;
                }
            }
        });
        let Some(store) = self.keeper.store().filter(|_| !is_empty) else {
            return;
        };
        spawn_local(async move {
            let found = store.search(words.trim()).await.unwrap_or_default();
            // A slower search for fewer letters must not win over this one.
            self.browsing.try_update(|browsing| {
                if let Some(browsing) = browsing.as_mut().filter(|browsing| browsing.words == words) {
                    browsing.found = Some(found);
                }
            });
        });
    }

    fn with_store<F: Future<Output = Outcome> + 'static>(self, work: impl FnOnce(Rc<Store>) -> F + 'static) {
        let Some(store) = self.keeper.store() else {
            return self.tell(STORAGE_IS_OFF, true);
        };
        spawn_local(async move {
            if work(store).await.is_err() {
                self.tell(NOT_SAVED, true);
            }
            self.refresh();
        });
    }
}
