//! `/settings/privacy/cookies`: the one cookie, explained with what this very request brought along. Never
//! shows a cookie's value.

use crate::domain::privacy::constants::SESSION_IDLE_DAYS;
use crate::domain::timestamp::DAY_MS;
use crate::features::App;
use crate::features::accounts::profile;
use crate::features::accounts::sessions::Device;
use crate::web::auth::cookie_name;
use crate::web::components::{AppShell, Badge, Notice, Panel, ProblemNotice, Tone, Width};
use crate::web::page::person;
use crate::web::pages::legal::cookies::request_cookies;
use leptos::prelude::*;

#[component]
pub fn CookiesPage() -> impl IntoView {
    let app = expect_context::<App>();
    let (user, sent) = (person(), request_cookies());
    let body = Suspend::new(async move {
        let user = user?;
        let name = cookie_name(&app);
        Some(match profile::security(&app, user.id).await {
            Ok(page) => {
                let here = page.devices.into_iter().find(|device| device.id == user.session);
                view! {
                    <OwnCookie name here is_https=app.config.is_https() />
                    <Others names=sent.into_iter().filter(|sent| sent != name).collect() />
                }
                .into_any()
            }
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Cookies" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")] width=Width::Narrow>
            <div class="stack">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

/// The cookie that keeps this browser signed in: it came with this request, or the page would not show.
#[component]
fn OwnCookie(name: &'static str, here: Option<Device>, is_https: bool) -> impl IntoView {
    let secure = if is_https { ", Secure" } else { "" };
    let times = here.map(|device| {
        let ends = device.last_seen_at.plus(SESSION_IDLE_DAYS * DAY_MS);
        view! {
            <dt>"Set"</dt>
            <dd><time datetime=device.created_at.rfc3339()>{device.created_at.human()}</time>", when you signed in with "{device.label}</dd>
            <dt>"Ends"</dt>
            <dd>
                <time datetime=ends.rfc3339()>{ends.human()}</time>
                {format!(", if you do nothing until then: each use moves this to {SESSION_IDLE_DAYS} days later")}
            </dd>
        }
    });
    let badge = view! { <Badge tone=Tone::Good text="Sent by this browser just now" /> };
    view! {
        <Panel title="The one cookie" action=badge.into_any()>
            <div class="stack">
                <dl class="facts">
                    <dt>"Name"</dt>
                    <dd><code>{name}</code></dd>
                    <dt>"What for"</dt>
                    <dd>"Keeps you signed in. Without it signing in is not possible."</dd>
                    <dt>"Holds"</dt>
                    <dd>"A random number of 256 bits and our signature of it; nothing about you. The server keeps only its SHA-256."</dd>
                    <dt>"Flags"</dt>
                    <dd>{format!("HttpOnly, SameSite=Lax, Path=/{secure}")}</dd>
                    <dt>"Readable by"</dt>
                    <dd>"This server only; not by scripts, not by other sites."</dd>
                    {times}
                </dl>
                <form method="post" action="/logout">
                    <button class="button" type="submit">"Sign out and delete it"</button>
                </form>
            </div>
        </Panel>
    }
}

#[component]
fn Others(names: Vec<String>) -> impl IntoView {
    if names.is_empty() {
        return view! {
            <Notice tone=Tone::Good title="No other cookie came with this page">
                <p>"No analytics, no advertising, nothing from other hosts. "<a href="/privacy/cookies">"What else your browser keeps"</a></p>
            </Notice>
        }
        .into_any();
    }
    let list = names.join(", ");
    view! {
        <Notice tone=Tone::Note title="Other cookies came with this page">
            <p>"Spectr did not set them; something else on this host name did: "<span class="mono">{list}</span></p>
        </Notice>
    }
    .into_any()
}
