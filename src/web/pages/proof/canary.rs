//! The canary's panel: what it does, its button, how far it has come, what was found.

use crate::domain::usage::grouped;
use crate::features::privacy::proof::canary::{Place, Run, Stage};
use crate::web::components::{Icon, Name, TableScroll};
use leptos::prelude::*;
use serde_json::{Value, json};

/// The panel.
#[component]
pub(super) fn CanaryPanel(run: Option<Run>, signed_in: bool) -> impl IntoView {
    let running = run.as_ref().is_some_and(|run| !run.is_over());
    let action = if signed_in {
        let words = if run.is_some() {
            "Send another canary"
        } else {
            "Send a canary"
        };
        view! {
            <form method="post" action="/privacy/proof/canary">
                <button class="button primary" disabled=running>{words}</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p>
                <a class="button" href="/login?next=%2Fprivacy%2Fproof">"Sign in to send one"</a>
            </p>
        }
        .into_any()
    };
    view! {
        <section class="panel proof-canary" id="canary" aria-labelledby="canary-title">
            <div class="panel-body stack">
                <h2 id="canary-title">"Send a canary"</h2>
                <p class="proof-measure">
                    "A string that stands nowhere else is sent as your prompt, on the way that every prompt takes, to an echo on this machine. Then everything that this server can read is searched for it: as it is, in base64, in hexadecimal, in UTF-16."
                </p>
                {action}
                {run.map(result)}
            </div>
        </section>
    }
    .into_any()
}

fn result(run: Run) -> AnyView {
    let (class, icon, headline) = headline(&run);
    let rows = run.places.iter().map(row).collect_view();
    let found = run
        .found
        .iter()
        .map(|name| view! { <li><code>{name.clone()}</code></li> })
        .collect_view();
    let skipped = run
        .not_searched
        .iter()
        .map(|what| view! { <li>{*what}</li> })
        .collect_view();
    let is_done = run.stage == Stage::Done;
    let sum = |of: fn(&Place) -> u64| run.places.iter().map(of).sum::<u64>();
    let totals = format!(
        "{} files, {}, {} rows in {} ms",
        grouped(signed(sum(|place| place.files))),
        bytes(sum(|place| place.bytes)),
        grouped(signed(sum(|place| place.rows))),
        run.took.as_millis()
    );
    view! {
        <div class="stack" role="status">
            <div class=class>
                <Icon name=icon />
                <div>
                    <p class="proof-state">{headline}</p>
                    <p class="proof-value">{totals}</p>
                </div>
            </div>
            {(!run.found.is_empty()).then(|| view! { <ul class="proof-found">{found}</ul> })}
            <p class="hint">
                "Sent " {run.began.human()} ": " <code class="proof-string">{run.text.clone()}</code>
                ", echoed with " {run.echoed} " characters. Search for it yourself."
            </p>
            <TableScroll label="What was searched">
                <table class="table">
                    <thead>
                        <tr>
                            <th>"Searched"</th>
                            <th class="num">"Files"</th>
                            <th class="num">"Rows"</th>
                            <th class="num">"Size"</th>
                            <th>"Remark"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableScroll>
            {is_done
                .then(|| {
                    view! {
                        <div>
                            <h3>"Not searched"</h3>
                            <ul class="proof-skipped">{skipped}</ul>
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

fn headline(run: &Run) -> (&'static str, Name, String) {
    let good = "proof-mark tone-good";
    let (warn, bad) = ("proof-mark tone-warn", "proof-mark tone-bad");
    match &run.stage {
        Stage::Calling => ("proof-mark", Name::Clock, "On its way through the engine".to_owned()),
        Stage::Searching if run.found.is_empty() => {
            ("proof-mark", Name::Search, "Searching; nothing found yet".to_owned())
        }
        Stage::Failed(why) => (warn, Name::Alert, format!("Not proved: {why}")),
        _ if !run.found.is_empty() => (
            bad,
            Name::Alert,
            format!("Found in {} places: the promise is broken", run.found.len()),
        ),
        _ if run.is_clean() => (good, Name::Check, "Not found anywhere".to_owned()),
        _ => (warn, Name::Alert, "Not found in what could be read".to_owned()),
    }
}

fn row(place: &Place) -> AnyView {
    view! {
        <tr>
            <th scope="row">{place.name}</th>
            <td class="num">{grouped(signed(place.files))}</td>
            <td class="num">{grouped(signed(place.rows))}</td>
            <td class="num nowrap">{bytes(place.bytes)}</td>
            <td>{place.problem.clone().unwrap_or_else(|| "whole".to_owned())}</td>
        </tr>
    }
    .into_any()
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `512 B`, `12 KiB`, `3 MiB`.
fn bytes(count: u64) -> String {
    match count {
        ..1_024 => format!("{count} B"),
        1_024..1_048_576 => format!("{} KiB", count / 1_024),
        _ => format!("{} MiB", grouped(signed(count / 1_048_576))),
    }
}

pub(super) fn as_json(run: &Run) -> Value {
    let places: Vec<Value> = run
        .places
        .iter()
        .map(|place| {
            json!({
                "name": place.name, "files": place.files, "bytes": place.bytes, "rows": place.rows,
                "problem": place.problem,
            })
        })
        .collect();
    json!({
        "text": run.text,
        "began_at": run.began.rfc3339(),
        "is_over": run.is_over(),
        "is_clean": run.is_clean(),
        "found": run.found,
        "searched": places,
        "not_searched": run.not_searched,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_told_in_a_unit_that_fits() {
        assert_eq!(super::bytes(512), "512 B");
        assert_eq!(super::bytes(12_400), "12 KiB");
        assert_eq!(super::bytes(3 * 1_048_576), "3 MiB");
    }
}
