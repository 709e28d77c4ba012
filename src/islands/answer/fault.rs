//! What went wrong with an answer, in words that name the mend, and where to go for it.

use super::model::{Answer, Fault};
use crate::domain::chat::{Stop, StreamError};
use crate::domain::problem::Code;
use crate::islands::browser::now_ms;
use crate::islands::stream::{Ended, Refusal};

/// How the help of a fault in mid-answer begins.
const IS_KEPT: &str = "What arrived is kept. ";

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let retry_at = refusal.retry_after.map(|seconds| now_ms() + i64::from(seconds) * 1_000);
        Self {
            code: refusal.code,
            message: refusal.message,
            help: refusal.help,
            retry_at,
        }
    }
}

impl From<StreamError> for Fault {
    fn from(error: StreamError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            help: error.help,
            retry_at: None,
        }
    }
}

impl Fault {
    /// The stream ended without saying that it was whole.
    #[must_use]
    pub fn cut() -> Self {
        let code = Code::StreamCut;
        Self {
            code: code.code().to_owned(),
            message: [code.title(), "."].concat(),
            help: code.help().to_owned(),
            retry_at: None,
        }
    }

    /// How the connection's end is to be told, where no event told it.
    #[must_use]
    pub fn of(ended: Ended) -> Option<Self> {
        match ended {
            Ended::Stopped => None,
            Ended::Closed | Ended::Cut => Some(Self::cut()),
            Ended::Refused(refusal) => Some(refusal.into()),
        }
    }

    /// What to do about it; that something is kept is said only where there is something.
    #[must_use]
    pub fn help_for(&self, answer: &Answer) -> &str {
        if answer.has_begun() {
            return &self.help;
        }
        self.help.strip_prefix(IS_KEPT).unwrap_or(&self.help)
    }

    /// The page on which the fault is mended, and the words of the link to it. `here` is the path to come
    /// back to.
    #[must_use]
    pub fn mend(&self, here: &str) -> Option<(String, &'static str)> {
        match self.code.as_str() {
            "key_refused" | "no_key" | "trial_exhausted" => Some(("/settings/keys".to_owned(), "Open API keys")),
            "budget_exhausted" => Some(("/settings/budgets".to_owned(), "Open budgets")),
            "other_account" => Some((here.to_owned(), "Load the page again")),
            "signed_out" => Some((["/login?next=", here].concat(), "Sign in")),
            _ => None,
        }
    }
}

/// What a stop means to the reader, where the answer may not be what it seems.
#[must_use]
pub const fn stop_note(stop: Stop) -> Option<&'static str> {
    match stop {
        Stop::End | Stop::StopSequence | Stop::Other => None,
        Stop::MaxTokens => Some("The answer reached its length limit. Ask for the rest to go on."),
        Stop::ToolUse => Some("The model asked for a tool. The assistant runs none."),
        Stop::Refusal => Some("The model declined to answer."),
        Stop::ContentFilter => Some("The provider's content filter ended the answer."),
        Stop::ContextWindow => Some("The conversation filled the model's context. Start a new one or shorten it."),
        Stop::Pause => Some("The provider paused the answer. Ask it to go on."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Lane;
    use super::*;

    #[test]
    fn nothing_is_said_to_be_kept_where_nothing_arrived() {
        let cut = Fault::cut();
        let mut answer = Answer::new(Lane::guide());
        assert_eq!(cut.help_for(&answer), "Retry to ask again.");
        answer.text.push('a');
        assert_eq!(cut.help_for(&answer), "What arrived is kept. Retry to ask again.");
    }

    #[test]
    fn a_page_of_another_account_is_loaded_again_where_it_stands() {
        let refusal = Refusal {
            code: Code::OtherAccount.code().to_owned(),
            ..Refusal::default()
        };
        let mend = Fault::from(refusal).mend("/assistant");
        assert_eq!(mend, Some(("/assistant".to_owned(), "Load the page again")));
    }
}
