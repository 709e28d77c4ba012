//! `/docs`: the reference of what exists: commands, environment, the stream, problems.
//!
//! The table of problems is the very table that the server answers from.

use crate::domain::problem::Code;
use crate::domain::providers::Provider;
use crate::web::api::usage::PARAMETERS;
use crate::web::components::{PublicShell, TableScroll, inline};
use crate::web::pages::proof::ProofDocs;
use crate::web::pages::reports::ReportsDocs;
use leptos::prelude::*;

const CONTENTS: &[(&str, &str)] = &[
    ("start", "Start"),
    ("commands", "Commands"),
    ("environment", "Environment"),
    ("reports", "Report Analyzer"),
    ("stream", "POST /stream/chat"),
    ("api", "GET /api/v1/usage"),
    ("headers", "Headers and limits"),
    ("health", "Health and metrics"),
    ("proof", "How the policy proves itself"),
    ("problems", "Problems"),
];

#[component]
pub fn Docs() -> impl IntoView {
    let contents = CONTENTS
        .iter()
        .map(|(id, name)| view! { <li><a href=format!("#{id}")>{*name}</a></li> })
        .collect_view();
    view! {
        <PublicShell title="Documentation" description="Commands, environment, the streaming endpoint and every problem of Spectr.">
            <div class="with-contents">
                <nav class="contents" aria-label="Contents"><ol>{contents}</ol></nav>
                <article class="prose prose-wide">
                    <h1>"Documentation"</h1>
                    <p class="lead">"The reference. For a tour see the " <a href="/guide">"guide"</a> "."</p>
                    {view! { <Start /> }.into_any()}
                    {view! { <Commands /> }.into_any()}
                    {view! { <Environment /> }.into_any()}
                    {view! { <ReportsDocs /> }.into_any()}
                    {view! { <Stream /> }.into_any()}
                    {view! { <Api /> }.into_any()}
                    {view! { <Headers /> }.into_any()}
                    {view! { <Health /> }.into_any()}
                    {view! { <ProofDocs /> }.into_any()}
                    {view! { <Problems /> }.into_any()}
                </article>
            </div>
        </PublicShell>
    }
}

/// A table of two columns: names in code, meanings with inline marks.
pub fn pairs(
    label: &'static str,
    head: [&'static str; 2],
    rows: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let rows = rows
        .iter()
        .map(|(name, meaning)| view! { <tr><th scope="row">{inline(name)}</th><td>{inline(meaning)}</td></tr> })
        .collect_view();
    let [first, second] = head;
    view! {
        <TableScroll label=label>
            <table class="table table-doc">
                <thead><tr><th>{first}</th><th>{second}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableScroll>
    }
}

#[component]
fn Start() -> impl IntoView {
    view! {
        <h2 id="start">"Start"</h2>
        <p>"From a clone of the repository, with Rust installed:"</p>
        <pre><code>"cargo xtask run    # sets up what is missing, builds, serves on http://127.0.0.1:3000\ncargo xtask test   # all tests on SQLite and PostgreSQL, in a browser, and the lints"</code></pre>
        <p>
            "No variable is needed. Data, keys and mails are kept in " <code>"./data"</code> "; keep "
            <code>"data/master.keys"</code> " safe and apart from backups of the rest: without it nothing opens."
        </p>
    }
}

const COMMANDS: &[(&str, &str)] = &[
    (
        "`spectr serve`",
        "Serves the site; what `spectr` does without a command.",
    ),
    (
        "`spectr migrate`",
        "Brings the database schema up to date with the owner's role and stops.",
    ),
    (
        "`spectr jobs run`",
        "Runs all background jobs once: retention, mails, reminders.",
    ),
    (
        "`spectr keys check`",
        "Opens the key ring and says whether it fits the data.",
    ),
    (
        "`spectr keys rotate`",
        "Wraps everything under the first master key, while the server runs.",
    ),
    (
        "`spectr verify-export FILE [--key KEY]`",
        "Checks a download of your data without a network: every hash, every number of rows, the signature. 0 valid, 1 not valid, 2 could not look.",
    ),
    (
        "`spectr analyze REPORT… [--format md|json|html|junit|prompt] [--against REPORT]`",
        "Reads test reports (files, folders, archives, patterns, `-`) of any usual tool and groups the failures by cause, on this machine only. `--json` is `--format json`; `--against` compares with an earlier run; `prompt` prints the redacted text that a model would be told. 0 read, 2 nothing readable.",
    ),
    (
        "`spectr doctor`",
        "Checks configuration, folders, databases and keys, and names the mend of what is wrong.",
    ),
];

#[component]
fn Commands() -> impl IntoView {
    view! {
        <h2 id="commands">"Commands"</h2>
        {pairs("Commands", ["Command", "Does"], COMMANDS)}
        <p>"A command that could not run exits with 2 and says why. Running answers get 25 seconds to end when the server is told to stop (SIGTERM or Ctrl C); told a second time it stops at once and exits with 143 or 130."</p>
    }
}

const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "`SPECTR_ADDR`",
        "Listen address, `127.0.0.1:3000`. `PORT` alone means `0.0.0.0:PORT`.",
    ),
    (
        "`SPECTR_PUBLIC_URL`",
        "Origin under which people reach the server, `https://HOST` and no more. With https: Secure cookies with `__Host-`, HSTS, and region, operator and contact become required.",
    ),
    (
        "`SPECTR_DATA_DIR`",
        "`./data`: database, keys, mails. Made with mode 0700.",
    ),
    (
        "`DATABASE_URL`",
        "`sqlite://DATA/spectr.db`, or `postgres://…`. PostgreSQL on another machine needs `sslmode=verify-full`, wherever `host`, `hostaddr` or `PGHOST` name it.",
    ),
    (
        "`DATABASE_MIGRATE_URL`",
        "Owner's role for `migrate`; the serving role then needs no right to change the schema.",
    ),
    (
        "`SPECTR_KEYSTORE_URL`",
        "Wrapped data keys, apart from the data: `sqlite://DATA/keystore.db`, or the schema `keystore` on PostgreSQL.",
    ),
    (
        "`SPECTR_MASTER_KEY_FILE`, `SPECTR_MASTER_KEY`",
        "Lines `kid:base64(32 bytes)`; the first seals. Default `DATA/master.keys`, made with mode 0400.",
    ),
    (
        "`SPECTR_TRUSTED_PROXIES`",
        "Networks whose `X-Forwarded-For` and `-Proto` are believed. None by default; what came to them in clear is led to an https `SPECTR_PUBLIC_URL`.",
    ),
    (
        "`SPECTR_{ANTHROPIC,OPENAI,GOOGLE,MISTRAL,GROQ}_BASE_URL`",
        "Another base for a provider: a gateway, a test server.",
    ),
    (
        "`SPECTR_LANGSMITH_BASE_URL`",
        "Another base for LangSmith, such as its European one.",
    ),
    (
        "`SPECTR_TRIAL_{PROVIDER}_KEY`",
        "A key of the operator's for people without one of their own, such as `SPECTR_TRIAL_OPENAI_KEY`.",
    ),
    ("`SPECTR_TRIAL_CALLS_PER_DAY`", "Trial calls per person and day, 20."),
    (
        "`SPECTR_SMTP_URL`, `SPECTR_MAIL_FROM`",
        "`smtp://` or `smtps://`; without it mails are `.eml` files in `DATA/outbox`. Pages show their links when the server listens on loopback and the public address is one of the machine itself.",
    ),
    (
        "`SPECTR_ALLOW_TARGETS`",
        "Hosts and networks that users' base URLs may reach beyond public addresses. By default loopback, when the server itself listens on loopback and `SPECTR_PUBLIC_URL` leads there too; empty or `none`: no others.",
    ),
    (
        "`SPECTR_REGION`, `SPECTR_OPERATOR`, `SPECTR_CONTACT`",
        "Shown on the policy pages. The contact receives what the contact form sends.",
    ),
    (
        "`SPECTR_METRICS_ADDR`",
        "Address of `/metrics` for Prometheus: requests, calls by provider and outcome, running streams, times, jobs. Off by default.",
    ),
    (
        "`SPECTR_LOG`",
        "Log filter, `info`: a level, and `TARGET=LEVEL` for parts, such as `info,spectr=debug`. JSON lines when standard error is no terminal.",
    ),
    (
        "`SPECTR_CONFIG`",
        "A TOML file with the same names. The environment wins, unless a variable is empty (an empty `SPECTR_ALLOW_TARGETS` counts); unknown names in the file are refused.",
    ),
];

#[component]
fn Environment() -> impl IntoView {
    view! {
        <h2 id="environment">"Environment"</h2>
        {pairs("Environment", ["Variable", "Meaning and default"], ENVIRONMENT)}
    }
}

const EVENTS: &[(&str, &str)] = &[
    (
        "`open`",
        "`request_id`, `provider`, `model`, `credential` (`byok`, `trial` or `none`). Always first.",
    ),
    ("`delta`", "`text`: a piece of the answer."),
    (
        "`reasoning`",
        "`text`: a piece of the model's reasoning, where it shows it.",
    ),
    (
        "`tool`",
        "`index`, `id`, `name`, `arguments`: a piece of a tool call; join `arguments` by `index`.",
    ),
    (
        "`usage`",
        "`input` (with cached), `output` (with reasoning), `cached_read`, `cached_write`, `reasoning`, `cost_nano_usd` (null where no price is known), `estimated`. The last one wins.",
    ),
    (
        "`done`",
        "`stop`: `end`, `stop_sequence`, `max_tokens`, `tool_use`, `refusal`, `content_filter`, `context_window`, `pause` or `other`.",
    ),
    (
        "`error`",
        "`code`, `message`, `help`: the answer ended badly. What arrived before stays valid.",
    ),
];

const REQUEST: &str = r#"{
  "provider": "openai",
  "model": "…",
  "messages": [{ "role": "user", "content": "Write a test for the sign-in form." }],
  "key_id": null,
  "system": "You are a careful tester.",
  "params": { "max_tokens": 1024, "temperature": 0.2 }
}"#;

#[component]
fn Stream() -> impl IntoView {
    let providers = Provider::ALL
        .into_iter()
        .flat_map(|provider| [view! { <code>{provider.id()}</code> }.into_any(), " ".into_any()])
        .collect_view();
    view! {
        <h2 id="stream">"POST /stream/chat"</h2>
        <p>
            "The door of every streaming part of the product, for pages of this site (session cookie, same origin). "
            <code>"provider"</code>", " <code>"model"</code> " and " <code>"messages"</code>
            " are required; without " <code>"key_id"</code> " the newest key of that provider is used. "
            <code>"feature"</code> ", " <code>"assistant"</code> " or " <code>"reports"</code>
            ", is the part of the product under which the call is counted. A page names its account in "
            <code>"x-spectr-account"</code>
            ", so that it cannot speak for somebody who signed in since. Nothing of the content is stored or logged."
        </p>
        <pre><code>{REQUEST}</code></pre>
        <p>"Providers: "{providers}</p>
        <p>
            "The answer is " <code>"text/event-stream"</code>
            ": one JSON object per event. Lines that begin with a colon are heartbeats. Closing the connection stops the call at the provider."
        </p>
        {pairs("Events", ["Event", "Data"], EVENTS)}
        <p>
            "What fails before the first event is answered as " <code>"application/problem+json"</code>
            " with the status of the " <a href="#problems">"problem"</a> "; later it is an " <code>"error"</code> " event."
        </p>
    }
}

const ASK: &str = "curl -H \"Authorization: Bearer $SPECTR_KEY\" \\
  'https://HOST/api/v1/usage?from=2026-05-01&provider=openai&limit=50'";

const ANSWER: &str = r#"{
  "from": "2026-05-01", "to": "2026-05-04", "retention_days": 90,
  "total": { "calls": 2, "errors": 0, "aborted": 0, "unpriced": 0, "input_tokens": 312,
             "output_tokens": 96, "cost_usd": "0.0021", "cost_nano_usd": 2100000 },
  "groups": [],
  "calls": [ { "id": "…", "started_at": "2026-05-04T08:00:00Z", "provider": "openai", "model": "…", … } ],
  "next": null
}"#;

/// The API for people's own programs.
#[component]
fn Api() -> impl IntoView {
    view! {
        <h2 id="api">"GET /api/v1/usage"</h2>
        <p>
            "Your calls of the last 90 days, newest first, for your own programs: metadata only, since nothing else is kept. Create a "
            <a href="/settings/platform-keys">"platform key"</a> " and send it as " <code>"Authorization: Bearer"</code>
            "; a browser that is signed in may ask without. For machines: " <a href="/openapi.json" rel="external">"openapi.json"</a> "."
        </p>
        <pre><code>{ASK}</code></pre>
        {pairs("Parameters", ["Parameter", "Meaning"], &PARAMETERS)}
        <pre><code>{ANSWER}</code></pre>
        <p>
            <code>"total"</code> " counts the whole window, not the page. A call has the columns of the usage download. With " <code>"group"</code>
            " the sums stand in " <code>"groups"</code> ", each with its " <code>"name"</code> ", and there are no calls."
        </p>
        <p>
            "A key that was revoked, replaced or burned is refused at the next request: 401 with " <code>"WWW-Authenticate"</code>
            ". One person may ask 120 times at once and twice a second; then 429 with " <code>"Retry-After"</code>
            ". No cookie is set. If a key leaks, anybody who has it whole can " <a href="/security/leaked-key">"burn it"</a> "."
        </p>
    }
}

const HEADERS: &[(&str, &str)] = &[
    ("`x-spectr-request-id`", "On every answer; quote it to support."),
    ("`x-spectr-credential`", "On calls: `byok`, `trial` or `none`."),
    (
        "`retry-after`",
        "On 429 and 503: the seconds after which another try makes sense.",
    ),
    (
        "Bodies",
        "Forms up to 64 KiB, `/reports/saved` up to 512 KiB, `/stream/chat` up to 8 MiB, arriving within 30 seconds.",
    ),
    (
        "Origin",
        "Requests that change something must come from this site: `Sec-Fetch-Site: same-origin`, or a matching `Origin`. Everything else is answered 403.",
    ),
];

#[component]
fn Headers() -> impl IntoView {
    view! {
        <h2 id="headers">"Headers and limits"</h2>
        {pairs("Headers and limits", ["What", "Meaning"], HEADERS)}
    }
}

#[component]
fn Health() -> impl IntoView {
    view! {
        <h2 id="health">"Health and metrics"</h2>
        <p>
            <code>"/healthz"</code> " answers 200 while the process lives, " <code>"/readyz"</code>
            " answers 200 while its databases answer and 503 otherwise. Metrics for Prometheus are served on an address of their own, "
            <code>"SPECTR_METRICS_ADDR"</code> "."
        </p>
    }
}

#[component]
fn Problems() -> impl IntoView {
    let rows = Code::ALL
        .iter()
        .map(|code| {
            view! {
                <tr id=format!("problem-{}", code.code())>
                    <th scope="row"><code>{code.code()}</code></th>
                    <td class="num">{code.status()}</td>
                    <td>{code.title()}</td>
                    <td>{code.help()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2 id="problems">"Problems"</h2>
        <p>
            "Every failure is one of these. Machines get it as " <code>"application/problem+json"</code>
            " (RFC 9457) with " <code>"type"</code>", " <code>"title"</code>", " <code>"status"</code>", " <code>"code"</code>", "
            <code>"detail"</code>", " <code>"help"</code>", " <code>"field"</code> " and " <code>"request_id"</code>
            "; browsers get a page. Causes inside the server are never shown."
        </p>
        <TableScroll label="Problems">
            <table class="table table-doc">
                <thead><tr><th>"Code"</th><th class="num">"Status"</th><th>"What happened"</th><th>"What to do"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableScroll>
    }
}
