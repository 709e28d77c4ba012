//! `/`: what Spectr is, for people who have not signed in. No wasm, no image above the fold but the words.

use super::legal::cookies::request_cookies;
use crate::domain::privacy::constants::{BCRYPT_COST, USAGE_RETENTION_DAYS};
use crate::web::assets;
use crate::web::components::{Icon, Name, PublicShell};
use leptos::prelude::*;

#[component]
pub fn Landing() -> impl IntoView {
    view! {
        <PublicShell
            title="AI testing cloud"
            description="Generate, validate and gate production-ready tests with your own LLM keys. Private by construction."
        >
            <section class="hero">
                <p class="beta"><span class="badge dot tone-note">"Now in public beta"</span></p>
                <h1>"Generate, validate and gate production-ready tests — without writing a single line"</h1>
                <p class="lead">
                    "A workplace for testers that runs on your own keys for five providers of language models. Answers stream token by token, every call shows what it cost, and nothing you write is kept on the server."
                </p>
                <div class="row">
                    <a class="button primary large" href="/signup">"Create account"</a>
                    <a class="button large" href="/contact?kind=demo">"Book a demo"</a>
                </div>
            </section>
            {view! { <Screenshot /> }.into_any()}
            {view! { <Commands /> }.into_any()}
            {view! { <Areas /> }.into_any()}
            {view! { <PrivacyCheck /> }.into_any()}
        </PublicShell>
    }
}

/// JARVIS as it is, answering; taken from the running product, in both colours. The style sheet shows
/// the one that fits the page, by the system or by the button; the other is not loaded.
#[component]
fn Screenshot() -> impl IntoView {
    let shot = |class: &'static str, file: &str| {
        view! {
            <img
                class=class
                src=assets::url(file)
                width="1040"
                height="600"
                loading="lazy"
                alt="JARVIS in Spectr: a question, the streamed answer, and beneath it the time to the first token, the tokens and the cost."
            />
        }
    };
    view! {
        <figure class="shot">
            {shot("on-light", "img/jarvis-light.webp")}
            {shot("on-dark", "img/jarvis-dark.webp")}
        </figure>
    }
}

#[component]
fn Commands() -> impl IntoView {
    let command = |text: &'static str, does: &'static str| {
        view! {
            <div class="stack stack-tight">
                <div class="copyable">
                    <code>{text}</code>
                    <button class="button quiet small needs-scripts" type="button" data-copy=text>
                        <Icon name=Name::Copy small=true />
                        <span data-copy-label>"Copy"</span>
                    </button>
                </div>
                <p class="muted small">{does}</p>
            </div>
        }
    };
    view! {
        <section class="band" aria-labelledby="run-it">
            <h2 id="run-it">"Run it yourself with two commands"</h2>
            <div class="columns">
                {command("cargo xtask run", "Sets up what is missing, builds, and serves on your machine with its own database and keys.")}
                {command("cargo xtask test", "Proves it: every test, on two databases and in a browser, and the lints.")}
            </div>
        </section>
    }
}

const AREAS: &[(Name, &str, &str, &str)] = &[
    (
        Name::Chat,
        "JARVIS AI",
        "The testing assistant. Write test cases, review a test, explain a failure, plan a regression; compare models side by side. Stop really stops the call.",
        "/assistant",
    ),
    (
        Name::Key,
        "Sealed keys",
        "Anthropic, OpenAI, Google, Mistral, Groq, or any server of your own. Tested before they are saved, sealed with AES-256-GCM, opened for one call.",
        "/settings/keys",
    ),
    (
        Name::Chart,
        "Usage and cost",
        "Tokens, time to first token, cost with the price's source and date. By provider, model, feature and key. Download all of it.",
        "/dashboard",
    ),
    (
        Name::Wallet,
        "Budgets that hold",
        "Per day and per month, reserved before a call and settled after it: two hundred calls at once do not overspend.",
        "/settings/budgets",
    ),
];

#[component]
fn Areas() -> impl IntoView {
    let areas = AREAS
        .iter()
        .map(|(icon, name, words, href)| {
            view! {
                <li>
                    <Icon name=*icon />
                    <h3><a href=*href>{*name}</a></h3>
                    <p>{*words}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="band" aria-labelledby="areas">
            <h2 id="areas">"What is here today"</h2>
            <ul class="tour" role="list">{areas}</ul>
        </section>
    }
}

/// Facts about this very request first, then promises that can be looked up.
#[component]
fn PrivacyCheck() -> impl IntoView {
    let cookies = request_cookies().len();
    view! {
        <section class="band" aria-labelledby="privacy">
            <h2 id="privacy">"Privacy you can check"</h2>
            <p class="muted">"Not a promise but a look at this page, as it was just answered to you."</p>
            <dl class="figures">
                <div class="figure">
                    <dt>"Cookies your browser sent"</dt>
                    <dd>{cookies}</dd>
                </div>
                <div class="figure">
                    <dt>"Scripts allowed from other hosts"</dt>
                    <dd>"0"</dd>
                    <dd class="trend">"by Content-Security-Policy; try " <code>"curl -I"</code></dd>
                </div>
                <div class="figure">
                    <dt>"Prompts kept on the server"</dt>
                    <dd>"0"</dd>
                    <dd class="trend">"they pass through; " {USAGE_RETENTION_DAYS} " days of numbers remain"</dd>
                </div>
                <div class="figure">
                    <dt>"Cost factor of password hashes"</dt>
                    <dd>{BCRYPT_COST}</dd>
                    <dd class="trend">"bcrypt, on threads of their own"</dd>
                </div>
            </dl>
            <p>
                <a href="/privacy">"The whole policy"</a>" · "<a href="/privacy/subprocessors">"Who receives what"</a>" · "
                <a href="/security">"How it is built"</a>
            </p>
        </section>
    }
}
