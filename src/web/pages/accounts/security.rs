//! `/settings/security`: password, second factor, signed-in devices, what happened.

use super::{failed, page_query, person, refuse, secret};
use crate::domain::accounts::password::{MAX_CHARS, MIN_CHARS};
use crate::domain::ids::SessionId;
use crate::domain::privacy::constants::{IP_RETENTION_DAYS, SECURITY_EVENT_RETENTION_DAYS, SESSION_IDLE_DAYS};
use crate::features::App;
use crate::features::accounts::profile::{self as service, PasswordChange};
use crate::features::accounts::security_log::{EventView, LogView};
use crate::features::accounts::sessions::Device;
use crate::features::accounts::signin::revoke;
use crate::web::auth::{SignedIn, see_other, set_cookie};
use crate::web::client::caller;
use crate::web::components::{AppShell, Badge, Field, Notice, Panel, ProblemNotice, TableScroll, Tone, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route("/settings/security/password", post(post_password))
        .route("/settings/security/revoke", post(post_revoke))
}

pub(super) const PATH: &str = "/settings/security";
const PASSWORD: &str = "password";

async fn post_password(State(app): State<App>, SignedIn(user): SignedIn, mut form: Form) -> Response {
    form.parts.uri = axum::http::Uri::from_static(PATH);
    let (current, new) = (secret(&form.fields, "password"), secret(&form.fields, "new_password"));
    let caller = caller(&app, &form.parts);
    match service::change_password(&app, &caller, &user, &current, &new).await {
        Ok(PasswordChange::Done(secret)) => {
            let mut response = see_other("/settings/security?notice=password");
            set_cookie(&app, &mut response, &secret);
            response
        }
        Ok(PasswordChange::CurrentIsWrong) => {
            refuse(&app, &form, PASSWORD, &[], ("password", "This is not your password.")).await
        }
        Ok(PasswordChange::Password(error)) => {
            refuse(&app, &form, PASSWORD, &[], ("new_password", &error.to_string())).await
        }
        Ok(PasswordChange::SignedOut) => see_other("/login"),
        Err(error) => failed(error),
    }
}

/// `session=ID` signs out one device, `session=others` all but this one.
async fn post_revoke(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let which = match form.fields.get("session") {
        "others" => None,
        id => match id.parse::<SessionId>() {
            Ok(id) => Some(id),
            Err(_) => return see_other("/settings/security?notice=gone"),
        },
    };
    match revoke(&app, &caller(&app, &form.parts), &user, which).await {
        Ok(0) => see_other("/settings/security?notice=gone"),
        Ok(_) => see_other("/settings/security?notice=revoked"),
        Err(error) => failed(error),
    }
}

#[component]
pub fn SecurityPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let state = FormState::of(PASSWORD);
    let body = Suspend::new(async move {
        let user = user?;
        Some(match service::security(&app, user.id).await {
            Ok(page) => view! {
                <PasswordPanel state />
                <FactorPanel is_on=page.has_second_factor codes_left=page.recovery_codes_left />
                <DevicesPanel devices=page.devices here=user.session />
                <LogPanel log=page.log />
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Security" crumbs=vec![("Settings", "/settings")] width=Width::Narrow>
            <div class="stack">
                <SecurityNotice />
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

#[component]
fn PasswordPanel(state: FormState) -> impl IntoView {
    let hint = format!("At least {MIN_CHARS} characters. A few unrelated words do well.");
    view! {
        <Panel title="Password">
            <form class="form form-narrow" method="post" action="/settings/security/password">
                <Field name="password" label="Current password" kind="password" autocomplete="current-password" error=state.error("password") />
                <Field name="new_password" label="New password" kind="password" autocomplete="new-password" hint=hint
                    error=state.error("new_password") maxlength=u32::try_from(MAX_CHARS).unwrap_or(u32::MAX) />
                <div class="form-actions">
                    <button class="button" type="submit">"Change password"</button>
                    <span class="hint">"Signs out every other device."</span>
                </div>
            </form>
        </Panel>
    }
}

#[component]
fn FactorPanel(is_on: bool, codes_left: usize) -> impl IntoView {
    let body = if is_on {
        view! {
            <p>{format!("Signing in asks for a code of your authenticator app. Recovery codes left: {codes_left}.")}</p>
            <div class="row">
                <form method="post" action="/settings/security/factor/codes">
                    <button class="button" type="submit">"Make new recovery codes"</button>
                </form>
                <form method="post" action="/settings/security/factor/off">
                    <button class="button danger-quiet" type="submit">"Switch off"</button>
                </form>
            </div>
        }
        .into_any()
    } else {
        view! {
            <p>"With a second factor, a stolen password is not enough: signing in also asks for a code of an app on your phone."</p>
            <p><a class="button" href="/settings/security/factor">"Set up"</a></p>
        }
        .into_any()
    };
    let badge = if is_on {
        view! { <Badge tone=Tone::Good text="On" /> }
    } else {
        view! { <Badge tone=Tone::Plain text="Off" /> }
    };
    view! { <Panel title="Second factor" action=badge.into_any()><div class="stack stack-tight">{body}</div></Panel> }
}

#[component]
fn DevicesPanel(devices: Vec<Device>, here: SessionId) -> impl IntoView {
    let has_others = devices.len() > 1;
    let rows = devices
        .into_iter()
        .map(|device| view! { <DeviceRow is_here=device.id == here device /> })
        .collect_view();
    let others = has_others.then(|| {
        view! {
            <form method="post" action="/settings/security/revoke">
                <input type="hidden" name="session" value="others" />
                <button class="button small danger-quiet" type="submit">"Sign out all others"</button>
            </form>
        }
        .into_any()
    });
    let footer = format!("A device that does nothing for {SESSION_IDLE_DAYS} days is signed out by itself.");
    view! {
        <Panel title="Signed-in devices" flush=true action=others.into_any()>
            <TableScroll label="Signed-in devices">
                <table class="table table-cards">
                    <thead><tr><th scope="col">"Device"</th><th scope="col">"Signed in"</th><th scope="col">"Last seen"</th><th scope="col"><span class="visually-hidden">"Action"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableScroll>
            <p class="panel-foot">{footer}</p>
        </Panel>
    }
}

#[component]
fn DeviceRow(device: Device, is_here: bool) -> impl IntoView {
    let action = if is_here {
        view! { <Badge tone=Tone::Good text="This device" /> }.into_any()
    } else {
        let name = format!("Sign out {}", device.label);
        view! {
            <form method="post" action="/settings/security/revoke">
                <input type="hidden" name="session" value=device.id.to_string() />
                <button class="button small" type="submit" aria-label=name>"Sign out"</button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <td data-label="Device">{device.label}</td>
            <td data-label="Signed in" class="nowrap"><time datetime=device.created_at.rfc3339()>{device.created_at.human()}</time></td>
            <td data-label="Last seen" class="nowrap"><time datetime=device.last_seen_at.rfc3339()>{device.last_seen_at.human()}</time></td>
            <td class="actions">{action}</td>
        </tr>
    }
}

#[component]
fn LogPanel(log: LogView) -> impl IntoView {
    let rows = log
        .events
        .into_iter()
        .map(|event| view! { <EventRow event /> })
        .collect_view();
    let badge = if log.is_whole {
        view! { <Badge tone=Tone::Good text="Chain unbroken" /> }
    } else {
        view! { <Badge tone=Tone::Bad text="Chain broken" /> }
    };
    let footer = format!(
        "Events are kept for {SECURITY_EVENT_RETENTION_DAYS} days, network addresses for {IP_RETENTION_DAYS}. \
         Each entry holds the hash of the one before it, so that a missing or changed one shows."
    );
    view! {
        <Panel title="What happened" flush=true action=badge.into_any()>
            <TableScroll label="Security events">
                <table class="table table-cards">
                    <thead><tr><th scope="col">"When"</th><th scope="col">"What"</th><th scope="col">"Device"</th><th scope="col">"Network address"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableScroll>
            <p class="panel-foot">{footer}" "<a href="/settings/privacy/security-log">"The whole log"</a></p>
        </Panel>
    }
}

#[component]
fn EventRow(event: EventView) -> impl IntoView {
    let note = (!event.note.is_empty()).then(|| view! { <span class="muted">{format!(" · {}", event.note)}</span> });
    let device = if event.device.is_empty() {
        "—".to_owned()
    } else {
        event.device
    };
    let ip = event.ip.map_or_else(|| "—".to_owned(), |ip| ip.to_string());
    view! {
        <tr>
            <td data-label="When" class="nowrap"><time datetime=event.at.rfc3339()>{event.at.human()}</time></td>
            <td data-label="What">{event.kind.label()}{note}</td>
            <td data-label="Device">{device}</td>
            <td data-label="Network address"><span class="mono">{ip}</span></td>
        </tr>
    }
}

#[component]
fn SecurityNotice() -> impl IntoView {
    let (tone, title, text) = match page_query("notice").as_deref() {
        Some("password") => (
            Tone::Good,
            "The password is changed",
            "Every other device is signed out.",
        ),
        Some("revoked") => (Tone::Good, "Signed out", "What was open there is refused from now on."),
        Some("gone") => (Tone::Note, "Nothing to sign out", "That device was signed out already."),
        Some("factor-off") => (
            Tone::Good,
            "The second factor is off",
            "Your password alone signs in again.",
        ),
        _ => return ().into_any(),
    };
    view! { <Notice tone=tone title=title><p>{text}</p></Notice> }.into_any()
}
