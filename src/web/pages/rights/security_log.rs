//! `/settings/privacy/security-log`: what happened to the account, with the chain checked at this very
//! moment, and the button "this was not me".

use crate::domain::privacy::constants::{IP_RETENTION_DAYS, SECURITY_EVENT_RETENTION_DAYS};
use crate::domain::problem::Code;
use crate::features::accounts::alarm;
use crate::features::accounts::security_log::{self, Chain, Change, EventView, LogPage};
use crate::features::{App, engine};
use crate::web::auth::{SignedIn, remove_cookie, see_other};
use crate::web::client::caller;
use crate::web::components::{AppShell, Badge, EmptyState, Name, Notice, Panel, ProblemNotice, TableScroll, Tone};
use crate::web::form::Form;
use crate::web::page::{page_query, person};
use crate::web::respond;
use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;

pub(super) const PATH: &str = "/settings/privacy/security-log";

/// "This was not me" of somebody who is signed in.
pub(super) async fn post_not_me(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    match alarm::report(&app, &caller(&app, &form.parts), &user).await {
        Ok(()) => {
            engine::stop_all_of(&app, user.id, Code::SignedOut);
            let mut response = see_other("/not-me?notice=mailed");
            remove_cookie(&app, &mut response);
            response
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

#[component]
pub fn SecurityLogPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let before = page_query("before").and_then(|text| text.parse::<i64>().ok());
    let body = Suspend::new(async move {
        let user = user?;
        Some(match security_log::page(&app, user.id, before).await {
            Ok(log) => view! {
                <ChainNotice chain=log.chain />
                <Events log is_first=before.is_none() />
                <NotMePanel />
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Security log" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")]>
            <div class="stack">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

/// What the check of this moment found, in words.
fn verdict(chain: Chain) -> String {
    match (chain.broken_at, chain.events) {
        (None, 0) => "Chain intact: there are no events yet".to_owned(),
        (None, 1) => "Chain of 1 event intact".to_owned(),
        (None, count) => format!("Chain of {count} events intact"),
        (Some(at), _) => format!("Chain broken at event {at}"),
    }
}

#[component]
fn ChainNotice(chain: Chain) -> impl IntoView {
    let (tone, text) = if chain.is_whole() {
        (
            Tone::Good,
            "Checked just now, from the oldest event to the newest: each holds the hash of the one before it, so none was \
             changed, added or taken out.",
        )
    } else {
        (
            Tone::Bad,
            "An event was changed or taken out by something other than Spectr. Do not rely on what is listed below, and \
             write to us under Contact.",
        )
    };
    view! { <Notice tone=tone title=verdict(chain)><p>{text}</p></Notice> }
}

#[component]
fn Events(log: LogPage, is_first: bool) -> impl IntoView {
    let foot = format!(
        "Events are kept for {SECURITY_EVENT_RETENTION_DAYS} days, network addresses for {IP_RETENTION_DAYS}. Times are UTC."
    );
    if log.events.is_empty() {
        return view! {
            <Panel flush=true>
                <EmptyState icon=Name::Shield title="Nothing here">
                    <p>{foot}</p>
                </EmptyState>
            </Panel>
        }
        .into_any();
    }
    let rows = log
        .events
        .into_iter()
        .map(|event| view! { <EventRow event /> })
        .collect_view();
    let newest = (!is_first).then(|| view! { <a class="button small" href=PATH>"Newest"</a> });
    let older = log
        .older
        .map(|seq| view! { <a class="button small" rel="next" href=format!("{PATH}?before={seq}")>"Older"</a> });
    view! {
        <Panel title="What happened" flush=true>
            <TableScroll label="Security events">
                <table class="table table-cards">
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"What"</th>
                            <th scope="col">"Device"</th>
                            <th scope="col">"Network address"</th>
                            <th scope="col" class="num">"No."</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableScroll>
            <div class="panel-foot row row-apart">
                <p>{foot}</p>
                <div class="row">{newest}{older}</div>
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn EventRow(event: EventView) -> impl IntoView {
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    let note = (!event.note.is_empty()).then(|| view! { <p class="hint">{event.note}</p> });
    let changes = event
        .changes
        .into_iter()
        .map(|change| view! { <ChangeLine change /> })
        .collect_view();
    let unreadable = (!event.is_readable).then(|| view! { <p><Badge tone=Tone::Bad text="Details do not open" /></p> });
    let ip = event.ip.map(|ip| ip.to_string()).unwrap_or_default();
    view! {
        <tr>
            <td data-label="When" class="nowrap"><time datetime=event.at.rfc3339()>{event.at.human()}</time></td>
            <td data-label="What">{event.kind.label()}{note}{changes}{unreadable}</td>
            <td data-label="Device">{or_dash(event.device)}</td>
            <td data-label="Network address"><span class="mono">{or_dash(ip)}</span></td>
            <td data-label="No." class="num muted">{event.seq}</td>
        </tr>
    }
}

#[component]
fn ChangeLine(change: Change) -> impl IntoView {
    let shown = |text: String| {
        if text.is_empty() {
            view! { <span class="muted">"(empty)"</span> }.into_any()
        } else {
            view! { <bdi>{text}</bdi> }.into_any()
        }
    };
    view! {
        <p class="hint">{change.field}": "{shown(change.before)}" → "{shown(change.after)}</p>
    }
}

#[component]
fn NotMePanel() -> impl IntoView {
    view! {
        <Panel title="This was not me" id="not-me">
            <div class="stack stack-tight">
                <p>
                    "If something above was not you: this signs out every device, this one too, and holds deletion, downloads and changes of keys until you have set a new password by a link that we mail you."
                </p>
                <form method="post" action="/settings/privacy/security-log/not-me">
                    <button class="button danger" type="submit">"This was not me"</button>
                </form>
            </div>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_counts_what_was_checked_and_names_where_it_broke() {
        let chain = |events, broken_at| Chain { events, broken_at };
        assert_eq!(verdict(chain(37, None)), "Chain of 37 events intact");
        assert_eq!(verdict(chain(1, None)), "Chain of 1 event intact");
        assert_eq!(verdict(chain(3, Some(4))), "Chain broken at event 4");
    }
}
