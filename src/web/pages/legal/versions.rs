//! `/privacy/versions`: every version of the policy with its exact text, and each as a plain file whose
//! SHA-256 anybody can compute.

use crate::domain::privacy::versions::{day_words, version};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::privacy::policy::{self, Shown};
use crate::web::components::{Badge, ProblemNotice, PublicShell, Tone};
use crate::web::respond;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::prelude::*;

/// The files.
pub fn doors() -> Router<App> {
    Router::new().route("/privacy/versions/{file}", get(file))
}

async fn file(Path(file): Path<String>) -> Response {
    match file.strip_suffix(".txt").and_then(version) {
        Some(version) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], version.text).into_response(),
        None => respond::problem(&Problem::new(Code::NotFound), None),
    }
}

#[component]
pub fn Versions() -> impl IntoView {
    let app = expect_context::<App>();
    let body = Suspend::new(async move {
        match policy::history(&app).await {
            Ok(versions) => versions
                .into_iter()
                .enumerate()
                .map(|(at, version)| view! { <VersionEntry version is_newest=at == 0 /> })
                .collect_view()
                .into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        }
    });
    view! {
        <PublicShell title="Versions of the privacy policy" description="Every version of the policy, word for word.">
            <article class="prose">
                <h1>"Versions of the privacy policy"</h1>
                <p class="lead">
                    "Every text that was ever published, word for word. When you accept one, the fingerprint of exactly these bytes is recorded: download a file and run "
                    <code>"sha256sum"</code>" on it to compare."
                </p>
                <p><a href="/privacy">"The policy of today"</a></p>
                <Suspense>{body}</Suspense>
            </article>
        </PublicShell>
    }
}

#[component]
fn VersionEntry(version: Shown, is_newest: bool) -> impl IntoView {
    let file = format!("/privacy/versions/{}.txt", version.id);
    let facts = version.publication.map(|publication| {
        let material = if publication.is_material {
            "yes, announced by mail and in the product"
        } else {
            "no"
        };
        view! {
            <dt>"Published here"</dt>
            <dd>{publication.published_at.human()}</dd>
            <dt>"Takes effect"</dt>
            <dd>{publication.effective_at.human()}</dd>
            <dt>"Material change"</dt>
            <dd>{material}</dd>
        }
    });
    view! {
        <section class="version" id=version.id>
            <h2>
                {day_words(version.id)}
                {is_newest.then(|| view! { " "<Badge tone=Tone::Good text="newest" /> })}
            </h2>
            <p>{version.changes}</p>
            <dl class="facts">
                {facts}
                <dt>"SHA-256"</dt>
                <dd><code>{version.sha256}</code></dd>
                <dt>"File"</dt>
                <dd><a href=file>{format!("{}.txt", version.id)}</a></dd>
            </dl>
            <details>
                <summary>"Read the exact text"</summary>
                <pre class="exact" tabindex="0">{version.text}</pre>
            </details>
        </section>
    }
    .into_any()
}
