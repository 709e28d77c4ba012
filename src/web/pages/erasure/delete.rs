//! `/settings/privacy/delete`: what goes when, the form that asks for it, and calling it off.

use super::{CountsTable, Facts};
use crate::domain::fields::FieldErrors;
use crate::domain::privacy::constants::{BACKUP_RETENTION_DAYS, ERASURE_GRACE_DAYS};
use crate::domain::privacy::erasure::{CONFIRMATION, Counts, Receipt, State, When, backups_gone_by};
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::accounts::profile::{StepUp, has_second_factor, step_up};
use crate::features::accounts::{CurrentUser, sessions::Secret};
use crate::features::privacy::erasure::{self, Cancelled};
use crate::web::auth::{remove_cookie, see_other, set_cookie, to_sign_in, user_of};
use crate::web::client::caller;
use crate::web::components::{AppShell, Field, Notice, Panel, ProblemNotice, Tone, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use crate::web::page::{page_query, person};
use crate::web::{render, respond};
use axum::Router;
use axum::extract::State as Extract;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;
use secrecy::SecretString;
use uuid::Uuid;

pub const PATH: &str = "/settings/privacy/delete";
const FORM: &str = "delete";
const KEEP: [&str; 2] = ["when", "confirm"];

pub(super) fn doors() -> Router<App> {
    Router::new().route(PATH, post(post_delete))
}

/// `cancel` calls an open deletion off; everything else asks for one. Also reached signed out: a form
/// that names its receipt is told how it stands, even after the account is gone.
async fn post_delete(Extract(app): Extract<App>, form: Form) -> Response {
    let Some(user) = user_of(&form.parts) else {
        return signed_out(&app, &form).await;
    };
    if form.fields.get("cancel").is_empty() {
        ask(&app, &user, &form).await
    } else {
        cancel(&app, &user, &form).await
    }
}

async fn signed_out(app: &App, form: &Form) -> Response {
    let named = form.fields.get("receipt").parse::<Uuid>().ok();
    let found = match named {
        Some(receipt) => erasure::find(app, receipt).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(receipt)) if matches!(receipt.state, State::Erasing | State::Erased) => over(),
        Ok(_) => to_sign_in(&form.parts),
        Err(error) => respond::problem(&error.into(), None),
    }
}

async fn cancel(app: &App, user: &CurrentUser, form: &Form) -> Response {
    match erasure::cancel(app, &caller(app, &form.parts), user.id).await {
        Ok(Cancelled::Done) => see_other("/settings/privacy/delete?notice=cancelled"),
        Ok(Cancelled::TooLate) => over(),
        Ok(Cancelled::NotOpen) => {
            let problem = Problem::new(Code::Conflict).detail("No deletion of this account is open.");
            respond::problem(&problem, None)
        }
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// The deadline has passed.
pub(super) fn over() -> Response {
    let problem = Problem::new(Code::Gone).detail("The time in which the deletion could be called off has ended.");
    respond::problem(&problem, None)
}

/// What was sent, as far as it is good.
fn parse(form: &Form) -> Result<When, FieldErrors> {
    let mut errors = FieldErrors::default();
    let when = errors.take(
        "when",
        When::parse(form.fields.get("when")).ok_or("Choose one of the two."),
    );
    if form.fields.get("confirm").trim() != CONFIRMATION {
        errors.add("confirm", format!("Type {CONFIRMATION} in capital letters."));
    }
    if form.fields.get("password").is_empty() {
        errors.add("password", "Enter your password.");
    }
    when.filter(|_| errors.is_empty()).ok_or(errors)
}

async fn ask(app: &App, user: &CurrentUser, form: &Form) -> Response {
    let when = match parse(form) {
        Ok(when) => when,
        Err(errors) => return again(app, form, errors).await,
    };
    let caller = caller(app, &form.parts);
    let password = SecretString::from(form.fields.get("password"));
    let secret = match step_up(app, &caller, user, &password, form.fields.get("code")).await {
        Ok(StepUp::Done(secret)) => secret,
        Ok(StepUp::PasswordIsWrong) => {
            return again(app, form, FieldErrors::of("password", "This is not your password.")).await;
        }
        Ok(StepUp::CodeIsWrong) => {
            let why = "This code is wrong, was used before or is over. Enter the current one.";
            return again(app, form, FieldErrors::of("code", why)).await;
        }
        Ok(StepUp::SignedOut) => return to_sign_in(&form.parts),
        Err(error) => return respond::problem(&error.into(), None),
    };
    match erasure::ask(app, &caller, user.id, user.session, when).await {
        Ok(asked) => receipt(app, asked, &secret),
        Err(error) => respond::problem(&error.into(), None),
    }
}

/// To the receipt. The browser forgets what this site kept in it; while it can still be called off it
/// stays signed in.
fn receipt(app: &App, asked: erasure::Asked, secret: &Secret) -> Response {
    let mut response = see_other(&format!("/erasure/{}", asked.receipt));
    let forget = if asked.is_final {
        remove_cookie(app, &mut response);
        HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"")
    } else {
        set_cookie(app, &mut response, secret);
        HeaderValue::from_static("\"storage\"")
    };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("clear-site-data"), forget);
    response
}

async fn again(app: &App, form: &Form, errors: FieldErrors) -> Response {
    let state = FormState::new(FORM, &form.fields, &KEEP, errors);
    render::page(app, &form.parts, StatusCode::UNPROCESSABLE_ENTITY, state).await
}

#[component]
pub fn DeletePage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let state = FormState::of(FORM);
    let body = Suspend::new(async move {
        let user = user?;
        Some(match load(&app, &user).await {
            Ok(page) => page.view(&app, &user, state),
            Err(problem) => view! { <ProblemNotice problem /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Delete your account" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")] width=Width::Narrow>
            <div class="stack stack-wide">
                <CancelledNotice />
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

#[component]
fn CancelledNotice() -> impl IntoView {
    (page_query("notice").as_deref() == Some("cancelled")).then(|| {
        view! {
            <Notice tone=Tone::Good title="Your account stays">
                <p>"The deletion is called off. Keys and open links are gone as announced: "<a href="/settings/keys">"add your keys again"</a>" when you need them."</p>
            </Notice>
        }
    })
}

/// What the page shows.
struct Loaded {
    open: Option<Receipt>,
    held: Counts,
    has_factor: bool,
}

async fn load(app: &App, user: &CurrentUser) -> Result<Loaded, Problem> {
    Ok(Loaded {
        open: erasure::open_of(app, user.id).await?,
        held: erasure::held(app, user.id).await?,
        has_factor: has_second_factor(app, user.id).await?,
    })
}

impl Loaded {
    fn view(self, app: &App, user: &CurrentUser, state: FormState) -> AnyView {
        let now = app.clock.now();
        match self.open {
            Some(open) if open.state == State::Pending && !open.can_cancel(now) => {
                view! { <Running receipt=open /> }.into_any()
            }
            Some(open) if open.state == State::Pending => {
                view! { <Pending receipt=open has_factor=self.has_factor state /> }.into_any()
            }
            open => {
                let waiting = open.map(|receipt| view! { <Waiting receipt /> });
                let due = When::Grace.due(now);
                view! {
                    {waiting}
                    <WhatGoes held=self.held due=due.human() backups=super::day(backups_gone_by(due)) />
                    <AskForm email=user.email.clone() has_factor=self.has_factor state />
                }
                .into_any()
            }
        }
    }
}

/// What goes at once, what on which date, what never comes back.
#[component]
fn WhatGoes(held: Counts, due: String, backups: String) -> impl IntoView {
    view! {
        <section class="section">
            <p class="lead">
                "You can take everything with you first: "<a href="/settings/privacy/export">"download your data"</a>
                ". Deleting works without it, too, and nobody asks you why."
            </p>
            <ol class="goes">
                <li>
                    <h2>"The moment you confirm"</h2>
                    <ul>
                        <li>"All your keys: provider keys, platform keys, secrets of integrations."</li>
                        <li>"All open links in mails. Every other device is signed out, running answers stop."</li>
                        <li>"What this browser keeps for Spectr, conversations with JARVIS above all."</li>
                    </ul>
                    <p class="hint">"These do not come back, even if you change your mind."</p>
                </li>
                <li>
                    <h2>{format!("On {due}")}</h2>
                    <ul>
                        <li>"First the key under which everything about you is sealed: from then on it opens for nobody."</li>
                        <li>"Then your name, address and profile, your usage, sessions, security log, requests, mails and downloads."</li>
                    </ul>
                    <p class="hint">{format!("Until then, for {ERASURE_GRACE_DAYS} days, you can sign in and call it off. Or choose to have it done at once.")}</p>
                </li>
                <li>
                    <h2>{format!("By {backups}")}</h2>
                    <p>{format!("The last backup that held your rows is deleted ({BACKUP_RETENTION_DAYS} days). It could not be read any more anyway.")}</p>
                </li>
                <li>
                    <h2>"What stays"</h2>
                    <p>"A receipt that holds dates and counts and nothing about you, and a mark that keeps an old backup from bringing you back."</p>
                </li>
            </ol>
        </section>
        <details class="held">
            <summary>"What is there to be deleted"</summary>
            <CountsTable counts=held caption="What is held about you" />
        </details>
    }
    .into_any()
}

#[component]
fn AskForm(email: String, has_factor: bool, state: FormState) -> impl IntoView {
    let now = state.value("when") == When::Now.as_str();
    let error = state
        .error("when")
        .map(|error| view! { <p class="field-error">{error}</p> });
    view! {
        <Panel title="Delete this account">
            <form class="form form-narrow" method="post" action=PATH>
                <p>"The account of "<strong class="mono">{email}</strong>"."</p>
                <fieldset>
                    <legend>"When"</legend>
                    <div class="check">
                        <input id="when-grace" type="radio" name="when" value="grace" checked=!now />
                        <label for="when-grace">{format!("In {ERASURE_GRACE_DAYS} days")}</label>
                        <p class="hint">"I can call it off until then."</p>
                    </div>
                    <div class="check">
                        <input id="when-now" type="radio" name="when" value="now" checked=now />
                        <label for="when-now">"Now"</label>
                        <p class="hint">"Nobody can undo it, from this moment on."</p>
                    </div>
                    {error}
                </fieldset>
                <Proof has_factor state />
                <div class="form-actions">
                    <button class="button danger" type="submit">"Delete my account"</button>
                    <a class="button quiet" href="/settings/privacy">"Keep it"</a>
                </div>
            </form>
        </Panel>
    }
    .into_any()
}

/// The typed word, the password and, where there is one, the second factor.
#[component]
fn Proof(has_factor: bool, state: FormState) -> impl IntoView {
    let code = has_factor.then(|| {
        view! {
            <Field name="code" label="Code" autocomplete="one-time-code" code=true maxlength=20 error=state.error("code")
                hint="From your authenticator app, or a recovery code." />
            <p class="hint"><a href="/delete-account">"I lost my second factor"</a></p>
        }
    });
    view! {
        <Field name="confirm" label=format!("Type {CONFIRMATION}") code=true autocomplete="off" maxlength=12
            value=state.value("confirm") error=state.error("confirm") />
        <Field name="password" label="Password" kind="password" autocomplete="current-password" error=state.error("password") />
        {code}
    }
    .into_any()
}

/// It waits for its date: call it off, or do it at once.
#[component]
fn Pending(receipt: Receipt, has_factor: bool, state: FormState) -> impl IntoView {
    let (title, date) = (
        format!("Your account will be deleted on {}", receipt.due_at.human()),
        receipt.due_at.rfc3339(),
    );
    let (id, link) = (receipt.id.to_string(), format!("/erasure/{}", receipt.id));
    let is_open = state.was_sent();
    view! {
        <Panel title=title>
            <div class="stack">
                <p>
                    "Your keys are gone already. Until "<time datetime=date>{receipt.due_at.human()}</time>
                    " everything else can stay: call the deletion off, and the account is yours again as it was, without the keys."
                </p>
                <form class="row" method="post" action=PATH>
                    <input type="hidden" name="cancel" value="1" />
                    <input type="hidden" name="receipt" value=id />
                    <button class="button primary" type="submit">"Keep my account"</button>
                    <a class="button" href="/settings/privacy/export">"Download my data"</a>
                </form>
                <Facts receipt />
                <p><a href=link>"Open the receipt"</a>", readable without signing in."</p>
            </div>
        </Panel>
        <details class="held" open=is_open>
            <summary>"Do not wait: delete everything now"</summary>
            <form class="form form-narrow" method="post" action=PATH>
                <p>"Nobody can undo it, from this moment on."</p>
                <input type="hidden" name="when" value="now" />
                <Proof has_factor state />
                <div class="form-actions"><button class="button danger" type="submit">"Delete everything now"</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// The deadline has passed and the work goes on.
#[component]
fn Running(receipt: Receipt) -> impl IntoView {
    let link = format!("/erasure/{}", receipt.id);
    view! {
        <Notice tone=Tone::Warn title="Your account is being deleted">
            <p>"The time in which this could be called off has ended. "<a href=link>"The receipt"</a>" tells how far it is."</p>
        </Notice>
    }
    .into_any()
}

/// Somebody asked by the mailbox alone.
#[component]
fn Waiting(receipt: Receipt) -> impl IntoView {
    let id = receipt.id.to_string();
    view! {
        <Notice tone=Tone::Warn title="A deletion was asked for by mail">
            <p>{format!(
                "By a link to your mailbox, without your second factor. Nothing has happened yet; on {} your keys would go. \
                 If it was not you, or you do not need it any more, call it off.",
                receipt.due_at.human()
            )}</p>
            <form class="notice-actions" method="post" action=PATH>
                <input type="hidden" name="cancel" value="1" />
                <input type="hidden" name="receipt" value=id />
                <button class="button small" type="submit">"Call it off"</button>
            </form>
        </Notice>
    }
    .into_any()
}
