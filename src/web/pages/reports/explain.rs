//! Asking models about a cause: the dialog around the island `Explainer`.
//!
//! What can be asked is decided here, without any secret. The island's code is loaded when the dialog opens for the
//! first time (`public/reports-explain.js`), so that reading reports does not wait for it.

use crate::domain::ids::UserId;
use crate::features::{App, vault};
use crate::islands::explain::Explainer;
use crate::islands::models::{Payer, Source};
use crate::web::auth::current_user;
use crate::web::components::{Notice, ProblemNotice, Tone};
use crate::web::pages::assistant::sources;
use crate::web::shell::IslandScripts;
use leptos::prelude::*;

/// The dialog's id; what loads its island is a method of it.
const DIALOG: &str = "explain";

/// The dialog; closed until asked for.
pub fn dialog() -> impl IntoView {
    let (app, user) = (use_context::<App>(), current_user());
    Suspend::new(async move {
        let (app, user) = app.zip(user)?;
        Some(frame(user.id, sources(&app, user.id).await))
    })
}

fn frame(user: UserId, found: Result<Vec<Source>, vault::VaultError>) -> AnyView {
    let body = match found {
        Ok(sources) => {
            let has_model = sources.iter().any(|it| it.payer != Payer::Nobody);
            view! {
                {(!has_model).then(without_key)}
                <Explainer account=user.to_string() sources />
            }
            .into_any()
        }
        Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
    };
    view! {
        <dialog class="dialog explain" id=DIALOG aria-labelledby="explain-title">
            <div class="detail-head">
                <h2 id="explain-title">"Explain"</h2>
                <form method="dialog"><button class="button quiet small" type="submit">"Close"</button></form>
            </div>
            <p class="field-error" id="explain-problem" role="alert" hidden></p>
            {body}
        </dialog>
        <IslandScripts later_of=DIALOG />
    }
    .into_any()
}

/// In a tab of its own: a report that is open would be lost.
fn without_key() -> AnyView {
    view! {
        <Notice tone=Tone::Note title="No model can be asked yet">
            <p>
                "Seal a provider key of your own under "
                <a href="/settings/keys" target="_blank" rel="noopener">"API keys"</a>
                ", then load this page anew. Everything else here works without one. The built-in guide below is no model: it says "
                "what Explain does and cannot read a failure."
            </p>
        </Notice>
    }
    .into_any()
}
