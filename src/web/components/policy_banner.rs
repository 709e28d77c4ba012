//! The notice of a changed policy: on every signed-in page until its reader has acknowledged it.

use super::app_shell::request_path;
use super::{Icon, Name};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::features::privacy::policy::{self, Notice};
use crate::web::auth::current_user;
use leptos::prelude::*;

/// Where the form goes.
pub const ACKNOWLEDGE: &str = "/settings/privacy/policy";

/// The banner, or nothing.
#[component]
pub fn PolicyBanner() -> impl IntoView {
    let app = expect_context::<App>();
    let (user, path) = (current_user(), request_path());
    let banner = Suspend::new(async move {
        let notice = policy::notice(&app, user?.id).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether a notice waits could not be read");
            None
        })?;
        let now = app.clock.now();
        Some(view! { <Banner notice now path /> })
    });
    view! { <Suspense>{banner}</Suspense> }.into_any()
}

#[component]
fn Banner(notice: Notice, now: Timestamp, path: String) -> impl IntoView {
    let day = notice.effective_at.day_words();
    let title = if notice.effective_at > now {
        format!("Our privacy policy changes on {day}.")
    } else {
        format!("Our privacy policy changed on {day}.")
    };
    let changes = format!("/privacy/versions#{}", notice.version);
    view! {
        <aside class="policy-banner" aria-label="Changed privacy policy">
            <Icon name=Name::Info />
            <p>
                <strong>{title}</strong>
                " "
                <a href=changes>"What is different"</a>
                " · "
                <a href="/privacy">"Read it"</a>
            </p>
            <form method="post" action=ACKNOWLEDGE>
                <input type="hidden" name="version" value=notice.version />
                <input type="hidden" name="next" value=path />
                <button class="button small" type="submit">"I have read and accept it"</button>
            </form>
        </aside>
    }
    .into_any()
}
