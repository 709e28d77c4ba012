//! The built-in guide: a local responder that tours the product. It is no AI and says so: every
//! text is prepared, chosen by the words of the question.
//!
//! It answers in the wire of Chat Completions, so that its answers pass the same decoder, meter and
//! Stop as a provider's. On demand it shows how the product behaves when a provider fails: error
//! statuses, a stall, a cut, an error in mid-stream, a page of HTML.

mod script;
mod tour;

use super::Model;
use crate::domain::chat::{Asker, ChatRequest, Role};
use crate::domain::pricing;
use crate::domain::providers::Provider;
use script::Script;
use serde_json::json;

/// The guide's only model.
pub const MODEL: &str = "spectr/guide";

/// Pause before the first words and between pieces: quick, but seen to stream.
const FIRST_MS: u64 = 60;
const PIECE_MS: u64 = 22;

/// Characters counted as one token.
const PER_TOKEN: usize = 4;

/// One piece of an answer and the pause before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Milliseconds to wait before the bytes.
    pub after_ms: u64,
    pub bytes: Vec<u8>,
}

/// How an answer's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The body ends as it should.
    Complete,
    /// Nothing more comes and the body stays open.
    Stall,
    /// The body breaks off without its end mark.
    Cut,
}

/// An answer as a provider would give it: status, body in pieces, ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Response headers by lower-case name.
    pub headers: Vec<(&'static str, String)>,
    pub pieces: Vec<Piece>,
    pub ending: Ending,
}

/// What a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Tell(&'static str),
    Status(u16),
    RateLimit,
    Stall,
    Cut,
    BreakInside,
    Html,
    Think,
    CallTool,
    Refuse,
}

/// The models list of the guide.
#[must_use]
pub fn models() -> Vec<Model> {
    vec![Model {
        id: MODEL.to_owned(),
        name: Some("Spectr guide (no AI)".to_owned()),
        context: Some(32_000),
        max_output: Some(2_000),
        chats: true,
        reasons: Some(false),
        price: pricing::price(Provider::Spectr, MODEL).map(|price| price.rates),
    }]
}

/// Answers a request to the guide.
#[must_use]
pub fn answer(request: &ChatRequest) -> Answer {
    let question = request
        .spoken()
        .filter(|message| message.role == Role::User)
        .last()
        .map_or("", |message| message.content.as_str());
    let script = Script::new(request);
    let wish = match (wish(question), request.feature) {
        // A text about failures names many a topic; none is meant.
        (Wish::Tell(_), Asker::Reports) => Wish::Tell(tour::EXPLAIN),
        (wish, _) => wish,
    };
    match wish {
        Wish::Tell(text) => script.tell(text).stop("stop"),
        Wish::Status(status) => return failure(status),
        Wish::RateLimit => return failure(429),
        Wish::Stall => return script.tell(tour::STALL).end(Ending::Stall),
        Wish::Cut => return script.tell(tour::CUT).end(Ending::Cut),
        Wish::BreakInside => {
            let error = json!({"error": {"message": "The guide was asked to fail here.", "type": "server_error"}});
            return script.tell(tour::BREAK).frame(PIECE_MS, &error).end(Ending::Complete);
        }
        Wish::Html => return page(),
        Wish::Think => script.think(tour::THOUGHTS).tell(tour::THOUGHT).stop("stop"),
        Wish::CallTool => script.call_tool().stop("tool_calls"),
        Wish::Refuse => script.refuse(tour::REFUSAL).stop("stop"),
    }
    .end(Ending::Complete)
}

/// Demonstrations are asked for by their name alone (`error 529`, `show me a stall`); everything
/// else is a question whose words choose a text.
fn wish(question: &str) -> Wish {
    let lower = question.trim().to_lowercase();
    let mut name = lower.trim_end_matches(['.', '!', '?']);
    for polite in [
        "please ",
        "show me ",
        "show ",
        "simulate ",
        "demo ",
        "an ",
        "a ",
        "the ",
    ] {
        name = name.strip_prefix(polite).unwrap_or(name);
    }
    if let Some(status) = name
        .strip_prefix("error ")
        .and_then(|number| number.trim().parse().ok())
    {
        return if tour::STATUSES.contains(&status) {
            Wish::Status(status)
        } else {
            Wish::Tell(tour::DEMONSTRATIONS)
        };
    }
    match name {
        "rate limit" | "rate limited" => Wish::RateLimit,
        "overloaded" => Wish::Status(529),
        "stall" => Wish::Stall,
        "cut" => Wish::Cut,
        "mid-stream error" | "break" => Wish::BreakInside,
        "html" | "garbled" => Wish::Html,
        "reasoning" | "thinking" => Wish::Think,
        "tool" | "tool call" => Wish::CallTool,
        "refusal" => Wish::Refuse,
        _ => Wish::Tell(tour::text_for(&lower)),
    }
}

/// An error answer in the wire's own shape.
fn failure(status: u16) -> Answer {
    let (kind, code) = match status {
        401 => ("authentication_error", "invalid_api_key"),
        402 => ("billing_error", "insufficient_quota"),
        403 => ("permission_error", "permission_denied"),
        404 => ("invalid_request_error", "model_not_found"),
        413 => ("invalid_request_error", "request_too_large"),
        429 => ("rate_limit_error", "rate_limit_exceeded"),
        503 | 529 => ("overloaded_error", "overloaded"),
        500..=599 => ("server_error", "server_error"),
        _ => ("invalid_request_error", "invalid_request_error"),
    };
    let body = json!({"error": {"message": "The guide was asked for this error.", "type": kind, "code": code}});
    let mut headers = vec![("content-type", "application/json".to_owned())];
    if status == 429 {
        headers.push(("retry-after", "30".to_owned()));
    }
    Answer {
        status,
        headers,
        pieces: vec![Piece {
            after_ms: FIRST_MS,
            bytes: body.to_string().into_bytes(),
        }],
        ending: Ending::Complete,
    }
}

/// What a misconfigured gateway sends: a page with status 200.
fn page() -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", "text/html".to_owned())],
        pieces: vec![Piece {
            after_ms: FIRST_MS,
            bytes: b"<!doctype html><title>Welcome</title>".to_vec(),
        }],
        ending: Ending::Complete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::{Message, Params, Stop, Tokens};
    use crate::domain::problem::Code;
    use crate::domain::providers::Output;

    fn request(question: &str, max_tokens: Option<u32>) -> ChatRequest {
        ChatRequest {
            provider: Provider::Spectr,
            key_id: None,
            model: MODEL.to_owned(),
            system: None,
            messages: vec![Message::new(Role::User, question)],
            params: Params {
                max_tokens,
                temperature: None,
            },
            feature: Asker::default(),
        }
    }

    fn ask(question: &str, max_tokens: Option<u32>) -> Answer {
        answer(&request(question, max_tokens))
    }

    /// Text, and all other outputs.
    fn read(answer: &Answer) -> (String, Vec<Output>) {
        let mut decoder = Provider::Spectr.decoder();
        let mut outputs: Vec<Output> = answer
            .pieces
            .iter()
            .flat_map(|piece| decoder.push(&piece.bytes))
            .collect();
        if answer.ending != Ending::Stall {
            outputs.extend(decoder.finish());
        }
        let mut text = String::new();
        outputs.retain(|output| match output {
            Output::Text(more) => {
                text.push_str(more);
                false
            }
            _ => true,
        });
        (text, outputs)
    }

    #[test]
    fn every_text_arrives_whole_metered_and_ended() {
        for topic in tour::TOPICS {
            let word = topic.words.first().unwrap();
            let (text, outputs) = read(&ask(word, None));
            assert_eq!(text, topic.text, "{word}");
            let [Output::Stop(Stop::End), Output::Usage(tokens), Output::End] = outputs.as_slice() else {
                panic!("{word}: {outputs:?}");
            };
            assert_eq!(tokens.output, text.chars().count().div_ceil(PER_TOKEN) as u64);
        }
    }

    #[test]
    fn of_failures_it_says_that_it_cannot_read_them() {
        let mut request = request("These test failures seem to have one cause. KeyError: the price", None);
        request.feature = Asker::Reports;
        assert_eq!(read(&answer(&request)).0, tour::EXPLAIN);
    }

    #[test]
    fn the_first_answer_says_that_it_is_no_ai() {
        assert!(read(&ask("hello", None)).0.contains("no AI"));
    }

    #[test]
    fn a_question_about_errors_is_answered_and_only_a_bare_name_is_shown() {
        assert!(matches!(
            wish("What happens after a rate limit or a cut?"),
            Wish::Tell(_)
        ));
        assert_eq!(wish("Show me a stall!"), Wish::Stall);
        assert_eq!(wish("  Error 529 "), Wish::Status(529));
        assert!(matches!(wish("error 200"), Wish::Tell(_)));
    }

    #[test]
    fn demonstrated_errors_become_the_problems_they_show() {
        for (question, code) in [
            ("error 401", Code::KeyRefused),
            ("error 402", Code::ProviderBilling),
            ("error 404", Code::ModelNotFound),
            ("rate limit", Code::ProviderRateLimited),
            ("error 500", Code::ProviderDown),
            ("error 529", Code::ProviderOverloaded),
        ] {
            let answer = ask(question, None);
            let header = |name: &str| {
                let found = answer.headers.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| value.clone())
            };
            let body = &answer.pieces.first().unwrap().bytes;
            let problem = Provider::Spectr.read_error(answer.status, &header, body);
            assert_eq!(problem.code, code, "{question}");
            assert_eq!(problem.retry_after.is_some(), question == "rate limit");
        }
    }

    #[test]
    fn demonstrated_faults_break_as_they_should() {
        let failed = |question: &str| match read(&ask(question, None)).1.pop() {
            Some(Output::Error(problem)) => Some(problem.code),
            _ => None,
        };
        assert_eq!(failed("cut"), Some(Code::StreamCut));
        assert_eq!(failed("mid-stream error"), Some(Code::ProviderDown));
        assert_eq!(failed("html"), Some(Code::ProviderGarbled));
        let stall = ask("stall", None);
        assert_eq!(stall.ending, Ending::Stall);
        assert!(read(&stall).1.is_empty());
    }

    #[test]
    fn thoughts_tools_and_refusals_are_shown() {
        let (_, thoughts) = read(&ask("reasoning", None));
        assert!(matches!(thoughts.first(), Some(Output::Reasoning(_))));
        assert!(
            thoughts
                .iter()
                .any(|output| matches!(output, Output::Usage(Tokens { reasoning: 1.., .. })))
        );
        assert!(read(&ask("tool call", None)).1.contains(&Output::Stop(Stop::ToolUse)));
        assert!(read(&ask("refusal", None)).1.contains(&Output::Stop(Stop::Refusal)));
    }

    #[test]
    fn a_limit_of_tokens_is_kept() {
        let (text, outputs) = read(&ask("tour", Some(5)));
        assert_eq!(text.chars().count(), 20);
        assert!(outputs.contains(&Output::Stop(Stop::MaxTokens)));
    }
}
