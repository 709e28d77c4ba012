//! How keys look: a table whose rows expand, and the form that adds.

use super::{ADD, ID, LABEL, ROTATE};
use crate::domain::ids::ProviderKeyId;
use crate::domain::problem::Problem;
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use crate::domain::vault::LABEL_MAX_CHARS;
use crate::features::App;
use crate::features::vault::{self, KeyView, field};
use crate::web::components::{
    AppShell, Badge, EmptyState, Field, Icon, Name, Notice, Panel, ProblemNotice, RestrictedNotice, SelectField,
    TableScroll, Tone,
};
use crate::web::form_state::FormState;
use crate::web::page::{page_query, person};
use crate::web::pages::settings::TrialPanel;
use leptos::prelude::*;

/// Providers that take a key of the person's own.
const PROVIDERS: [Provider; 6] = [
    Provider::Anthropic,
    Provider::OpenAi,
    Provider::Google,
    Provider::Mistral,
    Provider::Groq,
    Provider::Compatible,
];

#[component]
pub fn KeysPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let states = States::of_request();
    let body = Suspend::new(async move {
        let user = user?;
        let now = app.clock.now();
        let restricted = user.restricts_calls.then(|| {
            view! { <RestrictedNotice effect="No key is tested, so none can be added or replaced" /> }
        });
        Some(match vault::list(&app, user.id).await {
            Ok(keys) => view! {
                <Outcome keys=keys.clone() />
                {restricted}
                <KeyTable keys=keys states=states.clone() now=now />
                <AddForm state=states.add />
                <TrialPanel user=user.id />
            }
            .into_any(),
            Err(error) => view! { <ProblemNotice problem=Problem::from(error) /> }.into_any(),
        })
    });
    let action = view! { <a class="button primary" href="#add">"Add key"</a> }.into_any();
    view! {
        <AppShell title="API keys" crumbs=vec![("Settings", "/settings")] action=action>
            <div class="stack">
                <Suspense>{body}</Suspense>
            </div>
        </AppShell>
    }
}

/// What came back of the page's forms.
#[derive(Clone)]
struct States {
    add: FormState,
    rotate: FormState,
    label: FormState,
}

impl States {
    fn of_request() -> Self {
        Self {
            add: FormState::of(ADD),
            rotate: FormState::of(ROTATE),
            label: FormState::of(LABEL),
        }
    }
}

/// The state of a row's form, if it belongs to this key.
fn of_key(state: &FormState, id: ProviderKeyId) -> FormState {
    if state.value(ID) == id.to_string() {
        state.clone()
    } else {
        FormState::default()
    }
}

/// What the form before this page did, told from what is stored.
#[component]
fn Outcome(keys: Vec<KeyView>) -> impl IntoView {
    let named = |what: &str| {
        let id = page_query(what)?;
        keys.iter().find(|key| key.id.to_string() == id)
    };
    let title = |verb: &str, key: &KeyView| format!("{}: {verb}, {}", key.name(), key.check.summary());
    let (tone, title) = if let Some(key) = named("added") {
        (Tone::Good, title("sealed", key))
    } else if let Some(key) = named("rotated") {
        (Tone::Good, title("replaced", key))
    } else if let Some(key) = named("tested") {
        let text = format!("{}: {}", key.name(), key.check.summary());
        (
            if key.check.problem.is_none() {
                Tone::Good
            } else {
                Tone::Bad
            },
            text,
        )
    } else if named("labelled").is_some() {
        (Tone::Good, "The label is saved".to_owned())
    } else if page_query("deleted").is_some() {
        (Tone::Good, "The key is deleted".to_owned())
    } else {
        return ().into_any();
    };
    view! { <Notice tone=tone title=title>""</Notice> }.into_any()
}

#[component]
fn KeyTable(keys: Vec<KeyView>, states: States, now: Timestamp) -> impl IntoView {
    if keys.is_empty() {
        return view! {
            <Panel>
                <EmptyState icon=Name::Key title="No key yet">
                    <p>"Models answer with a key of your own: you pay the provider directly, and nobody sees your prompts on the way. Without one, the guide shows how everything works."</p>
                    <p class="row">
                        <a class="button" href="#add">"Add a key"</a>
                        <a href="/assistant">"Try the guide"</a>
                    </p>
                </EmptyState>
            </Panel>
        }
        .into_any();
    }
    let rows = keys
        .into_iter()
        .map(|key| {
            let (rotate, label) = (of_key(&states.rotate, key.id), of_key(&states.label, key.id));
            view! { <KeyRow key rotate label now /> }
        })
        .collect_view();
    view! {
        <Panel title="Your keys" flush=true>
            <TableScroll label="Your keys">
                <table class="table table-cards keys">
                    <thead>
                        <tr>
                            <th scope="col">"Provider"</th>
                            <th scope="col">"Label"</th>
                            <th scope="col">"Key"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
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
fn KeyRow(key: KeyView, rotate: FormState, label: FormState, now: Timestamp) -> impl IntoView {
    let name = key.name().to_owned();
    let is_open = rotate.was_sent() || label.was_sent();
    let used = key.last_used_at.map_or_else(
        || view! { <span class="faint">"never"</span> }.into_any(),
        |at| view! { <Ago at now /> }.into_any(),
    );
    let shown_label = key.label.clone().map_or_else(
        || view! { <span class="faint">"—"</span> }.into_any(),
        |label| view! { <bdi class="key-label">{label}</bdi> }.into_any(),
    );
    let base = key
        .base_url
        .clone()
        .map(|url| view! { <span class="hint key-base mono">{url}</span> });
    view! {
        <tbody>
            <tr>
                <th scope="row" data-label="Provider"><span>{key.provider.name()}</span>{base}</th>
                <td data-label="Label">{shown_label}</td>
                <td data-label="Key" class="mono nowrap">{key.hint.clone()}</td>
                <td data-label="State"><State key=key.clone() now /></td>
                <td data-label="Last used" class="nowrap">{used}</td>
                <td class="actions">
                    <form method="post" action=format!("/settings/keys/{}/test", key.id)>
                        <button class="button small" type="submit" aria-label=format!("Test {name} again")>"Test again"</button>
                    </form>
                </td>
            </tr>
            <tr class="key-more">
                <td colspan="6">
                    <details open=is_open>
                        <summary>"Rename, replace or delete "<bdi>{name.clone()}</bdi></summary>
                        <KeyForms key rotate label />
                    </details>
                </td>
            </tr>
        </tbody>
    }
}

#[component]
fn State(key: KeyView, now: Timestamp) -> impl IntoView {
    let badge = if key.check.problem.is_none() {
        view! { <Badge tone=Tone::Good text="Works" /> }
    } else {
        view! { <Badge tone=Tone::Bad text="Fails" /> }
    };
    let detail = match key.check.problem {
        None if key.check.models == 1 => "1 model".to_owned(),
        None => format!("{} models", key.check.models),
        Some(code) => code.title().to_owned(),
    };
    view! {
        <span class="key-state">
            {badge}
            <span class="hint">{detail}", "<Ago at=key.check.at now /></span>
        </span>
    }
}

/// A moment, as how long ago it was; the exact time on demand and for machines.
#[component]
fn Ago(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! { <time datetime=at.rfc3339() title=at.human()>{at.ago(now)}</time> }
}

#[component]
fn KeyForms(key: KeyView, rotate: FormState, label: FormState) -> impl IntoView {
    let path = format!("/settings/keys/{}", key.id);
    let prefix = format!("key-{}", key.id);
    let stored = key.label.clone().unwrap_or_default();
    let base = (key.base_url.is_some() || key.provider == Provider::Compatible).then(|| {
        let stored = key.base_url.clone().unwrap_or_default();
        view! {
            <Field name=field::BASE_URL label="Base URL" kind="url" code=true prefix=prefix.clone() required=false
                value=rotate.value_or(field::BASE_URL, &stored) error=rotate.error(field::BASE_URL)
                hint="Another host needs the key to be entered again." />
        }
    });
    let question = format!("Delete the key {}? Answers that need it will fail.", key.name());
    let since = match key.rotated_at {
        Some(at) => format!("Added {}, replaced {}.", key.created_at.human(), at.human()),
        None => format!("Added {}.", key.created_at.human()),
    };
    view! {
        <div class="key-forms">
            <form class="form" method="post" action=format!("{path}/label")>
                <Field name=field::LABEL label="Label" prefix=prefix.clone() required=false maxlength=max_label()
                    value=label.value_or(field::LABEL, &stored) error=label.error(field::LABEL) />
                <div class="form-actions"><button class="button" type="submit">"Save label"</button></div>
            </form>
            <form class="form" method="post" action=format!("{path}/rotate")>
                <Field name=field::NEW_KEY label="New key" kind="password" autocomplete="off" code=true prefix=prefix
                    conditional=true error=rotate.error(field::NEW_KEY)
                    hint="Tested first; then it takes the old one's place in one step." />
                {base}
                <div class="form-actions"><button class="button" type="submit">"Test and replace"</button></div>
            </form>
            <form class="form" method="post" action=format!("{path}/delete")>
                <p class="hint">{since}" Deleting takes effect at once and cannot be undone."</p>
                <div class="form-actions">
                    <button class="button danger-quiet" type="submit" data-confirm=question>"Delete key"</button>
                </div>
            </form>
        </div>
    }
}

fn max_label() -> u32 {
    u32::try_from(LABEL_MAX_CHARS).unwrap_or(u32::MAX)
}

#[component]
fn AddForm(state: FormState) -> impl IntoView {
    let options = PROVIDERS
        .iter()
        .map(|provider| (provider.id().to_owned(), provider.name().to_owned()))
        .collect();
    let asked = page_query("provider").unwrap_or_default();
    view! {
        <Panel title="Add a key" id="add">
            <form class="form" method="post" action="/settings/keys">
                <div class="fields">
                    <SelectField name=field::PROVIDER label="Provider" options=options
                        value=state.value_or(field::PROVIDER, &asked) error=state.error(field::PROVIDER) />
                    <Field name=field::LABEL label="Label" required=false maxlength=max_label() autocomplete="off"
                        value=state.value(field::LABEL) error=state.error(field::LABEL) />
                </div>
                <Field name=field::KEY label="Key" kind="password" autocomplete="off" code=true conditional=true
                    error=state.error(field::KEY)
                    hint="Paste it from the provider's console. It is tested before it is kept. Only a server that asks for no key may go without." />
                <Field name=field::BASE_URL label="Base URL" kind="url" code=true required=false autocomplete="off"
                    placeholder="https://llm.example.com/v1"
                    value=state.value(field::BASE_URL) error=state.error(field::BASE_URL)
                    hint="Needed for OpenAI-compatible servers (Ollama, vLLM, gateways). Leave it empty for the providers themselves." />
                <div class="form-actions">
                    <button class="button primary" type="submit">"Seal key"</button>
                    <p class="hint key-seal">
                        <Icon name=Name::Lock small=true />
                        <span>"Sealed with AES-256-GCM under a data key of your own, opened for one call, wiped after it. "<a href="/security">"How that works"</a></span>
                    </p>
                </div>
            </form>
        </Panel>
    }
}
