//! What a person saved, as a history: figures, and which causes came, stayed and went from one report to the next.

use crate::domain::ids::SavedReportId;
use crate::domain::reports::saved::Step;
use crate::domain::usage::grouped;
use crate::features::App;
use crate::features::reports::{self, Entry, REPORTS_PER_USER};
use crate::web::components::{Notice, ProblemNotice, TableScroll, Tone};
use crate::web::page::{page_query, person};
use leptos::prelude::*;

/// The name of the form that renames.
pub const FORM: &str = "rename-report";
/// Units of the chart: a bar with the gap behind it, and its height.
const BAR: usize = 10;
const GAP: usize = 3;
const HEIGHT: usize = 48;

/// The address of a saved report.
pub fn path_of(id: SavedReportId) -> String {
    format!("/reports/saved/{id}")
}

/// A count with its thousands apart.
pub fn count(number: usize) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A count with its noun.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// The part of `/reports` that lists them; `public/reports-save.js` takes it anew after a change.
#[component]
pub fn SavedReports() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let is_deleted = page_query("notice").is_some_and(|notice| notice == "deleted");
    let body = Suspend::new(async move {
        let user = user?;
        Some(match reports::list(&app, user.id).await {
            Ok(found) => view! { <History entries=reports::history(found) /> }.into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <section class="section saved" id="saved" aria-labelledby="saved-title">
            <h2 id="saved-title">"Saved reports"</h2>
            {is_deleted.then(|| view! { <Notice tone=Tone::Good title="The saved report is deleted">""</Notice> })}
            <Suspense>{body}</Suspense>
        </section>
    }
    .into_any()
}

#[component]
fn History(entries: Vec<Entry>) -> impl IntoView {
    if entries.is_empty() {
        return view! {
            <p class="lead hint">
                "None yet. With a report open, “Save” keeps as much of it as you choose on the server, sealed under a key of your own. "
                "From the second one on you see which causes are new, which stayed and which are gone."
            </p>
        }
        .into_any();
    }
    let about = format!(
        "On the server, sealed under a key of your own, until you delete them; {} of at most {REPORTS_PER_USER}. While a \
         report is open above, they open in a tab of their own.",
        entries.len()
    );
    let chart = (entries.len() > 1).then(|| chart(&entries));
    let rows = entries.into_iter().map(|entry| view! { <Row entry /> }).collect_view();
    view! {
        <p class="lead hint">{about}</p>
        {chart}
        <TableScroll label="History of saved reports">
            <table class="table table-cards">
                <thead>
                    <tr>
                        <th scope="col">"Report"</th>
                        <th scope="col">"Saved"</th>
                        <th scope="col" class="num">"Failed"</th>
                        <th scope="col" class="num">"Causes"</th>
                        <th scope="col">"Since the one before"</th>
                        <th scope="col"><span class="visually-hidden">"Delete"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableScroll>
    }
    .into_any()
}

#[component]
fn Row(entry: Entry) -> impl IntoView {
    let Entry { stored, step } = entry;
    let report = &stored.report;
    let question = format!("Delete the saved report {}? That cannot be undone.", stored.name);
    let label = format!("Delete {}", stored.name);
    view! {
        <tr data-saved=stored.id.to_string()>
            <th scope="row" data-label="Report"><a href=path_of(stored.id)><bdi>{stored.name.clone()}</bdi></a></th>
            <td data-label="Saved" class="nowrap"><time datetime=stored.created_at.rfc3339()>{stored.created_at.human()}</time></td>
            <td data-label="Failed" class="num">{format!("{} of {}", count(report.failures()), count(report.counts.tests))}</td>
            <td data-label="Causes" class="num">{count(report.cause_count)}</td>
            <td data-label="Since the one before">{since(step.as_ref(), report.has_causes())}</td>
            <td class="actions">
                <form method="post" action=format!("{}/delete", path_of(stored.id))>
                    <button class="button danger-quiet small" type="submit" aria-label=label data-confirm=question>"Delete"</button>
                </form>
            </td>
        </tr>
    }
    .into_any()
}

/// `2 new · 3 still there · 1 gone`.
fn since(step: Option<&Step>, has_causes: bool) -> AnyView {
    match step {
        Some(step) => tally(step).into_any(),
        None if has_causes => view! { <span class="faint">"nothing to compare with"</span> }.into_any(),
        None => view! { <span class="faint">"counts only"</span> }.into_any(),
    }
}

/// How many causes came, stayed and went.
pub fn tally(step: &Step) -> String {
    format!(
        "{} new · {} still there · {} gone",
        count(step.new.len()),
        count(step.still.len()),
        count(step.gone.len())
    )
}

/// Failures of each report as bars, the oldest first.
fn chart(entries: &[Entry]) -> AnyView {
    let failures = || entries.iter().rev().map(|entry| entry.stored.report.failures());
    let most = failures().max().unwrap_or_default().max(1);
    let bars = entries
        .iter()
        .rev()
        .enumerate()
        .map(|(at, entry)| {
            let report = &entry.stored.report;
            // A bar of nothing is still seen.
            let height = (report.failures() * HEIGHT).div_ceil(most).max(1);
            let title = format!("{}: {} failed", entry.stored.name, count(report.failures()));
            view! {
                <rect x=(at * BAR).to_string() y=(HEIGHT - height).to_string()
                    width=(BAR - GAP).to_string() height=height.to_string()>
                    <title>{title}</title>
                </rect>
            }
        })
        .collect_view();
    let told = failures().map(count).collect::<Vec<_>>().join(", ");
    let width = (entries.len() * BAR - GAP).to_string();
    view! {
        <figure class="saved-chart">
            <svg class="chart" viewBox=format!("0 0 {width} {HEIGHT}") width=width role="img"
                aria-label=format!("Failures of the saved reports, the oldest first: {told}")>
                {bars}
            </svg>
            <figcaption class="hint">{format!("Failures from the oldest report to the newest; the highest bar is {}.", count(most))}</figcaption>
        </figure>
    }
    .into_any()
}
