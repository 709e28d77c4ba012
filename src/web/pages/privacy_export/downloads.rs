//! `/settings/privacy/downloads`: ask for an export, and the ones that there are.

use super::{EXPORT, IMPORT};
use crate::domain::privacy::constants::{EXPORT_RETENTION_DAYS, EXPORTS_KEPT};
use crate::domain::usage::grouped;
use crate::features::App;
use crate::features::privacy::export::{self, Export, State};
use crate::web::components::{
    AppShell, Badge, EmptyState, Name, Notice, Panel, ProblemNotice, TableScroll, Tone, Width,
};
use crate::web::page::{page_query, person};
use leptos::prelude::*;

#[component]
pub fn DownloadsPage() -> impl IntoView {
    let is_deleted = page_query("notice").is_some_and(|notice| notice == "deleted");
    view! {
        <AppShell title="Download your data" crumbs=vec![("Settings", "/settings"), ("Privacy", "/settings/privacy")] width=Width::Narrow>
            <div class="stack">
                {is_deleted.then(|| view! { <Notice tone=Tone::Good title="The download is deleted">""</Notice> })}
                <Download />
            </div>
        </AppShell>
    }
}

/// The whole of downloading: the button, what is in the file, and the exports that there are.
#[component]
pub fn Download() -> impl IntoView {
    let app = expect_context::<App>();
    let user = person();
    let body = Suspend::new(async move {
        let user = user?;
        Some(match export::list(&app, user.id).await {
            Ok(exports) => view! { <Exports exports /> }.into_any(),
            Err(error) => view! { <ProblemNotice problem=error.into() /> }.into_any(),
        })
    });
    view! {
        <Panel title="Everything about you, in one file">
            <div class="stack stack-tight">
                <p>
                    "A ZIP with your account, keys (masked), usage, sessions, consents, requests, security log and saved content, as JSON and as CSV, read at one moment and signed by this server. A page in it explains every file."
                </p>
                <form method="post" action=EXPORT data-download="">
                    <div class="form-actions">
                        <button class="button primary" type="submit">"Download my data"</button>
                        <span class="hint">"Begins at once. A download that is cut off can be resumed."</span>
                    </div>
                </form>
            </div>
        </Panel>
        <Suspense>{body}</Suspense>
        <p class="hint">
            "Check a file without a network: "<code>"spectr verify-export FILE"</code>". "
            <a href=IMPORT>"Take a file over into another account"</a>
        </p>
    }
}

#[component]
fn Exports(exports: Vec<Export>) -> impl IntoView {
    if exports.is_empty() {
        return view! {
            <Panel title="Earlier downloads">
                <EmptyState icon=Name::Download title="None yet">
                    <p>{format!("What you download stays here for {EXPORT_RETENTION_DAYS} days, sealed under your key, so that you can fetch it again.")}</p>
                </EmptyState>
            </Panel>
        }
        .into_any();
    }
    let rows = exports
        .into_iter()
        .map(|export| view! { <ExportRow export /> })
        .collect_view();
    let foot = format!(
        "Sealed under your key and deleted after {EXPORT_RETENTION_DAYS} days; at most {EXPORTS_KEPT} are kept."
    );
    view! {
        <Panel title="Earlier downloads" flush=true>
            <TableScroll label="Earlier downloads">
                <table class="table table-cards">
                    <thead><tr>
                        <th scope="col">"Made"</th><th scope="col" class="num">"Size"</th><th scope="col" class="num">"Rows"</th>
                        <th scope="col">"Kept until"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableScroll>
            <p class="panel-foot">{foot}</p>
        </Panel>
    }
    .into_any()
}

#[component]
fn ExportRow(export: Export) -> impl IntoView {
    let id = export.id.to_string();
    let made = export.created_at;
    let is_complete = export.state == State::Complete;
    let (bytes, rows) = if is_complete {
        (
            size(export.bytes),
            grouped(i64::try_from(export.rows).unwrap_or(i64::MAX)),
        )
    } else {
        ("–".to_owned(), "–".to_owned())
    };
    let deleted = if is_complete {
        let day = export.expires_at.human();
        let day = day.split(',').next().unwrap_or_default().to_owned();
        view! { <time datetime=export.expires_at.rfc3339()>{day}</time> }.into_any()
    } else {
        let (tone, words) = unfinished(&export);
        view! { <Badge tone text=words /> }.into_any()
    };
    let again = is_complete.then(|| {
        view! {
            <form method="post" action=EXPORT data-download="">
                <input type="hidden" name="export" value=id.clone() />
                <button class="button small" type="submit" aria-label=format!("Download again: {}", made.human())>"Download"</button>
            </form>
        }
    });
    view! {
        <tr>
            <td data-label="Made" class="nowrap"><time datetime=made.rfc3339()>{made.human()}</time></td>
            <td data-label="Size" class="num">{bytes}</td>
            <td data-label="Rows" class="num">{rows}</td>
            <td data-label="Kept until" class="nowrap">{deleted}</td>
            <td class="actions">
                <div class="row row-end">
                    {again}
                    <form method="post" action=format!("{EXPORT}/{id}/delete")>
                        <button class="button small danger-quiet" type="submit" aria-label=format!("Delete now: {}", made.human())>"Delete now"</button>
                    </form>
                </div>
            </td>
        </tr>
    }
}

/// How an export stands that cannot be downloaded.
fn unfinished(export: &Export) -> (Tone, &'static str) {
    match (export.state, export.problem.as_deref()) {
        (State::Building, _) => (Tone::Note, "Being made"),
        (_, Some("disk_full")) => (Tone::Bad, "Failed: the server's disk was full"),
        (_, Some("called_off")) => (Tone::Warn, "Called off"),
        (_, Some("interrupted")) => (Tone::Warn, "Interrupted by a restart"),
        _ => (Tone::Bad, "Failed"),
    }
}

/// `1.4 MB`.
fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.into_iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        let told = [999, 1_000, 1_450_000, 2_000_000_000].map(size);
        assert_eq!(told, ["999 B", "1.0 kB", "1.4 MB", "2.0 GB"]);
    }
}
