//! How platform keys look: the key that was just made, the table, and the form that creates.

use super::{CREATE, FORM, ID, ROTATE, Shown};
use crate::domain::ids::PlatformKeyId;
use crate::domain::platform::{Lifetime, Overlap, PREFIX};
use crate::domain::problem::Problem;
use crate::domain::timestamp::Timestamp;
use crate::domain::vault::LABEL_MAX_CHARS;
use crate::features::App;
use crate::features::platform::{self, KeyView, field};
use crate::web::components::{
    AppShell, Badge, EmptyState, Field, Icon, Name, Notice, Panel, ProblemNotice, SelectField, TableScroll, Tone,
};
use crate::web::form_state::FormState;
use crate::web::page::{page_query, person};
use leptos::prelude::*;

/// What a key is made with unless something else is picked.
const USUAL_LIFETIME: Lifetime = Lifetime::Days(90);

#[component]
pub fn PlatformKeysPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let shown = use_context::<Shown>();
    let (create, rotate) = (FormState::of(CREATE), FormState::of(ROTATE));
    let body = Suspend::new(async move {
        let user = user?;
        let now = app.clock.now();
        let form = PlatformKeyId(app.clock.new_id());
        Some(match platform::list(&app, user.id).await {
            Ok(keys) => view! {
                <Outcome shown=shown.clone() />
                <KeyTable keys new=shown.map(|shown| shown.id) rotate now />
                <CreateForm state=create form />
                <Use url=app.config.public_url.as_str().trim_end_matches('/').to_owned() />
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=Problem::from(error) /> }.into_any(),
        })
    });
    let action = view! { <a class="button primary" href="#create">"Create key"</a> }.into_any();
    view! {
        <AppShell title="Platform keys" crumbs=vec![("Settings", "/settings")] action=action>
            <div class="stack">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

/// What the form before this page did; the new key, if it made one.
#[component]
fn Outcome(shown: Option<Shown>) -> impl IntoView {
    if let Some(shown) = shown {
        let key = shown.key.text().to_owned();
        return view! {
            <Notice tone=Tone::Good title="Your new key, shown only now">
                <div class="stack stack-tight">
                    <p>"Copy it to where your program reads it. Only its SHA-256 is kept here: nobody can show it again."</p>
                    <div class="copyable">
                        <code id="new-key">{key}</code>
                        <button class="button small needs-scripts" type="button" data-copy-from="new-key">"Copy"</button>
                    </div>
                </div>
            </Notice>
        }
        .into_any();
    }
    let title = if page_query("revoked").is_some() {
        "The key is revoked: the next request with it is refused"
    } else if page_query("made").is_some() {
        "That form was sent before: its key was made and shown then"
    } else {
        return ().into_any();
    };
    view! { <Notice tone=Tone::Good title=title>""</Notice> }.into_any()
}

#[component]
fn KeyTable(keys: Vec<KeyView>, new: Option<PlatformKeyId>, rotate: FormState, now: Timestamp) -> impl IntoView {
    if keys.is_empty() {
        return view! {
            <Panel>
                <EmptyState icon=Name::Key title="No platform key yet">
                    <p>"With a platform key a program of yours asks this server in your name: a report in CI, a sheet of costs. It reads your usage and nothing else."</p>
                    <p class="row"><a class="button" href="#create">"Create a key"</a><a href="/docs#api">"What it can ask"</a></p>
                </EmptyState>
            </Panel>
        }
        .into_any();
    }
    let rows = keys
        .into_iter()
        .map(|key| {
            let is_sent = rotate.value(ID) == key.id.to_string();
            let state = if is_sent { rotate.clone() } else { FormState::default() };
            let is_new = new == Some(key.id);
            view! { <KeyRow key state is_new now /> }
        })
        .collect_view();
    view! {
        <Panel title="Your platform keys" flush=true>
            <TableScroll label="Your platform keys">
                <table class="table table-cards keys">
                    <thead>
                        <tr>
                            <th scope="col">"Label"</th>
                            <th scope="col">"Key"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Created"</th>
                            <th scope="col">"Last used"</th>
                        </tr>
                    </thead>
                    {rows}
                </table>
            </TableScroll>
        </Panel>
    }
    .into_any()
}

#[component]
fn KeyRow(key: KeyView, state: FormState, is_new: bool, now: Timestamp) -> impl IntoView {
    let name = key.name().to_owned();
    let is_open = state.was_sent();
    let label = key.label.clone().map_or_else(
        || view! { <span class="faint">"—"</span> }.into_any(),
        |label| view! { <bdi class="key-label">{label}</bdi> }.into_any(),
    );
    let used = key.last_used_at.map_or_else(
        || view! { <span class="faint">"never"</span> }.into_any(),
        |at| view! { <Moment at now /> }.into_any(),
    );
    view! {
        <tbody>
            <tr>
                <th scope="row" data-label="Label">{label}</th>
                <td data-label="Key" class="mono nowrap">{key.hint.clone()}</td>
                <td data-label="State"><State key=key.clone() is_new now /></td>
                <td data-label="Created" class="nowrap"><Moment at=key.created_at now /></td>
                <td data-label="Last used" class="nowrap">{used}</td>
            </tr>
            <tr class="key-more">
                <td colspan="5">
                    <details open=is_open>
                        <summary>"Replace or revoke "<bdi>{name}</bdi></summary>
                        <KeyForms key state now />
                    </details>
                </td>
            </tr>
        </tbody>
    }
}

#[component]
fn State(key: KeyView, is_new: bool, now: Timestamp) -> impl IntoView {
    let (tone, word) = if key.has_expired(now) {
        (Tone::Bad, "Expired")
    } else if key.replaced_at.is_some() {
        (Tone::Warn, "Replaced")
    } else if is_new {
        (Tone::Good, "New")
    } else {
        (Tone::Good, "Works")
    };
    let end = key.expires_at.map_or_else(
        || "does not expire".to_owned(),
        |at| format!("{} {}", if at <= now { "ended" } else { "until" }, at.human()),
    );
    view! {
        <span class="key-state">
            <Badge tone text=word />
            <span class="hint">{end}</span>
        </span>
    }
}

/// A moment, as how long ago it was; the exact time on demand and for machines.
#[component]
fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! { <time datetime=at.rfc3339() title=at.human()>{at.ago(now)}</time> }
}

#[component]
fn KeyForms(key: KeyView, state: FormState, now: Timestamp) -> impl IntoView {
    let path = format!("/settings/platform-keys/{}", key.id);
    let prefix = format!("key-{}", key.id);
    let options = Overlap::ALL
        .iter()
        .map(|overlap| (overlap.id().to_owned(), overlap.name().to_owned()))
        .collect();
    let can_be_replaced = !key.has_expired(now) && key.replaced_at.is_none();
    let question = format!(
        "Revoke the key {}? Programs that use it get no answer any more.",
        key.name()
    );
    let rotate = can_be_replaced.then(|| {
        view! {
            <form class="form" method="post" action=format!("{path}/rotate")>
                <SelectField name=field::OVERLAP label="The old key ends" options prefix
                    value=state.value(field::OVERLAP) error=state.error(field::OVERLAP)
                    hint="If it leaked: at once. The new one has the same label and lives as long." />
                <div class="form-actions"><button class="button" type="submit">"Replace key"</button></div>
            </form>
        }
    });
    view! {
        <div class="key-forms">
            {rotate}
            <form class="form" method="post" action=format!("{path}/revoke")>
                <p class="hint">"The next request with it is refused. That cannot be undone."</p>
                <div class="form-actions">
                    <button class="button danger-quiet" type="submit" data-confirm=question>"Revoke key"</button>
                </div>
            </form>
        </div>
    }
}

#[component]
fn CreateForm(state: FormState, form: PlatformKeyId) -> impl IntoView {
    let options = Lifetime::ALL
        .iter()
        .map(|lifetime| (lifetime.id(), lifetime.name()))
        .collect();
    let max = u32::try_from(LABEL_MAX_CHARS).unwrap_or(u32::MAX);
    view! {
        <Panel title="Create a key" id="create">
            <form class="form" method="post" action="/settings/platform-keys">
                <input type="hidden" name=FORM value=form.to_string() />
                <div class="fields">
                    <Field name=field::LABEL label="Label" required=false maxlength=max autocomplete="off"
                        value=state.value(field::LABEL) error=state.error(field::LABEL) />
                    <SelectField name=field::EXPIRES label="Expires" options
                        value=state.value_or(field::EXPIRES, &USUAL_LIFETIME.id()) error=state.error(field::EXPIRES) />
                </div>
                <div class="form-actions">
                    <button class="button primary" type="submit">"Create key"</button>
                    <p class="hint key-seal">
                        <Icon name=Name::Lock small=true />
                        <span>"Shown once. Kept is its SHA-256; label and last four characters are sealed under a data key of your own."</span>
                    </p>
                </div>
            </form>
        </Panel>
    }
}

#[component]
fn Use(url: String) -> impl IntoView {
    let command = format!("curl -H \"Authorization: Bearer $SPECTR_KEY\" {url}/api/v1/usage");
    view! {
        <Panel title="Use a key">
            <div class="stack stack-tight">
                <div class="copyable">
                    <code id="key-use">{command}</code>
                    <button class="button small needs-scripts" type="button" data-copy-from="key-use">"Copy"</button>
                </div>
                <p class="hint">
                    "What can be asked stands in the "<a href="/docs#api">"documentation"</a>" and, for machines, in "<a href="/openapi.json">"openapi.json"</a>
                    ". Found a key that begins with "<code>{PREFIX}</code>" where it should not be? "<a href="/security/leaked-key">"Burn it"</a>": no account is needed."
                </p>
            </div>
        </Panel>
    }
}
