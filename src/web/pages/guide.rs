//! `/guide`: a tour of what exists, in the order in which a newcomer needs it.

use crate::domain::privacy::constants::USAGE_RETENTION_DAYS;
use crate::domain::privacy::policy::{Section, list, text};
use crate::web::components::{Document, PublicShell};
use leptos::prelude::*;

#[component]
pub fn Guide() -> impl IntoView {
    view! {
        <PublicShell title="Guide" description="From a new account to the first streamed answer and what it cost.">
            <Document title="Guide" sections=sections()>
                <p class="lead">"From a new account to the first answer and what it cost, in about three minutes."</p>
            </Document>
        </PublicShell>
    }
}

fn sections() -> Vec<Section> {
    vec![
        Section::new(
            "account",
            "1. Make an account",
            vec![text(
                "[Create an account](/signup) with your name, address and a password of at least 12 characters, and \
                 open the link in the mail. A server on your own machine that has no mail server shows the link on the \
                 page instead.",
            )],
        ),
        Section::new(
            "first",
            "2. Ask without a key",
            vec![text(
                "Open [JARVIS AI](/assistant) and pick `spectr / guide`. It is no AI: a local responder that walks you \
                 through the product over the same stream, with Stop, tokens and time, so that you see how everything \
                 feels before any key exists.",
            )],
        ),
        Section::new(
            "key",
            "3. Seal a key",
            vec![
                text(
                    "Under [Settings, API keys](/settings/keys) add a key of Anthropic, OpenAI, Google Gemini, Mistral \
                     or Groq. It is tested against the provider's list of models first; then it is sealed, and only its \
                     hint is ever shown again.",
                ),
                text(
                    "A server of your own that speaks OpenAI's Chat Completions (Ollama, vLLM and the like) goes in as \
                     *OpenAI-compatible* with its base URL, such as `http://localhost:11434/v1`."
                        .replace('*', ""),
                ),
            ],
        ),
        Section::new(
            "ask",
            "4. Work with JARVIS",
            vec![list([
                ("Presets", "for test cases, reviews, failures and regression plans set the tone of the answer.".to_owned()),
                ("Compare", "asks several models at once, side by side, each with its own tokens, cost and time.".to_owned()),
                ("Stop", "ends the call at the provider too, not only on your screen.".to_owned()),
                (
                    "Conversations",
                    "stay in this browser. Export them as Markdown or JSON, or forget them all at once.".to_owned(),
                ),
                ("Keyboard", "press ? there for all shortcuts; Ctrl K (or Cmd K) goes to any page.".to_owned()),
            ])],
        ),
        Section::new(
            "usage",
            "5. See what it took",
            vec![
                text(format!(
                    "The [dashboard](/dashboard) shows calls, tokens, cost and time by provider, model, feature and key. \
                     Each call leaves one line of numbers, never its text, for {USAGE_RETENTION_DAYS} days; all of it \
                     downloads as CSV or JSON. A price that is not known is shown as unpriced, not as zero."
                )),
                text(
                    "[Budgets](/settings/budgets) per day and month are reserved before a call and settled after it, so \
                     that even many calls at once do not overspend. You are told at 50, 80 and 100 percent.",
                ),
            ],
        ),
        Section::new(
            "trouble",
            "When something does not work",
            vec![text(
                "Every problem says what happened and what to do. The [table of problems](/docs#problems) lists them \
                 all; [support](/contact?kind=support) needs the request id that stands on the page.",
            )],
        ),
    ]
}
