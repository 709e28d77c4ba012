//! Pages for reading: a title, a dateline, a list of contents, and titled sections.

use super::TableScroll;
use crate::domain::privacy::policy::{Block, Section};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// A document of [`Section`]s; `children` stand between the title and the first section.
#[component]
pub fn Document(
    #[prop(into)] title: String,
    /// Such as "Last updated: 1 May 2026".
    #[prop(into, optional)]
    dateline: String,
    sections: Vec<Section>,
    /// What stands beside a section, by its anchor; under it where the page is narrow.
    #[prop(optional)]
    margins: BTreeMap<&'static str, AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let contents = sections
        .iter()
        .map(|section| view! { <li><a href=format!("#{}", section.id)>{section.title}</a></li> })
        .collect_view();
    let class = if margins.is_empty() {
        "prose"
    } else {
        "prose prose-margins"
    };
    let mut margins = margins;
    let with_margin = |part: Section| {
        let margin = margins.remove(part.id);
        section(part, margin)
    };
    let body = sections.into_iter().map(with_margin).collect_view();
    view! {
        <div class="with-contents">
            <nav class="contents" aria-label="Contents">
                <ol>{contents}</ol>
            </nav>
            <article class=class>
                <h1>{title}</h1>
                {(!dateline.is_empty()).then(|| view! { <p class="dateline">{dateline}</p> })}
                {children.map(|children| children())}
                {body}
            </article>
        </div>
    }
}

/// A wide table leaves no room beside it: the margin then stands below.
fn section(section: Section, margin: Option<AnyView>) -> AnyView {
    let is_wide = section.blocks.iter().any(|block| matches!(block, Block::Table { .. }));
    let blocks = section.blocks.into_iter().map(block).collect_view();
    let text = view! {
        <h2 id=section.id>{section.title}</h2>
        {blocks}
    };
    let Some(margin) = margin else {
        return text.into_any();
    };
    let class = if is_wide { "with-margin below" } else { "with-margin" };
    view! {
        <section class=class aria-labelledby=section.id>
            <div class="prose">{text}</div>
            <div role="group" aria-label="Live proof">{margin}</div>
        </section>
    }
    .into_any()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Text(text) => view! { <p>{inline(&text)}</p> }.into_any(),
        Block::List(items) => {
            let items = items
                .into_iter()
                .map(|(name, text)| {
                    let name = (!name.is_empty()).then(|| view! { <strong>{name}</strong>" — " });
                    view! { <li>{name}{inline(&text)}</li> }
                })
                .collect_view();
            view! { <ul>{items}</ul> }.into_any()
        }
        Block::Table { head, rows } => table(head, rows),
    }
}

/// On narrow screens each row is a sheet of its own, with the column's name before each cell. The first
/// cell's words before its colon are the row's name.
fn table(head: &'static [&'static str], rows: Vec<Vec<String>>) -> AnyView {
    let names = head
        .iter()
        .map(|name| view! { <th scope="col">{*name}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let first = cells.next().unwrap_or_default();
            let (name, about) = first.split_once(": ").unwrap_or((&first, ""));
            let rest = cells
                .zip(head.iter().skip(1))
                .map(|(cell, name)| view! { <td data-label=*name>{inline(&cell)}</td> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row"><span>{name.to_owned()}</span><small>{about.to_owned()}</small></th>
                    {rest}
                </tr>
            }
        })
        .collect_view();
    let label = head.join(", ");
    view! {
        <TableScroll label>
            <table class="table table-doc table-cards table-held">
                <thead><tr>{names}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableScroll>
    }
    .into_any()
}

/// Text with links `[words](address)` and code between backticks. Ours only: addresses are not checked.
#[must_use]
pub fn inline(text: &str) -> Vec<AnyView> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', '`']) {
        let (before, marked) = rest.split_at(at);
        let found = if marked.starts_with('`') {
            code(marked)
        } else {
            link(marked)
        };
        let Some((view, after)) = found else { break };
        out.push(before.to_owned().into_any());
        out.push(view);
        rest = after;
    }
    out.push(rest.to_owned().into_any());
    out
}

fn code(marked: &str) -> Option<(AnyView, &str)> {
    let (code, after) = marked.strip_prefix('`')?.split_once('`')?;
    Some((view! { <code>{code.to_owned()}</code> }.into_any(), after))
}

fn link(marked: &str) -> Option<(AnyView, &str)> {
    let (words, after) = marked.strip_prefix('[')?.split_once("](")?;
    let (href, after) = after.split_once(')')?;
    let foreign = href.starts_with("http").then_some("noreferrer");
    Some((
        view! { <a href=href.to_owned() rel=foreign>{words.to_owned()}</a> }.into_any(),
        after,
    ))
}
