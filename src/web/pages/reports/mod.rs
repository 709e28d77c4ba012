//! `/reports`: the report analyzer. The server gives the frame; reading, grouping and showing is done in
//! the browser by `public/reports.js` and its worker (`crates/analyzer`), so that reports stay there. What a person
//! chooses to save of them is listed here and shown by the server.

mod docs;
mod doors;
mod explain;
mod one;
mod save;
mod saved;

pub use docs::ReportsDocs;
pub use doors::{SAVE, doors};
pub use one::SavedReportPage;

use crate::web::assets;
use crate::web::auth::current_user;
use crate::web::components::{AppShell, Icon, Name, Notice, Tone};
use leptos::prelude::*;

/// The lists of the result by their names in `crates/analyzer`; those of a comparison are hidden until there is one.
const LISTS: [(&str, &str); 7] = [
    ("causes", "Causes"),
    ("new", "New"),
    ("fixed", "Fixed"),
    ("still", "Still failing"),
    ("flaky", "Flaky"),
    ("slowest", "Slowest"),
    ("files", "Files"),
];
const ORDERS: [(&str, &str); 4] = [
    ("size", "Most tests"),
    ("certainty", "Certainty"),
    ("category", "Category"),
    ("title", "Title"),
];
const EXPORTS: [(&str, &str); 4] = [
    ("html", "HTML page"),
    ("markdown", "Markdown"),
    ("json", "JSON"),
    ("junit", "JUnit XML"),
];
const KEYS: [(&str, &str); 6] = [
    ("j", "Next row"),
    ("k", "Row before"),
    ("Enter", "Open the cause"),
    ("Esc", "Close the cause"),
    ("/", "Filter"),
    ("?", "These shortcuts"),
];

#[component]
pub fn ReportsPage() -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let account = current_user().map(|user| user.id.to_string());
    view! {
        <AppShell title="Report Analyzer">
            <noscript>
                <p>
                    "The analyzer reads reports in your browser and needs JavaScript for it. In a terminal "
                    <code>"spectr analyze"</code> " does the same."
                </p>
            </noscript>
            <div
                class="analyzer needs-scripts"
                id="analyzer"
                data-worker=assets::url(assets::WORKER)
                data-module=assets::url("pkg/analyzer.js")
                data-wasm=assets::url("pkg/analyzer.wasm")
                data-saver=assets::url("reports-save.js")
                data-account=account
            >
                <Drop />
                <p class="visually-hidden" role="status" id="said"></p>
                <div id="problem" hidden>
                    <Notice tone=Tone::Bad>
                        <p id="problem-words"></p>
                    </Notice>
                </div>
                <div class="analyzer-progress" id="progress" hidden>
                    <progress class="meter" max="1" aria-label="Progress"></progress>
                    <p id="progress-words" role="status"></p>
                    <button class="button small" type="button" id="cancel">"Cancel"</button>
                </div>
                <Results />
                <Kept />
                <Keys />
                <save::SaveDialog />
                <Suspense>{explain::dialog()}</Suspense>
            </div>
            <saved::SavedReports />
            <script type="module" src=assets::url("reports.js") nonce=nonce></script>
        </AppShell>
    }
    .into_any()
}

/// Where reports come in.
#[component]
fn Drop() -> impl IntoView {
    view! {
        <section class="analyzer-drop" aria-labelledby="drop-title">
            <div class="drop-words">
                <h2 id="drop-title">"Drop test reports here"</h2>
                <p class="hint">
                    "JUnit XML, TRX, Playwright, Jest, pytest, go test, Allure, TAP and twenty more; files, folders, zip or "
                    "tar.gz, also broken ones. They are read on this machine: nothing of them is sent "
                    "before you ask a model or save, and then what you were shown."
                </p>
            </div>
            <div class="form-actions">
                <button class="button primary" type="button" data-pick="files">"Choose files"</button>
                <button class="button" type="button" data-pick="folder">"Choose a folder"</button>
                <input class="visually-hidden" type="file" id="files" multiple tabindex="-1" aria-label="Report files" />
                <input class="visually-hidden" type="file" id="folder" webkitdirectory tabindex="-1" aria-label="Folder of reports" />
            </div>
            <details class="paste">
                <summary>"Paste text instead"</summary>
                <form id="paste" class="form">
                    <div class="field">
                        <label for="pasted">"Text of a report"</label>
                        <textarea id="pasted" class="input-code" rows="6" spellcheck="false"></textarea>
                    </div>
                    <div class="form-actions"><button class="button" type="submit">"Read text"</button></div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// What the worker fills.
#[component]
fn Results() -> impl IntoView {
    let lists = LISTS
        .into_iter()
        .map(|(id, name)| {
            view! { <button type="button" data-list=id aria-pressed=(id == "causes").to_string()>{name}" "<span class="count"></span></button> }
        })
        .collect_view();
    let orders = ORDERS
        .into_iter()
        .map(|(id, name)| view! { <option value=id>{name}</option> })
        .collect_view();
    let exports = EXPORTS
        .into_iter()
        .map(|(id, name)| view! { <button type="button" data-save=id>{name}</button> })
        .collect_view();
    view! {
        <div class="analyzer-results" id="results" hidden>
            <section id="summary" aria-label="Summary"></section>
            <div class="analyzer-earlier" id="earlier">
                <p class="hint">"What is new, fixed and still failing: choose the report of an earlier run, or drop it here."</p>
                <button class="button small" type="button" data-pick="against">"Compare with an earlier run"</button>
                <button class="button quiet small" type="button" id="forget" data-ask="{\"do\":\"forget-earlier\"}" hidden>"Stop comparing"</button>
                <input class="visually-hidden" type="file" id="against" multiple tabindex="-1" aria-label="Report of an earlier run" />
            </div>
            <div class="analyzer-tools">
                <div class="segments" role="group" aria-label="Lists">{lists}</div>
                <label class="filter">
                    <span class="visually-hidden">"Filter"</span>
                    <input class="input" type="search" id="filter" placeholder="Filter" autocomplete="off" spellcheck="false" />
                </label>
                <label class="order">
                    <span>"Sort"</span>
                    <select class="input" id="order">{orders}</select>
                </label>
                <button class="button quiet small" type="button" id="reset" data-ask="{\"do\":\"reset\"}" hidden>"Undo my arrangement"</button>
                <button class="button small" type="button" id="explain-all" data-explain="all">"Explain all"</button>
                <button class="button small" type="button" id="save-open">"Save"</button>
                <button class="button small" type="button" id="keep">"Keep summary"</button>
                <details class="menu">
                    <summary class="button small"><Icon name=Name::Download small=true />"Download"</summary>
                    <div class="menu-sheet">{exports}</div>
                </details>
            </div>
            <div class="analyzer-panes">
                <section class="analyzer-list" id="list" aria-label="List"></section>
                <section class="analyzer-detail" id="detail" aria-label="Cause" hidden></section>
            </div>
        </div>
    }
    .into_any()
}

/// Summaries that the person chose to keep, in this browser only.
#[component]
fn Kept() -> impl IntoView {
    view! {
        <section class="section" id="kept" aria-labelledby="kept-title" hidden>
            <h2 id="kept-title">"Kept summaries"</h2>
            <p class="lead hint">
                "Only in this browser, for this account: date, names of files, counts, and the words of the causes. Reports themselves are not kept."
            </p>
            <ul class="kept" id="kept-list"></ul>
        </section>
    }
    .into_any()
}

/// The sheet of shortcuts; single letters can be switched off (WCAG 2.1.4).
#[component]
fn Keys() -> impl IntoView {
    let keys = KEYS
        .into_iter()
        .map(|(key, does)| view! { <dt><kbd>{key}</kbd></dt><dd>{does}</dd> })
        .collect_view();
    view! {
        <dialog class="dialog" id="keys" aria-labelledby="keys-title">
            <form method="dialog" class="form">
                <h2 id="keys-title">"Shortcuts"</h2>
                <dl class="facts">{keys}</dl>
                <label class="check">
                    <input type="checkbox" id="letters" checked />
                    <span>"Single keys do something"</span>
                </label>
                <div class="form-actions"><button class="button" type="submit">"Close"</button></div>
            </form>
        </dialog>
    }
    .into_any()
}
