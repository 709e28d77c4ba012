//! Keeping a report on the server: how much of it, and the text that is sent, shown beforehand.
//!
//! `public/reports-save.js` sends what the person has seen, and nothing before that.

use super::doors::SAVE;
use crate::domain::reports::saved::Keep;
use crate::features::reports::{NAME_MAX_CHARS, REPORTS_PER_USER};
use leptos::prelude::*;

/// What each choice keeps, in a few words and in a sentence.
const fn words(keep: Keep) -> (&'static str, &'static str) {
    match keep {
        Keep::Counts => (
            "Counts only",
            "How many tests passed, failed and were skipped, and how many causes there were. Nothing that a report says.",
        ),
        Keep::Causes => (
            "Causes",
            "Also each cause: title, likely kind, place, redacted message, how many tests. By these, causes are known again in later reports.",
        ),
        Keep::Tests => (
            "Causes with the names of tests",
            "Also which tests failed by each cause, up to fifty.",
        ),
    }
}

/// The dialog; closed until asked for.
#[component]
pub fn SaveDialog() -> impl IntoView {
    let choices = Keep::ALL
        .into_iter()
        .map(|keep| {
            let (name, about) = words(keep);
            let is_usual = keep == Keep::Causes;
            view! {
                <label class="check">
                    <input type="radio" name="keep" value=keep.id() checked=is_usual />
                    <span>{name}</span>
                    <span class="hint">{about}</span>
                </label>
            }
        })
        .collect_view();
    let limit = format!("At most {REPORTS_PER_USER} reports are kept, until you delete them or your account.");
    view! {
        <dialog class="dialog explain" id="save" aria-labelledby="save-title">
            <div class="detail-head">
                <h2 id="save-title">"Save this report"</h2>
                <form method="dialog"><button class="button quiet small" type="submit">"Close"</button></form>
            </div>
            <form class="form" id="save-form" action=SAVE>
                <div class="field">
                    <label for="save-name">"Name"</label>
                    <input id="save-name" autocomplete="off" maxlength=NAME_MAX_CHARS.to_string() required=true />
                </div>
                <fieldset id="save-keep">
                    <legend>"What is kept"</legend>
                    {choices}
                </fieldset>
                <div class="field">
                    <p class="field-label" id="save-text-title">"Exactly this is sent and kept"</p>
                    <pre class="save-text" id="save-text" tabindex="0" role="region" aria-labelledby="save-text-title"></pre>
                    <p class="hint">
                        "Keys, passwords, mail and network addresses and the names of home folders were taken out. On the server it is "
                        "sealed under a key of your own, stands in your " <a href="/settings/privacy/downloads">"download"</a>
                        ", and goes with your account. " {limit}
                    </p>
                </div>
                <p class="field-error" id="save-problem" role="alert" hidden></p>
                <div class="form-actions"><button class="button primary" type="submit" id="save-send">"Save"</button></div>
            </form>
        </dialog>
    }
    .into_any()
}
