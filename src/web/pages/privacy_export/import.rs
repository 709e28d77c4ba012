//! `/settings/privacy/import`: an export of another account, taken over into this one.

use super::{DOWNLOADS, IMPORT, failed};
use crate::domain::fields::FieldErrors;
use crate::domain::privacy::constants::IMPORT_MAX_BYTES;
use crate::features::App;
use crate::features::privacy::export::import::{Imported, Rejected, import};
use crate::web::auth::{SignedIn, see_other};
use crate::web::client::caller;
use crate::web::components::{AppShell, Icon, Name, Notice, Panel, Tone, Width};
use crate::web::form::Fields;
use crate::web::form_state::FormState;
use crate::web::page::page_query;
use crate::web::render;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use leptos::prelude::*;

const FORM: &str = "import";
/// The name of the file's field.
const FIELD: &str = "bundle";

/// Takes a form with a file, or the ZIP alone as the body (`application/zip`).
pub async fn post_import(State(app): State<App>, SignedIn(user): SignedIn, request: Request) -> Response {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_form = kind.is_some_and(|kind| {
        kind.trim_start()
            .to_ascii_lowercase()
            .starts_with("multipart/form-data")
    });
    let (parts, body) = request.into_parts();
    let caller = caller(&app, &parts);
    let taken = if is_form {
        let whole = Request::from_parts(parts.clone(), body);
        match Multipart::from_request(whole, &()).await {
            Ok(mut form) => match file(&mut form).await {
                Some(field) => import(&app, &caller, user.id, field).await,
                None => Ok(Err(Rejected::Empty)),
            },
            Err(_) => Ok(Err(Rejected::CutOff)),
        }
    } else {
        import(&app, &caller, user.id, body.into_data_stream()).await
    };
    match taken {
        Ok(Ok(Imported { is_own, has_budgets })) => {
            let from = if is_own { "own" } else { "other" };
            let budgets = if has_budgets { "&budgets=yes" } else { "" };
            see_other(&format!("{IMPORT}?notice=taken&from={from}{budgets}"))
        }
        Ok(Err(rejected)) => {
            let status = match rejected {
                Rejected::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let Ok(nothing) = Fields::parse(b"") else {
                return failed(crate::features::privacy::Error::CalledOff);
            };
            let state = FormState::new(FORM, &nothing, &[], FieldErrors::of(FIELD, rejected));
            render::page(&app, &parts, status, state).await
        }
        Err(error) => failed(error),
    }
}

/// The field with the file.
async fn file(form: &mut Multipart) -> Option<axum::extract::multipart::Field<'_>> {
    let field = form.next_field().await.ok().flatten()?;
    (field.name() == Some(FIELD)).then_some(field)
}

#[component]
pub fn ImportPage() -> impl IntoView {
    let state = FormState::of(FORM);
    let is_taken = page_query("notice").is_some_and(|notice| notice == "taken");
    view! {
        <AppShell title="Take data over" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")] width=Width::Narrow>
            <div class="stack">
                {is_taken.then(|| view! { <Taken /> })}
                <UploadForm error=state.error(FIELD) />
                <Travels />
            </div>
        </AppShell>
    }
}

#[component]
fn Taken() -> impl IntoView {
    let budgets = page_query("budgets").is_some();
    let what = if budgets {
        "Your profile and your budgets are those of the bundle now."
    } else {
        "Your profile is that of the bundle now; it held no budgets."
    };
    let from = if page_query("from").is_some_and(|from| from == "own") {
        "It was signed by this server."
    } else {
        "It was signed by another server, with the key that the bundle names; every file fits that signature."
    };
    view! {
        <Notice tone=Tone::Good title="The data is taken over">
            <p>{what}" "{from}" "<a href="/settings/profile">"Look at your profile"</a></p>
        </Notice>
    }
}

#[component]
fn UploadForm(error: Option<String>) -> impl IntoView {
    let hint = format!(
        "The file as you downloaded it, at most {} MB.",
        IMPORT_MAX_BYTES / 1_000_000
    );
    let described = if error.is_some() {
        "field-bundle-error field-bundle-hint"
    } else {
        "field-bundle-hint"
    };
    let invalid = error.as_ref().map(|_| "true");
    view! {
        <Panel title="Export of another account">
            <form class="form" method="post" action=IMPORT enctype="multipart/form-data">
                <p>
                    "Moving from another account or another Spectr server: "<a href=DOWNLOADS>"download your data"</a>" there, and bring the ZIP here."
                </p>
                <div class="field">
                    <label for="field-bundle">"ZIP file"</label>
                    <p class="hint" id="field-bundle-hint">{hint}</p>
                    <input id="field-bundle" type="file" name=FIELD accept=".zip,application/zip" required=true
                        aria-describedby=described aria-invalid=invalid />
                    {error.map(|error| view! {
                        <p class="field-error" id="field-bundle-error"><Icon name=Name::Alert small=true /><span>{error}" Nothing was changed."</span></p>
                    })}
                </div>
                <div class="form-actions"><button class="button primary" type="submit">"Check and take over"</button></div>
            </form>
        </Panel>
    }
}

/// What comes along and what does not.
#[component]
fn Travels() -> impl IntoView {
    view! {
        <Panel title="What comes along">
            <dl class="facts">
                <dt>"Replaced"</dt><dd>"Name, organisation, phone, address, and your budgets."</dd>
                <dt>"Added"</dt><dd>"What you saved on the server."</dd>
                <dt>"Stays as it is"</dt><dd>"The address and the password that you sign in with here."</dd>
                <dt>"Does not travel"</dt>
                <dd>"Keys, consents, receipts, usage and the security log: they are secrets and proofs of the old account. Give your consents anew, add your keys anew."</dd>
            </dl>
            <p class="hint">"The signature, every hash and every number of rows is checked first. If anything does not fit, nothing is changed."</p>
        </Panel>
    }
}
