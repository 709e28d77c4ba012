//! The page: a verdict, the canary, and the policy sentence by sentence with its proofs in the margin.

use super::canary::CanaryPanel;
use super::mark::ProofMark;
use super::{PATH, Shown};
use crate::domain::privacy::clauses::Clause;
use crate::domain::privacy::policy::policy;
use crate::features::App;
use crate::features::privacy::proof::{COMMIT, Entry, Report, Standing};
use crate::web::auth::current_user;
use crate::web::components::PublicShell;
use crate::web::pages::legal::cookies::request_cookies;
use crate::web::shell::document;
use leptos::prelude::*;
use leptos_meta::{Meta, provide_meta_context};

pub(super) fn shell() -> impl IntoView {
    document(|| view! { <ProofPage /> })
}

#[component]
fn ProofPage() -> impl IntoView {
    provide_meta_context();
    let app = expect_context::<App>();
    use_context::<Shown>().map(|shown| {
        let now = app.clock.now();
        let report = shown.report.clone();
        let running = shown.run.as_ref().is_some_and(|run| !run.is_over());
        let sections = policy()
            .into_iter()
            .filter_map(|section| {
                let entries: Vec<Entry> = of_section(&report, section.id);
                // A section without a promise of its own needs no heading here.
                (!entries.is_empty()).then(|| {
                    let items = entries.into_iter().map(|entry| item(entry, &shown, now)).collect_view();
                    view! {
                        <section class="proof-section" aria-labelledby=section.id>
                            <h2 id=section.id>{heading(section.title)}</h2>
                            {items}
                        </section>
                    }
                })
            })
            .collect_view();
        view! {
            <PublicShell
                title="Proof"
                description="Every sentence of the privacy policy, with a live look at this very server."
            >
                // Another query each time: an address that differs by nothing is not loaded again for its fragment.
                {running.then(|| view! { <Meta http_equiv="refresh" content=format!("1;url={PATH}?at={}#canary", now.0) /> })}
                <article class="proof">
                    <header class="prose">
                        <h1>"The policy, proved"</h1>
                        <p class="lead">
                            "Each sentence of the " <a href="/privacy">"privacy policy"</a>
                            " beside what this server finds when it looks at itself: its database, its files, its own answers. A promise that is broken turns red here."
                        </p>
                    </header>
                    <Verdict report=report.clone() ago=report.at.ago(now) />
                    <CanaryPanel run=shown.run.clone() signed_in=current_user().is_some() />
                    {sections}
                    <p class="hint proof-foot">
                        "Look by machine: " <code>"curl -H 'Accept: application/json'"</code> " this address. "
                        <a href="/docs#proof">"How the policy proves itself"</a>
                    </p>
                </article>
            </PublicShell>
        }
    })
}

fn of_section(report: &Report, id: &str) -> Vec<Entry> {
    let entries = report.entries.iter().filter(|entry| entry.clause.section == id);
    entries.cloned().collect()
}

/// `7. How long it is kept` → `How long it is kept`: the numbers are the policy's.
fn heading(title: &'static str) -> &'static str {
    match title.split_once(". ") {
        Some((number, words)) if number.bytes().all(|byte| byte.is_ascii_digit()) => words,
        _ => title,
    }
}

/// The verdict over all promises.
#[component]
fn Verdict(report: std::sync::Arc<Report>, ago: String) -> impl IntoView {
    let (all, kept) = (report.entries.len(), report.count(Standing::Kept));
    let (broken, unread) = (report.count(Standing::Broken), report.count(Standing::Unread));
    let class = match (broken, unread) {
        (0, 0) => "proof-verdict tone-good",
        (0, _) => "proof-verdict tone-warn",
        _ => "proof-verdict tone-bad",
    };
    let broken_ones = report
        .entries
        .iter()
        .filter(|entry| entry.finding.standing == Standing::Broken)
        .map(|entry| {
            let (number, title) = (entry.clause.number, entry.clause.title);
            view! { <li><a href=format!("#clause-{number}")>{title}</a></li> }
        })
        .collect_view();
    view! {
        <div class=class>
            <p class="proof-count">
                <strong class="num">{kept}</strong>
                " of " <span class="num">{all}</span> " promises hold"
            </p>
            {(unread > 0).then(|| view! { <p>{unread}" could not be read"</p> })}
            {(broken > 0).then(|| view! { <ul>{broken_ones}</ul> })}
            <dl class="proof-facts">
                <div><dt>"Looked at"</dt><dd>{ago}</dd></div>
                <div><dt>"Built from commit"</dt><dd><code>{COMMIT}</code></dd></div>
            </dl>
        </div>
    }
    .into_any()
}

fn item(entry: Entry, shown: &Shown, now: crate::domain::timestamp::Timestamp) -> AnyView {
    let clause = entry.clause;
    let number = clause.number;
    let own = shown.own(clause.probe).map(str::to_owned).or_else(|| cookies(clause));
    let constants = clause
        .constants
        .iter()
        .map(|(name, value)| view! { <li><code>{format!("{name} = {value}")}</code></li> })
        .collect_view();
    let job = clause.job.map(|name| {
        let done = entry
            .job
            .as_ref()
            .and_then(|beat| Some((beat.last_ok_at?, beat.affected)));
        let run = match done {
            Some((at, affected)) => format!("last run {}, {affected} rows", at.ago(now)),
            None => "not run yet".to_owned(),
        };
        view! { <li>"Job " <code>{name}</code> ": "{run}</li> }
    });
    view! {
        <div class="proof-item" id=format!("clause-{number}")>
            <div class="proof-text">
                <h3>{clause.title}</h3>
                <p class="proof-sentence">{clause.sentence()}</p>
                <ul class="proof-sources">
                    {constants}
                    {job}
                    <li>"Test " <code>{clause.test}</code></li>
                </ul>
            </div>
            <ProofMark entry own=own />
        </div>
    }
    .into_any()
}

/// What the browser in front of the page holds.
fn cookies(clause: &Clause) -> Option<String> {
    use crate::domain::privacy::clauses::Probe;
    (clause.probe == Probe::OneCookie).then(|| match request_cookies().as_slice() {
        [] => "your browser sends none right now".to_owned(),
        names => format!("your browser sends: {}", names.join(", ")),
    })
}
