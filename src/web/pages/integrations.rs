//! `/settings/integrations`: services that a person connects with a key of their own. Today LangSmith.
//!
//! Three things have to come together before anything is sent: key, consent, switch. The page shows
//! each as it stands. A key that was typed is never written back into a page.

use crate::domain::accounts::ConsentKind;
use crate::domain::fields::FieldErrors;
use crate::domain::integrations::langsmith::DEFAULT_PROJECT;
use crate::domain::problem::Problem;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::grouped;
use crate::domain::vault::LABEL_MAX_CHARS;
use crate::features::App;
use crate::features::integrations::{self, Error, View, Who, field};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{
    AppShell, Badge, CheckField, Field, Icon, Name, Notice, Panel, ProblemNotice, RestrictedNotice, Tone, Width,
};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::{page_query, person};
use crate::web::{render, respond};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;
use secrecy::SecretString;

const PATH: &str = "/settings/integrations";
const KEY: &str = "key";
const SWITCH: &str = "switch";
/// Under this name stands what is wrong with the key or with LangSmith when it is switched on.
const TEST: &str = "test";

pub fn doors() -> Router<App> {
    Router::new()
        .route("/settings/integrations/langsmith", post(post_key))
        .route("/settings/integrations/langsmith/on", post(post_on))
        .route("/settings/integrations/langsmith/off", post(post_off))
        .route("/settings/integrations/langsmith/withdraw", post(post_withdraw))
        .route("/settings/integrations/langsmith/remove", post(post_remove))
}

async fn post_key(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let key = SecretString::from(form.fields.get(field::KEY));
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match integrations::save(&app, who, &key, form.fields.get(field::PROJECT)).await {
        Ok(()) => done("saved"),
        Err(error) => refuse(&app, &form, (KEY, &[field::PROJECT]), error).await,
    }
}

async fn post_on(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    match integrations::switch_on(&app, who, form.fields.is_on(field::CONSENT)).await {
        Ok(()) => done("on"),
        Err(error) => refuse(&app, &form, (SWITCH, &[field::CONSENT]), error).await,
    }
}

async fn post_off(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    answer("off", integrations::switch_off(&app, who).await)
}

async fn post_withdraw(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    answer("withdrawn", integrations::withdraw(&app, who).await)
}

async fn post_remove(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let caller = caller(&app, &form.parts);
    let who = Who {
        user: user.id,
        caller: &caller,
    };
    answer("removed", integrations::remove(&app, who).await)
}

fn answer(what: &str, result: Result<(), Error>) -> Response {
    match result {
        Ok(()) => done(what),
        Err(error) => respond::problem(&error.into(), None),
    }
}

fn done(what: &str) -> Response {
    see_other(&format!("{PATH}?done={what}"))
}

/// Shows the page again with the error at its field; what has no field is an answer of its own.
async fn refuse(app: &App, form: &Form, (name, keep): (&'static str, &[&'static str]), error: Error) -> Response {
    let is_test = matches!(error, Error::Refused(_));
    let problem = Problem::from(error);
    let known = [field::KEY, field::PROJECT, field::CONSENT];
    let at = if is_test {
        Some(TEST)
    } else {
        known.into_iter().find(|known| problem.field.as_deref() == Some(known))
    };
    let (Some(at), Some(text)) = (at, &problem.detail) else {
        return respond::problem(&problem, None);
    };
    let state = FormState::new(name, &form.fields, keep, FieldErrors::of(at, text));
    let mut parts = form.parts.clone();
    parts.uri = Uri::from_static(PATH);
    render::page(app, &parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
}

#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let (key, switch) = (FormState::of(KEY), FormState::of(SWITCH));
    let body = Suspend::new(async move {
        let user = user?;
        let host = app.config.langsmith_base.host_str().unwrap_or_default().to_owned();
        Some(match integrations::find(&app, user.id).await {
            Ok(found) => {
                let now = app.clock.now();
                let rest = found.clone().map(|view| view! { <SwitchPanel view switch host now /> });
                view! {
                    <Outcome />
                    <KeyPanel found state=key />
                    {rest}
                }
                .into_any()
            }
            Err(error) => view! { <ProblemNotice problem=Problem::from(error) /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Integrations" crumbs=vec![("Settings", "/settings")] width=Width::Narrow>
            <div class="stack">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

/// What the form before this page did.
#[component]
fn Outcome() -> impl IntoView {
    let title = match page_query("done").as_deref() {
        Some("saved") => "Saved. Nothing is sent before you switch it on",
        Some("on") => "LangSmith takes your key: traces go out from the next call on",
        Some("off") => "Switched off: nothing is sent any more",
        Some("withdrawn") => "Your consent is withdrawn: nothing is sent any more",
        Some("removed") => "The key is deleted and your consent withdrawn",
        _ => return ().into_any(),
    };
    view! { <Notice tone=Tone::Good title=title>""</Notice> }.into_any()
}

#[component]
fn KeyPanel(found: Option<View>, state: FormState) -> impl IntoView {
    let is_new = found.is_none();
    let (stored, about) = match &found {
        None => (
            String::new(),
            view! {
                <p>"See your calls as traces in LangSmith, with your own account there: provider, model, times, tokens, cost, outcome. Prompts and answers are never sent."</p>
            }
            .into_any(),
        ),
        Some(view) => (
            view.project.clone(),
            view! {
                <dl class="facts">
                    <dt>"Key"</dt>
                    <dd><code>{view.hint.clone()}</code></dd>
                    <dt>{if view.rotated_at.is_some() { "Replaced" } else { "Added" }}</dt>
                    <dd>{view.rotated_at.unwrap_or(view.created_at).human()}</dd>
                </dl>
            }
            .into_any(),
        ),
    };
    let (label, hint) = if is_new {
        (
            "LangSmith key",
            "From LangSmith's settings, API keys. Saving it asks nobody.",
        )
    } else {
        (
            "New key",
            "Leave it empty to change the project only. Another key switches tracing off until you test it.",
        )
    };
    let max = u32::try_from(LABEL_MAX_CHARS).unwrap_or(u32::MAX);
    view! {
        <Panel title="LangSmith" id="langsmith">
            <div class="stack">
                {about}
                <form class="form" method="post" action="/settings/integrations/langsmith">
                    <Field name=field::KEY label=label kind="password" autocomplete="off" code=true conditional=!is_new
                        error=state.error(field::KEY) hint=hint />
                    <Field name=field::PROJECT label="Project" required=false maxlength=max autocomplete="off"
                        value=state.value_or(field::PROJECT, &stored) error=state.error(field::PROJECT)
                        placeholder=DEFAULT_PROJECT hint="Where the traces go in LangSmith." />
                    <div class="form-actions">
                        <button class=if is_new { "button primary" } else { "button" } type="submit">
                            {if is_new { "Seal key" } else { "Save" }}
                        </button>
                        <p class="hint key-seal">
                            <Icon name=Name::Lock small=true />
                            <span>"Sealed with AES-256-GCM under a data key of your own, opened to send, wiped after it."</span>
                        </p>
                    </div>
                </form>
            </div>
        </Panel>
    }
}

#[component]
fn SwitchPanel(view: View, switch: FormState, host: String, now: Timestamp) -> impl IntoView {
    let (tone, word) = if view.is_active() {
        (Tone::Good, "On")
    } else {
        (Tone::Plain, "Off")
    };
    let badge = view! { <Badge tone text=word /> }.into_any();
    let controls = if view.is_active() || (view.is_restricted && view.is_on) {
        view! { <OnControls /> }.into_any()
    } else if view.is_restricted {
        ().into_any()
    } else {
        view! { <OffControls has_consent=view.has_consent switch host /> }.into_any()
    };
    let why = if view.is_restricted {
        view! { <RestrictedNotice effect="Nothing is sent" /> }.into_any()
    } else if view.is_on && !view.has_consent {
        view! {
            <Notice tone=Tone::Note title="Nothing is sent: your consent is withdrawn">
                <p>"Give it again below to go on."</p>
            </Notice>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let fault = view.problem.map(|code| {
        view! {
            <Notice tone=Tone::Warn title="LangSmith did not take the last traces">
                <p>{code.title()}"."</p>
            </Notice>
        }
    });
    let last = view.last_sent_at.map_or_else(
        || view! { <span class="faint">"never"</span> }.into_any(),
        |at| view! { <time datetime=at.rfc3339() title=at.human()>{at.ago(now)}</time> }.into_any(),
    );
    view! {
        <Panel title="Send traces" id="switch" action=badge>
            <div class="stack">
                {why}
                {fault}
                <dl class="facts">
                    <dt>"Sent"</dt>
                    <dd>{grouped(view.sent)}</dd>
                    <dt>"Dropped"</dt>
                    <dd>{grouped(view.dropped)}</dd>
                    <dt>"Last sent"</dt>
                    <dd>{last}</dd>
                </dl>
                <p class="hint">"Traces are sent in the background and never delay an answer: what LangSmith does not take after three attempts is dropped and counted here."</p>
                {controls}
                <form method="post" action="/settings/integrations/langsmith/remove">
                    <button class="button danger-quiet" type="submit"
                        data-confirm="Delete the LangSmith key and withdraw the consent?">"Delete key"</button>
                </form>
            </div>
        </Panel>
    }
}

#[component]
fn OnControls() -> impl IntoView {
    view! {
        <div class="row">
            <form method="post" action="/settings/integrations/langsmith/off">
                <button class="button" type="submit">"Switch off"</button>
            </form>
            <form method="post" action="/settings/integrations/langsmith/withdraw">
                <button class="button" type="submit">"Withdraw consent"</button>
            </form>
        </div>
    }
}

#[component]
fn OffControls(has_consent: bool, switch: FormState, host: String) -> impl IntoView {
    let consent = (!has_consent).then(|| {
        view! {
            <CheckField name=field::CONSENT checked=switch.is_on(field::CONSENT) error=switch.error(field::CONSENT)>
                {ConsentKind::LangSmithTracing.text()}
            </CheckField>
        }
    });
    let failed = switch.error(TEST).map(|text| {
        view! { <Notice tone=Tone::Bad title="It stays off"><p>{text}</p></Notice> }
    });
    view! {
        <form class="form" method="post" action="/settings/integrations/langsmith/on">
            {failed}
            {consent}
            <div class="form-actions">
                <button class="button primary" type="submit">"Test key and switch on"</button>
                <p class="hint">{format!("Asks {host} whether it takes the key.")}</p>
            </div>
        </form>
    }
}
