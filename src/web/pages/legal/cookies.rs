//! `/privacy/cookies`: the one cookie, and what else the browser keeps.

use super::policy_date;
use crate::domain::privacy::constants::SESSION_IDLE_DAYS;
use crate::features::App;
use crate::web::components::{PublicShell, TableScroll};
use leptos::prelude::*;

#[component]
pub fn Cookies() -> impl IntoView {
    let https = use_context::<App>().is_some_and(|app| app.config.is_https());
    let name = if https { "__Host-session" } else { "session" };
    let sent = request_cookies();
    view! {
        <PublicShell title="Cookies" description="One cookie, only after you sign in.">
            <article class="prose prose-wide">
                <h1>"Cookies"</h1>
                <p class="dateline">"Last updated: "{policy_date()}</p>
                <p class="lead">
                    "One cookie, set when you sign in, to keep you signed in. No analytics, no advertising, nothing from other hosts. That is why there is no banner."
                </p>
                <p>{seen(&sent)}</p>
                <TableScroll label="What your browser keeps">
                    <table class="table">
                        <thead>
                            <tr><th>"Name"</th><th>"Kind"</th><th>"What for"</th><th>"How long"</th></tr>
                        </thead>
                        <tbody>
                            <tr>
                                <th scope="row"><code>{name}</code></th>
                                <td>"cookie, signed, HttpOnly, SameSite=Lax"</td>
                                <td>"keeps you signed in; holds a random id and nothing about you"</td>
                                <td>{SESSION_IDLE_DAYS}" days without use, or until you sign out"</td>
                            </tr>
                            <tr>
                                <th scope="row"><code>"theme"</code></th>
                                <td>"local storage"</td>
                                <td>"light or dark, only if you choose one; never sent to the server"</td>
                                <td>"until you choose \"as the system\""</td>
                            </tr>
                            <tr>
                                <th scope="row">"JARVIS conversations"</th>
                                <td>"IndexedDB"</td>
                                <td>"your conversations, per account; never sent to the server to be stored"</td>
                                <td>"until you forget them"</td>
                            </tr>
                            <tr>
                                <th scope="row">"Report Analyzer"</th>
                                <td>"IndexedDB"</td>
                                <td>"names, merges and pins that you gave to causes, and summaries that you chose to keep, per account; never sent to the server"</td>
                                <td>"until you forget them"</td>
                            </tr>
                        </tbody>
                    </table>
                </TableScroll>
                <h2>"Your control"</h2>
                <p>
                    "Your browser's settings let you see, block and delete all of this. With cookies blocked the public pages work as before; signing in needs the one cookie and says so."
                </p>
            </article>
        </PublicShell>
    }
}

/// Names of the cookies that came with this request.
pub(in crate::web::pages) fn request_cookies() -> Vec<String> {
    let Some(parts) = use_context::<axum::http::request::Parts>() else {
        return Vec::new();
    };
    parts
        .headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| Some(pair.trim().split_once('=')?.0.to_owned()))
        .collect()
}

fn seen(names: &[String]) -> String {
    match names {
        [] => "Right now your browser sends this server no cookie.".to_owned(),
        [one] => format!("Right now your browser sends this server one cookie: {one}."),
        many => format!(
            "Right now your browser sends this server {} cookies: {}. Those that are not in the table below were set by \
             something else on this host.",
            many.len(),
            many.join(", ")
        ),
    }
}
