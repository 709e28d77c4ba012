//! Asking models about a cause: the text that is sent, shown beforehand, and the answers side by side.
//!
//! What can be asked is decided here, without any secret; `public/reports-explain.js` sends what the
//! person has read, and nothing before that.

use crate::features::{App, vault};
use crate::islands::models::{Payer, Source};
use crate::web::auth::current_user;
use crate::web::components::{Notice, ProblemNotice, Tone};
use crate::web::pages::assistant::sources;
use leptos::prelude::*;

/// The dialog; closed until asked for.
pub fn dialog() -> impl IntoView {
    let (app, user) = (use_context::<App>(), current_user());
    Suspend::new(async move {
        let (app, user) = app.zip(user)?;
        Some(frame(sources(&app, user.id).await))
    })
}

fn frame(found: Result<Vec<Source>, vault::VaultError>) -> AnyView {
    let body = match found {
        Ok(sources) => {
            // The guide is no model: it has nothing to say about a failure.
            let models: Vec<Source> = sources.into_iter().filter(|it| it.payer != Payer::Nobody).collect();
            if models.is_empty() {
                without_key()
            } else {
                form(&models)
            }
        }
        Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
    };
    view! {
        <dialog class="dialog explain" id="explain" aria-labelledby="explain-title">
            <div class="detail-head">
                <h2 id="explain-title">"Explain"</h2>
                <form method="dialog"><button class="button quiet small" type="submit">"Close"</button></form>
            </div>
            {body}
        </dialog>
    }
    .into_any()
}

fn without_key() -> AnyView {
    view! {
        <Notice tone=Tone::Note title="No model can be asked yet">
            <p>"Seal a provider key of your own under " <a href="/settings/keys">"API keys"</a> ". Everything else here works without one."</p>
        </Notice>
    }
    .into_any()
}

fn form(sources: &[Source]) -> AnyView {
    let sources = serde_json::to_string(sources).unwrap_or_default();
    view! {
        <form class="form" id="explain-form" data-sources=sources>
            <div class="field">
                <label for="explain-text">"Exactly this text is sent, to the models below"</label>
                <textarea id="explain-text" class="input-code" rows="12" spellcheck="false"></textarea>
                <p class="hint">"Keys, passwords, mail and network addresses and the names of home folders were taken out. Change it as you like; nothing is sent before you press Send."</p>
            </div>
            <div class="explain-models" id="explain-models"></div>
            <div class="form-actions">
                <button class="button primary" type="submit" id="explain-send">"Send"</button>
                <button class="button" type="button" id="explain-stop" hidden>"Stop"</button>
                <button class="button quiet" type="button" id="explain-add">"Compare with another model"</button>
            </div>
        </form>
        <p class="visually-hidden" role="status" id="explain-said"></p>
        <details class="sent" id="explain-sent" hidden>
            <summary>"What was sent, line by line"</summary>
            <ol class="sent-lines" id="explain-lines"></ol>
        </details>
        <div class="answers" id="explain-answers"></div>
    }
    .into_any()
}
