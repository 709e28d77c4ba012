//! Questions of the page and their answers.

use crate::desk::Desk;
use crate::edits::Edits;
use crate::view::{self, List, Look, Order};
use serde::{Deserialize, Serialize};
use spectr_reports::explain::prompt;
use spectr_reports::model::Report;
use spectr_reports::saved::{Keep, saved};
use spectr_reports::show;

/// What the page asks. Ids are sixteen hexadecimal digits.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Question {
    /// The sentence, the figures, and how long each list is.
    Overview,
    /// A stretch of a list.
    List {
        list: List,
        #[serde(default)]
        filter: String,
        #[serde(default)]
        order: Order,
        #[serde(default)]
        page: usize,
        /// The cause that is open.
        #[serde(default)]
        open: String,
    },
    /// One cause, with a stretch of its members.
    Cause {
        id: String,
        #[serde(default)]
        page: usize,
    },
    Merge {
        id: String,
        into: String,
    },
    Split {
        id: String,
        group: String,
    },
    Pin {
        id: String,
        on: bool,
    },
    Rename {
        id: String,
        name: String,
    },
    /// Causes as they were found.
    Reset,
    ForgetEarlier,
    /// The user's arrangement, to be kept.
    Edits,
    /// An arrangement that was kept.
    Restore {
        edits: String,
    },
    /// One cause as Markdown.
    Markdown {
        id: String,
    },
    /// What a model would be told of one cause or, of the id `all`, of the largest ones.
    Prompt {
        id: String,
    },
    /// What would be kept on the server.
    Saved {
        keep: Keep,
    },
    /// The whole as a file.
    Export {
        #[serde(rename = "as")]
        format: Export,
    },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Export {
    Html,
    Json,
    Junit,
    Markdown,
}

/// What the page gets.
#[derive(Debug, Default, Serialize)]
struct Answer {
    /// A fragment to be inserted as it is: every text in it is escaped.
    html: String,
    /// To be copied, downloaded or kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    /// A download's name and type.
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<view::Lengths>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "str::is_empty")]
    fault: &'static str,
}

impl Answer {
    fn html(html: maud::Markup) -> Self {
        Self {
            html: html.into_string(),
            ..Self::default()
        }
    }

    fn text(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    fn fault(fault: &'static str) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }
}

/// Causes that one text tells of.
const MAX_EXPLAINED: usize = 5;
const NO_REPORT: &str = "There is no report yet.";
const NO_CAUSE: &str = "No cause of the reports at hand has this id.";

/// Answers a question; what cannot be read is told as a fault.
pub fn answer(desk: &mut Desk, question: &str) -> String {
    let answer = match serde_json::from_str(question) {
        Ok(question) => reply(desk, question),
        Err(_) => Answer::fault("The question cannot be read."),
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

fn reply(desk: &mut Desk, question: Question) -> Answer {
    match question {
        Question::Overview => Answer {
            counts: Some(view::lengths(desk)),
            ..Answer::html(view::overview(desk))
        },
        Question::List {
            list,
            filter,
            order,
            page,
            open,
        } => {
            let look = Look {
                filter: &filter,
                order,
                page,
                open: id(&open),
            };
            Answer::html(view::list(desk, list, look))
        }
        Question::Cause { id: cause, page } => match desk.cause(id(&cause)) {
            Some((analysis, cause)) => Answer::html(view::cause(desk, analysis, cause, page)),
            None => Answer::fault(NO_CAUSE),
        },
        Question::Markdown { id: cause } => match desk.cause(id(&cause)) {
            Some((analysis, cause)) => Answer::text(show::cause_markdown(analysis, cause)),
            None => Answer::fault(NO_CAUSE),
        },
        Question::Prompt { id } if id == "all" => Answer::text(all_prompts(desk)),
        Question::Prompt { id: cause } => match desk.cause(id(&cause)) {
            Some((analysis, cause)) => Answer::text(prompt(cause, &analysis.reports.iter().collect::<Vec<&Report>>())),
            None => Answer::fault(NO_CAUSE),
        },
        Question::Export { format } => export(desk, format),
        Question::Saved { keep } => match &desk.analysis {
            Some(analysis) => Answer::text(serde_json::to_string(&saved(analysis, keep)).unwrap_or_default()),
            None => Answer::fault(NO_REPORT),
        },
        Question::Edits if desk.edits.is_empty() => Answer::default(),
        Question::Edits => Answer::text(serde_json::to_string(&desk.edits).unwrap_or_default()),
        Question::ForgetEarlier => {
            desk.forget_earlier();
            Answer::default()
        }
        edit => change(desk, edit),
    }
}

/// The largest causes, one after the other.
fn all_prompts(desk: &Desk) -> String {
    let Some(analysis) = &desk.analysis else {
        return String::new();
    };
    let reports: Vec<&Report> = analysis.reports.iter().collect();
    let largest = analysis.clusters.iter().take(MAX_EXPLAINED);
    let texts: Vec<String> = largest.map(|cause| prompt(cause, &reports)).collect();
    texts.join("\n---\n\n")
}

fn change(desk: &mut Desk, question: Question) -> Answer {
    desk.edit(|edits, causes| {
        let cause = |name: &str| causes.iter().find(|it| it.id == id(name));
        match question {
            Question::Merge { id: from, into } => {
                if let (Some(from), Some(into)) = (cause(&from), cause(&into))
                    && from.id != into.id
                {
                    edits.merge(from, into.id);
                }
            }
            Question::Split { id: from, group } => {
                if let Some(from) = cause(&from) {
                    edits.split(from, id(&group));
                }
            }
            Question::Pin { id: cause, on } => edits.pin(id(&cause), on),
            Question::Rename { id: cause, name } => edits.rename(id(&cause), &name),
            Question::Reset => *edits = Edits::default(),
            Question::Restore { edits: kept } => *edits = serde_json::from_str(&kept).unwrap_or_default(),
            _ => {}
        }
    });
    Answer::default()
}

fn export(desk: &Desk, format: Export) -> Answer {
    let Some(analysis) = &desk.analysis else {
        return Answer::fault(NO_REPORT);
    };
    let (text, name, kind) = match format {
        Export::Html => (show::html(analysis), "test-report.html", "text/html"),
        Export::Json => (
            show::json(analysis).unwrap_or_default(),
            "test-report.json",
            "application/json",
        ),
        Export::Junit => (show::junit(analysis), "test-report.xml", "application/xml"),
        Export::Markdown => (show::markdown(analysis), "test-report.md", "text/markdown"),
    };
    Answer {
        name,
        kind,
        ..Answer::text(text)
    }
}

/// Zero, which no cause has, for what is no id.
fn id(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::tests::desk;
    use serde_json::{Value, json};

    fn ask(desk: &mut Desk, question: Value) -> Value {
        serde_json::from_str(&answer(desk, &question.to_string())).unwrap()
    }

    fn ids(desk: &Desk) -> Vec<String> {
        desk.analysis
            .iter()
            .flat_map(|it| &it.clusters)
            .map(|it| it.name())
            .collect()
    }

    fn two() -> Desk {
        desk(&[("TimeoutError: no answer", 3), ("KeyError: the price is gone", 1)], 2)
    }

    #[test]
    fn every_export_has_a_name_a_type_and_the_ids_of_the_causes() {
        let mut desk = two();
        let all = ids(&desk);
        for format in ["html", "json", "junit", "markdown"] {
            let answer = ask(&mut desk, json!({"do": "export", "as": format}));
            let text = answer["text"].as_str().unwrap();
            assert!(all.iter().all(|id| text.contains(id.as_str())), "{format}");
            assert!(answer["name"].as_str().unwrap().starts_with("test-report."));
        }
    }

    #[test]
    fn what_is_no_question_is_a_fault_and_so_is_a_cause_that_is_not_there() {
        let mut desk = two();
        for question in ["", "{}", "{\"do\":\"format the disk\"}"] {
            assert!(answer(&mut desk, question).contains("fault"), "{question}");
        }
        assert_eq!(ask(&mut desk, json!({"do": "cause", "id": "12"}))["fault"], NO_CAUSE);
        assert_eq!(
            ask(&mut Desk::default(), json!({"do": "export", "as": "html"}))["fault"],
            NO_REPORT
        );
    }

    #[test]
    fn all_causes_are_told_of_in_one_text_up_to_five() {
        let mut desk = desk(
            &[
                ("AError: one", 7),
                ("BError: two", 6),
                ("CError: three", 5),
                ("DError: four", 4),
                ("EError: five", 3),
                ("FError: six", 2),
            ],
            9,
        );
        let text = ask(&mut desk, json!({"do": "prompt", "id": "all"}))["text"].clone();
        let text = text.as_str().unwrap();
        assert_eq!(text.matches("Cause: ").count(), 5);
        assert!(text.contains("EError") && !text.contains("FError"));
    }

    #[test]
    fn an_arrangement_goes_out_and_comes_back() {
        let mut desk = two();
        let all = ids(&desk);
        ask(&mut desk, json!({"do": "merge", "id": all[1], "into": all[0]}));
        ask(&mut desk, json!({"do": "rename", "id": all[0], "name": "One"}));
        let kept = ask(&mut desk, json!({"do": "edits"}))["text"].clone();
        ask(&mut desk, json!({"do": "reset"}));
        assert_eq!(ids(&desk), all);
        ask(&mut desk, json!({"do": "restore", "edits": kept}));
        assert_eq!(ids(&desk), all[..1]);
    }

    #[test]
    fn what_would_be_kept_is_as_much_as_was_chosen() {
        let mut desk = two();
        for (keep, causes, names) in [("counts", 0, 0), ("causes", 2, 0), ("tests", 2, 3)] {
            let text = ask(&mut desk, json!({"do": "saved", "keep": keep}))["text"].clone();
            let kept: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
            let length = |list: &Value| list.as_array().map_or(0, Vec::len);
            assert_eq!(
                (length(&kept["causes"]), length(&kept["causes"][0]["names"])),
                (causes, names),
                "{keep}"
            );
        }
    }

    #[test]
    fn a_prompt_and_the_markdown_of_a_cause_are_redacted() {
        let mut desk = desk(&[("login of ann@mail.example.org with password=hunter22 failed", 1)], 0);
        let id = ids(&desk).remove(0);
        for what in ["prompt", "markdown"] {
            let text = ask(&mut desk, json!({"do": what, "id": id}))["text"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(
                text.contains("[email") && !text.contains("ann@") && !text.contains("hunter22"),
                "{what}: {text}"
            );
        }
    }
}
