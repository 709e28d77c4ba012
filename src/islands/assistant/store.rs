//! Conversations in this browser and nowhere else: one IndexedDB database per account.
//!
//! Two tabs may have the same conversation open. Each save names the revision that it continues; a
//! save that would overwrite a newer one is kept as a copy instead, and one whose conversation was
//! deleted meanwhile is dropped, so that nothing forgotten comes back.

use super::export::settle;
use super::model::Conversation;
use crate::islands::browser::channel::Channel;
use crate::islands::browser::idb::{Database, Outcome, Unavailable};
use crate::islands::browser::{object, property, random_id};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// Titles and dates, read for the list.
const INDEX: &str = "index";
/// Whole conversations.
const BODIES: &str = "bodies";
/// Choices and the draft.
const SETTINGS: &str = "settings";
const STORES: &[&str] = &[INDEX, BODIES, SETTINGS];
const VERSION: u32 = 1;

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub updated_at: i64,
    pub revision: u32,
    pub turns: usize,
}

/// What another tab of this account did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Saved(String),
    Gone(String),
    AllGone,
}

/// What became of a save.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    /// Kept under this revision.
    Kept(u32),
    /// Another tab had saved a newer one: kept as this copy.
    Copied(Conversation),
    /// Deleted by another tab: not kept.
    Gone,
}

/// The open database and the channel to the other tabs.
pub struct Store {
    database: Database,
    channel: Option<Channel>,
}

/// The database of an account; `account` is an id that names nobody.
#[must_use]
pub fn database_name(account: &str) -> String {
    ["spectr-assistant-", account].concat()
}

impl Store {
    /// Opens the account's database; `hear` is told what other tabs do.
    ///
    /// # Errors
    /// [`Unavailable`], e.g. where the browser keeps nothing.
    pub async fn open(account: &str, mut hear: impl FnMut(Word) + 'static) -> Outcome<Self> {
        let name = database_name(account);
        let database = Database::open(&name, VERSION, STORES).await?;
        let channel = Channel::open(&name, move |text| {
            let (verb, id) = text.split_once(' ').unwrap_or((&text, ""));
            match verb {
                "saved" => hear(Word::Saved(id.to_owned())),
                "gone" => hear(Word::Gone(id.to_owned())),
                "all-gone" => hear(Word::AllGone),
                _ => {}
            }
        });
        Ok(Self { database, channel })
    }

    fn say(&self, verb: &str, id: &str) {
        if let Some(channel) = &self.channel {
            channel.say(&[verb, " ", id].concat());
        }
    }

    /// The history, newest first.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub async fn entries(&self) -> Outcome<Vec<Entry>> {
        let rows = self.database.begin(&[INDEX], false)?.all(INDEX).await?;
        let mut entries: Vec<Entry> = rows.iter().filter_map(read).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated_at));
        Ok(entries)
    }

    /// # Errors
    /// [`Unavailable`]
    pub async fn load(&self, id: &str) -> Outcome<Option<Conversation>> {
        let row = self.database.begin(&[BODIES], false)?.get(BODIES, id).await?;
        Ok(read(&row).map(settled))
    }

    /// All conversations, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub async fn all(&self) -> Outcome<Vec<Conversation>> {
        let rows = self.database.begin(&[BODIES], false)?.all(BODIES).await?;
        let mut all: Vec<Conversation> = rows.iter().filter_map(read).map(settled).collect();
        all.sort_by_key(|conversation| conversation.created_at);
        Ok(all)
    }

    /// Ids of the conversations that hold the words anywhere, in any case.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub async fn search(&self, words: &str) -> Outcome<Vec<String>> {
        let words = words.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&words);
        let has = |conversation: &Conversation| {
            holds(&conversation.title)
                || conversation
                    .turns
                    .iter()
                    .any(|turn| holds(&turn.prompt.text) || turn.answers.iter().any(|answer| holds(&answer.text)))
        };
        let all = self.all().await?;
        Ok(all
            .into_iter()
            .filter(has)
            .map(|conversation| conversation.id)
            .collect())
    }

    /// Saves over the revision that `conversation` continues; revision 0 is a new one.
    ///
    /// # Errors
    /// [`Unavailable`], e.g. because the disk is full; the earlier revision stays.
    pub async fn save(&self, mut conversation: Conversation) -> Outcome<Saved> {
        let work = self.database.begin(&[INDEX, BODIES], true)?;
        let known: Option<Entry> = read(&work.get(INDEX, &conversation.id).await?);
        let saved = match known {
            None if conversation.revision > 0 => {
                work.abort();
                return Ok(Saved::Gone);
            }
            Some(entry) if entry.revision != conversation.revision => {
                conversation.id = random_id();
                conversation.revision = 1;
                conversation.title.push_str(" (copy)");
                Saved::Copied(conversation.clone())
            }
            _ => {
                conversation.revision += 1;
                Saved::Kept(conversation.revision)
            }
        };
        let entry = Entry {
            id: conversation.id.clone(),
            title: conversation.title.clone(),
            updated_at: conversation.updated_at,
            revision: conversation.revision,
            turns: conversation.turns.len(),
        };
        work.put(INDEX, &row(&entry.id, &entry)?).await?;
        work.put(BODIES, &row(&entry.id, &conversation)?).await?;
        work.commit().await?;
        self.say("saved", &entry.id);
        Ok(saved)
    }

    /// # Errors
    /// [`Unavailable`]
    pub async fn delete(&self, id: &str) -> Outcome {
        let work = self.database.begin(&[INDEX, BODIES], true)?;
        work.delete(INDEX, id).await?;
        work.delete(BODIES, id).await?;
        work.commit().await?;
        self.say("gone", id);
        Ok(())
    }

    /// Forgets every conversation, choice and draft of this account in this browser.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub async fn forget_all(&self) -> Outcome {
        let work = self.database.begin(STORES, true)?;
        for store in STORES {
            work.clear(store).await?;
        }
        work.commit().await?;
        self.say("all-gone", "");
        Ok(())
    }

    /// A choice that was kept by [`Store::set`].
    pub async fn setting<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let work = self.database.begin(&[SETTINGS], false).ok()?;
        read(&work.get(SETTINGS, name).await.ok()?)
    }

    /// # Errors
    /// [`Unavailable`]
    pub async fn set<T: Serialize>(&self, name: &str, value: &T) -> Outcome {
        let work = self.database.begin(&[SETTINGS], true)?;
        work.put(SETTINGS, &row(name, value)?).await?;
        work.commit().await
    }
}

/// A stream that was running when its page was closed is over.
fn settled(mut conversation: Conversation) -> Conversation {
    settle(&mut conversation);
    conversation
}

/// Rows are `{id, json}`: one text is cheaper for the browser to keep than a tree of objects.
fn row<T: Serialize>(id: &str, value: &T) -> Outcome<JsValue> {
    let json = serde_json::to_string(value).map_err(|_| Unavailable)?;
    Ok(object(&[("id", JsValue::from_str(id)), ("json", JsValue::from_str(&json))]).into())
}

fn read<T: DeserializeOwned>(row: &JsValue) -> Option<T> {
    if row.is_falsy() {
        return None;
    }
    serde_json::from_str(&property(row, "json").as_string()?).ok()
}
