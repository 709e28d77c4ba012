//! Conversations as files, and back: Markdown for people, JSON for taking along.
//!
//! What is imported is untrusted: it must parse into [`Conversation`], is bounded, gets an id of
//! its own, and nothing in it is left running.

use super::model::{Conversation, clean_title};
use crate::islands::answer::model::State;
use crate::islands::picker::MAX_LANES;
use serde::{Deserialize, Serialize};

/// Names the format in an exported file.
const FORMAT: &str = "spectr-conversations";
const VERSION: u32 = 1;
/// Largest file that is read back, in bytes.
pub const MAX_IMPORT: usize = 64 * 1024 * 1024;
const MAX_TURNS: usize = 10_000;

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u32,
    conversations: Vec<Conversation>,
}

/// Conversations as one JSON file.
#[must_use]
pub fn json(conversations: Vec<Conversation>) -> String {
    let file = File {
        format: FORMAT.to_owned(),
        version: VERSION,
        conversations,
    };
    serde_json::to_string(&file).unwrap_or_default()
}

/// One conversation as Markdown that reads well without Spectr.
#[must_use]
pub fn markdown(conversation: &Conversation) -> String {
    let mut out = ["# ", &conversation.title, "\n"].concat();
    if !conversation.instructions.trim().is_empty() {
        let quoted = conversation.instructions.trim().replace('\n', "\n> ");
        push(&mut out, &["\n> ", &quoted, "\n"]);
    }
    for turn in &conversation.turns {
        push(&mut out, &["\n## You\n\n", &turn.prompt.content(), "\n"]);
        for answer in &turn.answers {
            let provider = answer.lane.provider.name();
            push(&mut out, &["\n## ", &answer.lane.model, " (", provider, ")\n\n"]);
            push(&mut out, &[answer.text.trim_end(), "\n"]);
            match &answer.state {
                State::Failed(fault) => push(&mut out, &["\n*", &fault.message, "*\n"]),
                State::Stopped => push(&mut out, &["\n*Stopped here.*\n"]),
                _ => {}
            }
        }
    }
    out
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// A file name made of a title: letters, digits and dashes.
#[must_use]
pub fn file_name(title: &str, extension: &str) -> String {
    let mut name = String::new();
    for c in title.chars().take(60) {
        match c {
            c if c.is_alphanumeric() => name.extend(c.to_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_end_matches('-');
    [if name.is_empty() { "conversation" } else { name }, ".", extension].concat()
}

/// Why a file cannot be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("This is not an export of Spectr. Choose a .json file that was saved by “Export all”.")]
    NotOurs,
    #[error("This export was made by a newer version of Spectr. Update, then import it again.")]
    Newer,
    #[error("A conversation in this file cannot be read; nothing was imported.")]
    Broken,
}

/// Reads an exported file; `fresh_id` names what is imported, so that nothing is overwritten. Nothing in it is
/// younger than `now`: a date that no calendar has would lead the history for ever.
///
/// # Errors
/// [`ImportError`]; then nothing of the file is taken.
pub fn import(text: &str, now: i64, mut fresh_id: impl FnMut() -> String) -> Result<Vec<Conversation>, ImportError> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let head: Head = serde_json::from_str(text).map_err(|_| ImportError::NotOurs)?;
    if head.format != FORMAT {
        return Err(ImportError::NotOurs);
    }
    if head.version > VERSION {
        return Err(ImportError::Newer);
    }
    let file: File = serde_json::from_str(text).map_err(|_| ImportError::Broken)?;
    let mut conversations = file.conversations;
    for conversation in &mut conversations {
        let has_sane_turns = conversation.turns.iter().all(|turn| turn.answers.len() <= MAX_LANES);
        let has_sane_lanes = (1..=MAX_LANES).contains(&conversation.lanes.len());
        if conversation.turns.len() > MAX_TURNS || !has_sane_turns || !has_sane_lanes {
            return Err(ImportError::Broken);
        }
        conversation.id = fresh_id();
        conversation.revision = 0;
        for date in [&mut conversation.created_at, &mut conversation.updated_at] {
            *date = (*date).min(now).max(0);
        }
        conversation.title = clean_title(&conversation.title);
        settle(conversation);
    }
    Ok(conversations)
}

/// What was running when it was written down is not running any more.
pub fn settle(conversation: &mut Conversation) {
    for answer in conversation.turns.iter_mut().flat_map(|turn| &mut turn.answers) {
        if answer.state.is_running() {
            answer.state = State::Stopped;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Prompt, Turn};
    use super::*;
    use crate::domain::chat::Stop;
    use crate::islands::answer::model::{Answer, Lane};

    const NOW: i64 = 1_790_000_000_000;

    fn conversation() -> Conversation {
        Conversation {
            id: "a".to_owned(),
            title: "Login: tests".to_owned(),
            created_at: 1,
            updated_at: 2,
            revision: 7,
            instructions: "Be brief.".to_owned(),
            lanes: vec![Lane::guide()],
            turns: vec![Turn {
                prompt: Prompt {
                    text: "Hello".to_owned(),
                    attachments: Vec::new(),
                },
                answers: vec![Answer {
                    text: "Hi".to_owned(),
                    state: State::Done(Stop::End),
                    ..Answer::new(Lane::guide())
                }],
            }],
        }
    }

    #[test]
    fn an_export_comes_back_under_a_new_id() {
        let imported = import(&json(vec![conversation()]), NOW, || "b".to_owned()).unwrap();
        let expected = Conversation {
            id: "b".to_owned(),
            revision: 0,
            ..conversation()
        };
        assert_eq!(imported, vec![expected]);
    }

    #[test]
    fn foreign_newer_and_broken_files_are_refused_whole() {
        let fresh = || "b".to_owned();
        assert_eq!(import("hello", NOW, fresh), Err(ImportError::NotOurs));
        assert_eq!(
            import(r#"{"format":"x","version":1}"#, NOW, fresh),
            Err(ImportError::NotOurs)
        );
        let newer = json(vec![]).replace("\"version\":1", "\"version\":2");
        assert_eq!(import(&newer, NOW, fresh), Err(ImportError::Newer));
        let broken = json(vec![conversation()]).replace("\"turns\"", "\"turn\"");
        assert_eq!(import(&broken, NOW, fresh), Err(ImportError::Broken));
    }

    #[test]
    fn nothing_imported_is_running() {
        let mut running = conversation();
        running.turns[0].answers[0].state = State::Streaming;
        let imported = import(&json(vec![running]), NOW, || "b".to_owned()).unwrap();
        assert_eq!(imported[0].turns[0].answers[0].state, State::Stopped);
    }

    #[test]
    fn dates_that_no_calendar_has_become_the_day_of_the_import() {
        let mut strange = conversation();
        (strange.created_at, strange.updated_at) = (-1, i64::MAX);
        let imported = import(&json(vec![strange]), NOW, || "b".to_owned()).unwrap();
        assert_eq!((imported[0].created_at, imported[0].updated_at), (0, NOW));
    }

    #[test]
    fn markdown_reads_well_without_spectr() {
        let expected = "# Login: tests\n\n> Be brief.\n\n## You\n\nHello\n\n## spectr/guide (Spectr guide)\n\nHi\n";
        assert_eq!(markdown(&conversation()), expected);
    }

    #[test]
    fn file_names_are_harmless() {
        assert_eq!(file_name("../Login: tests?", "md"), "login-tests.md");
        assert_eq!(file_name("//", "md"), "conversation.md");
    }
}
