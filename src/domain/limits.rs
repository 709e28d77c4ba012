//! What a chat request may be, and how many of them a person may make at once and per minute.

use crate::domain::chat::{ChatRequest, Role};
use crate::domain::problem::{Code, Problem};

/// Messages of one conversation.
pub const MAX_MESSAGES: usize = 2_000;
/// The largest answer that may be asked for, in tokens.
pub const MAX_TOKENS: u32 = 1_000_000;

/// Answers that may stream to one person at once.
pub const STREAMS_PER_USER: u32 = 64;
/// Requests of one person per minute; as many may come in one burst.
pub const REQUESTS_PER_MINUTE: u32 = 300;

/// Checks a request before anything is looked up or counted for it.
///
/// # Errors
/// `unprocessable` with the field that has to be mended.
pub fn check_chat(request: &ChatRequest) -> Result<(), Problem> {
    let bad = |field: &str, why: &str| Err(Problem::new(Code::Unprocessable).field(field).detail(why));
    request.check()?;
    if request.messages.len() > MAX_MESSAGES {
        return Err(Problem::new(Code::TooLarge)
            .field("messages")
            .detail("A conversation has at most 2,000 messages."));
    }
    match request.messages.last() {
        None => return bad("messages", "There is no message."),
        Some(last) if last.role != Role::User => return bad("messages", "The last message must be the user's."),
        Some(last) if last.content.trim().is_empty() => return bad("messages", "The last message is empty."),
        Some(_) => {}
    }
    if request.params.max_tokens.is_some_and(|most| most > MAX_TOKENS) {
        return bad("params.max_tokens", "The number of tokens is between 1 and 1,000,000.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::{Asker, Message, Params};
    use crate::domain::providers::Provider;

    fn request() -> ChatRequest {
        ChatRequest {
            provider: Provider::OpenAi,
            key_id: None,
            model: "m".to_owned(),
            system: None,
            messages: vec![Message::new(Role::User, "hello")],
            params: Params::default(),
            feature: Asker::default(),
        }
    }

    fn field(change: impl FnOnce(&mut ChatRequest)) -> Option<String> {
        let mut request = request();
        change(&mut request);
        let problem = check_chat(&request).unwrap_err();
        assert_eq!(problem.code.status(), 422);
        problem.field
    }

    #[test]
    fn the_smallest_request_is_taken() {
        assert_eq!(check_chat(&request()), Ok(()));
    }

    #[test]
    fn a_model_is_1_to_200_characters_without_control_characters() {
        for model in ["", "  ", "a\nb", "a\u{0}", &"m".repeat(201)] {
            assert_eq!(
                field(|r| r.model = model.to_owned()).as_deref(),
                Some("model"),
                "{model:?}"
            );
        }
        let mut request = request();
        request.model = "é".repeat(200);
        assert_eq!(check_chat(&request), Ok(()));
    }

    #[test]
    fn a_conversation_ends_with_words_of_the_user() {
        assert_eq!(field(|r| r.messages.clear()).as_deref(), Some("messages"));
        assert_eq!(
            field(|r| r.messages.push(Message::new(Role::Assistant, "x"))).as_deref(),
            Some("messages")
        );
        assert_eq!(
            field(|r| r.messages.push(Message::new(Role::User, " \n"))).as_deref(),
            Some("messages")
        );
    }

    #[test]
    fn parameters_outside_their_range_are_refused() {
        assert_eq!(
            field(|r| r.params.max_tokens = Some(MAX_TOKENS + 1)).as_deref(),
            Some("params.max_tokens")
        );
        for heat in [-0.1, 2.1, f64::NAN, f64::INFINITY] {
            assert_eq!(
                field(|r| r.params.temperature = Some(heat)).as_deref(),
                Some("params.temperature")
            );
        }
    }

    #[test]
    fn too_many_messages_are_too_large() {
        let mut request = request();
        request.messages = vec![Message::new(Role::User, "x"); MAX_MESSAGES + 1];
        assert_eq!(check_chat(&request).unwrap_err().code.status(), 413);
    }
}
