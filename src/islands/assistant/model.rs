//! A conversation as plain data. It never reaches the server but as the messages of a
//! `POST /stream/chat`.

use crate::domain::chat::{Asker, ChatRequest, Message, Params, Role};
use crate::islands::answer::model::{Answer, Lane};
use serde::{Deserialize, Serialize};

/// Largest file that can be attached, in bytes.
pub const MAX_FILE: usize = 256 * 1024;
/// Most files in one message.
pub const MAX_FILES: usize = 10;
/// Longest title, in characters.
const MAX_TITLE: usize = 80;

/// A text file that goes along with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    pub text: String,
}

/// What the person wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Prompt {
    /// The message's content: the text, then each file in a fence longer than any within it.
    #[must_use]
    pub fn content(&self) -> String {
        let mut content = self.text.clone();
        for file in &self.attachments {
            let fence = "`".repeat(longest_ticks(&file.text).max(2) + 1);
            let parts = ["\n\nFile `", &file.name, "`:\n", &fence, "\n", &file.text, "\n", &fence];
            parts.into_iter().for_each(|part| content.push_str(part));
        }
        content
    }
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A message and its answers, one per model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub prompt: Prompt,
    pub answers: Vec<Answer>,
}

/// Everything said in one thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: String,
    pub title: String,
    /// Browser time, milliseconds since 1970.
    pub created_at: i64,
    pub updated_at: i64,
    /// Grows with each save; a tab that saved over a newer one would clobber it.
    #[serde(default)]
    pub revision: u32,
    #[serde(default)]
    pub instructions: String,
    pub lanes: Vec<Lane>,
    pub turns: Vec<Turn>,
}

/// A title from the first message: its first line, cut at a word.
#[must_use]
pub fn title_of(prompt: &Prompt) -> String {
    let line = prompt.text.lines().map(str::trim).find(|line| !line.is_empty());
    let file = prompt.attachments.first().map(|file| file.name.as_str());
    clean_title(line.or(file).unwrap_or("New conversation"))
}

/// A title as it may be stored: one line, bounded.
#[must_use]
pub fn clean_title(text: &str) -> String {
    let mut title = String::new();
    for word in text.split_whitespace() {
        if title.chars().count() + word.chars().count() >= MAX_TITLE {
            if title.is_empty() {
                title.extend(word.chars().take(MAX_TITLE));
            }
            title.push('…');
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
    }
    title
}

/// The request that asks `lane` for its answer to `prompt` after the turns before it.
///
/// A model reads its own earlier answers; where it gave none, the first other one. Turns that
/// nobody answered are left out, because several providers refuse two messages of one side in a row.
#[must_use]
pub fn request(lane: &Lane, instructions: &str, before: &[Turn], prompt: &Prompt) -> ChatRequest {
    let mut messages = Vec::new();
    for turn in before {
        let own = turn.answers.iter().filter(|answer| answer.lane.is_same_model(lane));
        let Some(answer) = own.chain(&turn.answers).find(|answer| !answer.text.trim().is_empty()) else {
            continue;
        };
        messages.push(Message::new(Role::User, turn.prompt.content()));
        messages.push(Message::new(Role::Assistant, answer.text.clone()));
    }
    messages.push(Message::new(Role::User, prompt.content()));
    ChatRequest {
        provider: lane.provider,
        key_id: lane.key_id,
        model: lane.model.clone(),
        system: Some(instructions.trim().to_owned()).filter(|text| !text.is_empty()),
        messages,
        params: Params::default(),
        feature: Asker::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::providers::Provider;

    fn prompt(text: &str) -> Prompt {
        Prompt {
            text: text.to_owned(),
            attachments: Vec::new(),
        }
    }

    fn answered(lane: Lane, text: &str) -> Answer {
        Answer {
            text: text.to_owned(),
            ..Answer::new(lane)
        }
    }

    fn other() -> Lane {
        Lane {
            provider: Provider::OpenAi,
            model: "m".to_owned(),
            ..Lane::guide()
        }
    }

    #[test]
    fn each_model_reads_its_own_answers() {
        let turns = [Turn {
            prompt: prompt("q"),
            answers: vec![answered(Lane::guide(), "from the guide"), answered(other(), "from m")],
        }];
        let request = request(&other(), "", &turns, &prompt("next"));
        let contents: Vec<&str> = request
            .messages
            .iter()
            .map(|message| message.content.as_str())
            .collect();
        assert_eq!(contents, ["q", "from m", "next"]);
    }

    #[test]
    fn unanswered_turns_are_left_out() {
        let turns = [Turn {
            prompt: prompt("lost"),
            answers: vec![answered(other(), "")],
        }];
        let request = request(&other(), " ", &turns, &prompt("next"));
        assert_eq!(request.messages.len(), 1);
        assert_eq!(request.system, None);
    }

    #[test]
    fn a_file_cannot_break_out_of_its_fence() {
        let file = Attachment {
            name: "a.md".to_owned(),
            text: "````\nx".to_owned(),
        };
        let content = Prompt {
            text: "see".to_owned(),
            attachments: vec![file],
        }
        .content();
        assert!(content.contains("\n`````\n````\nx\n`````"));
    }

    #[test]
    fn titles_are_one_bounded_line() {
        assert_eq!(title_of(&prompt("\n  Write   tests\nfor login")), "Write tests");
        assert!(title_of(&prompt(&"word ".repeat(99))).chars().count() <= MAX_TITLE + 1);
        assert!(title_of(&prompt(&"x".repeat(999))).chars().count() <= MAX_TITLE + 1);
        assert_eq!(title_of(&prompt(" ")), "New conversation");
    }
}
