//! `/settings/profile`: who a person is, in his own words, and the address of the account.

use super::{again, failed, page_query, person, refuse, secret, unless_fresh};
use crate::domain::accounts::{Email, PersonName, ProfileText};
use crate::features::App;
use crate::features::accounts::email_change::{PendingView, cancel, request};
use crate::features::accounts::profile::StepUp;
use crate::features::accounts::{self, ProfileView, profile as service};
use crate::web::auth::{SignedIn, see_other, set_cookie};
use crate::web::client::caller;
use crate::web::components::{AppShell, Field, Notice, Panel, ProblemNotice, Tone, Width};
use crate::web::form::Form;
use crate::web::form_state::FormState;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use leptos::prelude::*;

pub(super) fn doors() -> Router<App> {
    Router::new()
        .route("/settings/profile", post(post_profile))
        .route("/settings/profile/email", post(post_email))
        .route("/settings/profile/email/cancel", post(post_cancel))
}

const PATH: &str = "/settings/profile";
const KEEP: [&str; 4] = ["name", "organisation", "phone", "address"];
const PROFILE: &str = "profile";
const EMAIL: &str = "email";

async fn post_profile(State(app): State<App>, SignedIn(user): SignedIn, form: Form) -> Response {
    let fields = &form.fields;
    let sent = ProfileView {
        name: fields.get("name").to_owned(),
        email: String::new(),
        organisation: fields.get("organisation").to_owned(),
        phone: fields.get("phone").to_owned(),
        address: fields.get("address").to_owned(),
    };
    let caller = caller(&app, &form.parts);
    let mut renewed = None;
    if !accounts::is_fresh(&app, &user) {
        let (password, code) = (secret(fields, "password"), fields.get("code"));
        let error = match service::step_up(&app, &caller, &user, &password, code).await {
            Ok(StepUp::Done(secret)) => {
                renewed = Some(secret);
                None
            }
            Ok(StepUp::PasswordIsWrong) => Some(("password", "Enter your password to save this.")),
            Ok(StepUp::CodeIsWrong) => Some(("code", "Enter the current code of your app.")),
            Ok(StepUp::SignedOut) => return see_other("/login"),
            Err(error) => return failed(error),
        };
        if let Some(error) = error {
            return refuse(&app, &form, PROFILE, &KEEP, error).await;
        }
    }
    let mut response = match service::save_profile(&app, &caller, user.id, &sent).await {
        Ok(Ok(())) => see_other("/settings/profile?notice=saved"),
        Ok(Err(errors)) => again(&app, &form.parts, FormState::new(PROFILE, fields, &KEEP, errors)).await,
        Err(error) => failed(error),
    };
    if let Some(secret) = renewed {
        set_cookie(&app, &mut response, &secret);
    }
    response
}

async fn post_email(State(app): State<App>, SignedIn(user): SignedIn, mut form: Form) -> Response {
    if let Some(response) = unless_fresh(&app, &user, PATH) {
        return response;
    }
    // The page of this form is the one above it.
    form.parts.uri = axum::http::Uri::from_static(PATH);
    let refused = match Email::parse(form.fields.get("email")) {
        Ok(email) if email.as_str() == user.email => "This is your address already.".to_owned(),
        Ok(email) => {
            return match request(&app, &caller(&app, &form.parts), &user, &email).await {
                Ok(links) if app.config.shows_links() => see_other(&format!(
                    "/settings/profile?notice=mailed&old={}&new={}",
                    links.old.text(),
                    links.new.text()
                )),
                Ok(_) => see_other("/settings/profile?notice=mailed"),
                Err(error) => failed(error),
            };
        }
        Err(error) => error.to_string(),
    };
    refuse(&app, &form, EMAIL, &["email"], ("email", &refused)).await
}

async fn post_cancel(State(app): State<App>, SignedIn(user): SignedIn) -> Response {
    match cancel(&app, &user).await {
        Ok(_) => see_other("/settings/profile?notice=cancelled"),
        Err(error) => failed(error),
    }
}

#[component]
pub fn ProfilePage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let (mine, address) = (FormState::of(PROFILE), FormState::of(EMAIL));
    let body = Suspend::new(async move {
        let user = user?;
        let asks = if accounts::is_fresh(&app, &user) {
            Asks::Nothing
        } else if service::has_second_factor(&app, user.id).await.unwrap_or(true) {
            Asks::Code
        } else {
            Asks::Password
        };
        Some(match service::profile(&app, user.id).await {
            Ok(page) => view! {
                <AddressPanel email=page.profile.email.clone() pending=page.pending state=address />
                <ProfilePanel profile=page.profile state=mine asks />
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <AppShell title="Profile" crumbs=vec![("Settings", "/settings")] width=Width::Narrow>
            <div class="stack">
                <ProfileNotice />
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

/// What saving asks for besides: a correction counts only by somebody who was just there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Nothing,
    Password,
    Code,
}

#[component]
fn ProfilePanel(profile: ProfileView, state: FormState, asks: Asks) -> impl IntoView {
    let max = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let line = max(ProfileText::MAX);
    let password = (asks != Asks::Nothing).then(|| {
        view! {
            <Field name="password" label="Password" kind="password" autocomplete="current-password" error=state.error("password")
                hint="It was a while ago that you entered it." />
        }
    });
    let code = (asks == Asks::Code).then(|| {
        view! {
            <Field name="code" label="Code" autocomplete="one-time-code" code=true maxlength=20 error=state.error("code")
                hint="From your authenticator app, or a recovery code." />
        }
    });
    view! {
        <Panel title="About you">
            <form class="form form-narrow" method="post" action="/settings/profile">
                <Field name="name" label="Name" autocomplete="name" value=state.value_or("name", &profile.name)
                    error=state.error("name") maxlength=max(PersonName::MAX) />
                <Field name="organisation" label="Organisation" autocomplete="organization" required=false maxlength=line
                    value=state.value_or("organisation", &profile.organisation) error=state.error("organisation") />
                <Field name="phone" label="Phone" kind="tel" autocomplete="tel" required=false maxlength=line
                    value=state.value_or("phone", &profile.phone) error=state.error("phone") />
                <Field name="address" label="Postal address" autocomplete="street-address" required=false maxlength=line
                    value=state.value_or("address", &profile.address) error=state.error("address")
                    hint="All of this is stored encrypted. Empty a field to delete it." />
                {password}
                {code}
                <div class="form-actions"><button class="button primary" type="submit">"Save profile"</button></div>
            </form>
        </Panel>
    }
}

#[component]
fn AddressPanel(email: String, pending: Option<PendingView>, state: FormState) -> impl IntoView {
    let pending = pending.map(|pending| view! { <PendingChange pending /> });
    view! {
        <Panel title="Email address">
            <div class="stack">
                <p>"You sign in as "<strong class="mono">{email}</strong>"."</p>
                {pending}
                <form class="form form-narrow" method="post" action="/settings/profile/email">
                    <Field name="email" label="New address" kind="email" autocomplete="email" inputmode="email" prefix="new" maxlength=254
                        value=state.value("email") error=state.error("email")
                        hint="We send a link to both addresses. The change happens once both are confirmed." />
                    <div class="form-actions"><button class="button" type="submit">"Send both links"</button></div>
                </form>
            </div>
        </Panel>
    }
}

/// A change that waits, and on this machine its links.
#[component]
fn PendingChange(pending: PendingView) -> impl IntoView {
    let shows = use_context::<App>().is_some_and(|app| app.config.shows_links());
    let link = |which: &str, label: &'static str| {
        let token = page_query(which).filter(|_| shows);
        token.map(|token| view! { <p><a class="mailed-link" href=format!("/verify?token={token}")>{label}</a></p> })
    };
    let state = |is_confirmed: bool| {
        if is_confirmed {
            "confirmed"
        } else {
            "waits for its link"
        }
    };
    let (old, new) = (
        link("old", "Confirm the old address"),
        link("new", "Confirm the new address"),
    );
    view! {
        <div class="notice tone-note" role="status">
            <crate::web::components::Icon name=crate::web::components::Name::Mail />
            <div>
                <p class="notice-title">"A change to "<span class="mono">{pending.email}</span>" is under way"</p>
                <p>{format!("Old address: {}. New address: {}.", state(pending.is_old_confirmed), state(pending.is_new_confirmed))}</p>
                {old}
                {new}
                <form class="notice-actions" method="post" action="/settings/profile/email/cancel">
                    <button class="button small" type="submit">"Call it off"</button>
                </form>
            </div>
        </div>
    }
}

#[component]
fn ProfileNotice() -> impl IntoView {
    let (tone, title, text) = match page_query("notice").as_deref() {
        Some("saved") => (
            Tone::Good,
            "The profile is saved",
            "It is stored encrypted, for you alone.",
        ),
        Some("mailed") => (
            Tone::Note,
            "Both links are on their way",
            "Open the mail in each mailbox and confirm.",
        ),
        Some("half") => (
            Tone::Note,
            "One mailbox is confirmed",
            "The other one is still to come.",
        ),
        Some("changed") => (
            Tone::Good,
            "The address is changed",
            "Sign in with the new one from now on.",
        ),
        Some("taken") => (
            Tone::Bad,
            "The new address cannot be used",
            "Nothing was changed. Use another one.",
        ),
        Some("cancelled") => (Tone::Good, "The change was called off", "Your address stays as it is."),
        _ => return ().into_any(),
    };
    view! { <Notice tone=tone title=title><p>{text}</p></Notice> }.into_any()
}
