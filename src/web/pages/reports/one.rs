//! `/reports/saved/{id}`: one saved report with its causes, beside the one before it.

use super::saved::{FORM, count, counted, path_of, tally};
use crate::domain::ids::SavedReportId;
use crate::domain::reports::saved::{Keep, Saved, SavedCause, Step, step};
use crate::features::App;
use crate::features::reports::{self, Error, NAME_MAX_CHARS, Stored, field};
use crate::web::components::{AppShell, Badge, Field, Notice, Panel, ProblemNotice, Tone};
use crate::web::form_state::FormState;
use crate::web::page::{page_query, person};
use axum::http::StatusCode;
use axum::http::request::Parts;
use leptos::prelude::*;

#[component]
pub fn SavedReportPage() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let id =
        use_context::<Parts>().and_then(|parts| parts.uri.path().rsplit('/').next()?.parse::<SavedReportId>().ok());
    let form = FormState::of(FORM);
    let is_renamed = page_query("notice").is_some_and(|notice| notice == "renamed");
    let answer = use_context::<leptos_axum::ResponseOptions>();
    let body = Suspend::new(async move {
        let user = user?;
        let found = match id {
            Some(id) => reports::find(&app, user.id, id).await,
            None => Err(Error::Absent),
        };
        Some(match found {
            Ok((stored, before)) => view! { <One stored before form is_renamed /> }.into_any(),
            Err(error) => {
                if let (Error::Absent, Some(answer)) = (&error, answer) {
                    answer.set_status(StatusCode::NOT_FOUND);
                }
                view! { <ProblemNotice problem=error.into() /> }.into_any()
            }
        })
    });
    view! {
        <AppShell title="Saved report" crumbs=vec![("Report Analyzer", "/reports")]>
            <div class="stack"><Suspense>{body}</Suspense></div>
        </AppShell>
    }
}

#[component]
fn One(stored: Stored, before: Option<Stored>, form: FormState, is_renamed: bool) -> impl IntoView {
    let step = before.as_ref().and_then(|before| step(&before.report, &stored.report));
    let gone: Vec<SavedCause> = match (&before, &step) {
        (Some(before), Some(step)) => before
            .report
            .causes
            .iter()
            .filter(|it| step.gone.contains(&it.id))
            .cloned()
            .collect(),
        _ => Vec::new(),
    };
    let since = step
        .as_ref()
        .zip(before.as_ref())
        .map(|(step, before)| since(step, before));
    let (report, name, id) = (stored.report.clone(), stored.name.clone(), stored.id);
    view! {
        {is_renamed.then(|| view! { <Notice tone=Tone::Good title="The report has its new name">""</Notice> })}
        <div class="analyzer">
            <div class="stack stack-tight">
                <p class="sentence"><bdi>{name.clone()}</bdi></p>
                <p class="hint">
                    "Saved "<time datetime=stored.created_at.rfc3339()>{stored.created_at.human()}</time>" · "{sentence(&report)}
                </p>
                {since}
            </div>
            {report.storm.then(|| view! {
                <Notice tone=Tone::Bad title="This looked like broken infrastructure">
                    <p>"More than 80 % of the tests failed."</p>
                </Notice>
            })}
            <Figures report=report.clone() />
        </div>
        <Causes report=report.clone() step=step.clone() />
        {(!gone.is_empty()).then(|| view! { <Gone causes=gone /> })}
        <Forms id name form />
    }
    .into_any()
}

/// `118 failures, 5 causes. Kept: …`
fn sentence(report: &Saved) -> String {
    let kept = match report.keep {
        Keep::Counts => "counts only",
        Keep::Causes => "causes with redacted messages, without names of tests",
        Keep::Tests => "causes with redacted messages and names of tests",
    };
    if report.counts.tests == 0 {
        // "0 failures" would sound like a run that passed.
        return format!("No test was read · kept: {kept}");
    }
    let failures = counted(report.failures(), "failure", "failures");
    let causes = counted(report.cause_count, "cause", "causes");
    format!("{failures}, {causes} · kept: {kept}")
}

fn since(step: &Step, before: &Stored) -> AnyView {
    let partial = step
        .is_partial
        .then_some(" Compared are the largest causes, as far as they were kept.");
    view! {
        <p>
            "Since "<a href=path_of(before.id)><bdi>{before.name.clone()}</bdi></a>": "{tally(step)}"."{partial}
        </p>
    }
    .into_any()
}

#[component]
fn Figures(report: Saved) -> impl IntoView {
    let counts = report.counts;
    let figures = [
        ("Tests", counts.tests, "tests"),
        ("Passed", counts.passed, "passed"),
        ("Failed", counts.failed, "failed"),
        ("Errored", counts.errored, "errored"),
        ("Skipped", counts.skipped, "skipped"),
        ("Flaky", counts.flaky, "flaky"),
    ];
    let figures = figures
        .into_iter()
        .map(|(label, value, id)| view! { <div class="figure"><dt>{label}</dt><dd data-count=id>{count(value)}</dd></div> })
        .collect_view();
    view! { <dl class="figures">{figures}</dl> }.into_any()
}

#[component]
fn Causes(report: Saved, step: Option<Step>) -> impl IntoView {
    if report.causes.is_empty() {
        return ().into_any();
    }
    let left = report.cause_count.saturating_sub(report.causes.len());
    let rows = report
        .causes
        .into_iter()
        .map(|cause| {
            let is_new = step.as_ref().map(|step| step.new.contains(&cause.id));
            view! { <Cause cause is_new /> }
        })
        .collect_view();
    let more =
        (left > 0).then(|| view! { <p class="hint">{format!("{} smaller ones were not kept.", count(left))}</p> });
    view! {
        <Panel title="Causes">
            <ul class="saved-causes">{rows}</ul>
            {more}
        </Panel>
    }
    .into_any()
}

#[component]
fn Cause(cause: SavedCause, is_new: Option<bool>) -> impl IntoView {
    let badge = is_new.map(|is_new| {
        let (tone, text) = if is_new {
            (Tone::Warn, "new")
        } else {
            (Tone::Plain, "still there")
        };
        view! { <Badge tone text /> }
    });
    let more = cause.tests.saturating_sub(cause.names.len());
    let names = (!cause.names.is_empty()).then(|| {
        let names = cause
            .names
            .iter()
            .map(|name| view! { <li>{name.clone()}</li> })
            .collect_view();
        let more = (more > 0).then(|| view! { <li class="faint">{format!("and {} more", count(more))}</li> });
        view! { <ul class="saved-tests">{names}{more}</ul> }
    });
    let place =
        (!cause.place.is_empty()).then(|| view! { <dt>"In your code"</dt><dd><code>{cause.place.clone()}</code></dd> });
    let exemplar = (!cause.exemplar.is_empty())
        .then(|| view! { <pre tabindex="0" role="region" aria-label="What it says"><code>{cause.exemplar.clone()}</code></pre> });
    view! {
        <li data-cause=cause.id.clone()>
            <details>
                <summary>
                    <span class="cause-size">{count(cause.tests)}</span>
                    <span class="cause-title">{cause.title.clone()}</span>
                    {badge}
                </summary>
                <div class="stack stack-tight">
                    <dl class="facts">
                        {place}
                        <dt>"Likely"</dt><dd>{cause.category.words()}</dd>
                        <dt>"Certainty"</dt><dd>{format!("{} %", cause.certainty)}</dd>
                        <dt>"Id"</dt><dd><a href=format!("/reports#cause={}", cause.id)><code>{cause.id.clone()}</code></a></dd>
                    </dl>
                    {exemplar}
                    {names}
                </div>
            </details>
        </li>
    }
    .into_any()
}

#[component]
fn Gone(causes: Vec<SavedCause>) -> impl IntoView {
    let rows = causes
        .into_iter()
        .map(|cause| view! { <li><span class="cause-size">{count(cause.tests)}</span><span class="cause-title">{cause.title}</span></li> })
        .collect_view();
    view! {
        <Panel title="Gone since the one before">
            <ul class="saved-causes saved-gone">{rows}</ul>
        </Panel>
    }
    .into_any()
}

#[component]
fn Forms(id: SavedReportId, name: String, form: FormState) -> impl IntoView {
    let (rename, delete) = (format!("{}/rename", path_of(id)), format!("{}/delete", path_of(id)));
    let question = format!("Delete the saved report {name}? That cannot be undone.");
    let max = u32::try_from(NAME_MAX_CHARS).unwrap_or(u32::MAX);
    view! {
        <Panel title="Name">
            <form class="form" method="post" action=rename>
                <Field name=field::NAME label="Name" maxlength=max autocomplete="off"
                    value=form.value_or(field::NAME, &name) error=form.error(field::NAME) />
                <div class="form-actions"><button class="button" type="submit">"Rename"</button></div>
            </form>
        </Panel>
        <Panel title="Delete">
            <form class="form" method="post" action=delete>
                <p class="hint">"What was kept of this report is deleted from the server at once. That cannot be undone."</p>
                <div class="form-actions">
                    <button class="button danger-quiet" type="submit" data-confirm=question>"Delete saved report"</button>
                </div>
            </form>
        </Panel>
    }
    .into_any()
}
