//! The deletion of an account: the page that asks for it, its public receipt, and the way for people
//! who lost their second factor.
//!
//! Deletion is a page and not a dialog: what goes now, what goes on which date, what cannot be undone.

pub mod delete;
pub mod lost;
mod receipt;

use crate::domain::privacy::erasure::{Counts, Receipt, State};
use crate::domain::privacy::inventory;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::web::components::TableScroll;
use axum::Router;
use leptos::prelude::*;

/// The forms of these pages, and the receipt.
pub fn doors() -> Router<App> {
    Router::new()
        .merge(delete::doors())
        .merge(receipt::doors())
        .merge(lost::doors())
}

/// Rows by the titles of the data inventory.
#[component]
fn CountsTable(counts: Counts, #[prop(into)] caption: String) -> impl IntoView {
    let rows = inventory::INVENTORY
        .iter()
        .filter_map(|table| {
            let count = counts.get(table.name).copied().filter(|count| *count > 0)?;
            Some(view! {
                <tr>
                    <th scope="row">{table.title}</th>
                    <td class="num">{grouped(count)}</td>
                </tr>
            })
        })
        .collect_view();
    view! {
        <TableScroll label=caption.clone()>
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col" class="num">"Rows"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableScroll>
    }
    .into_any()
}

/// `1,204`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Dates and ways of an erasure, as names and values.
fn facts(receipt: &Receipt) -> Vec<(&'static str, String)> {
    let mut lines = vec![(
        "Asked for",
        format!("{}, {}", receipt.asked_at.human(), receipt.reason.words()),
    )];
    let mut add = |name, value: Option<String>| lines.extend(value.map(|value| (name, value)));
    add("Keys deleted", receipt.began_at.map(Timestamp::human));
    match receipt.state {
        State::Waiting => {
            add("Keys go on", Some(receipt.due_at.human()));
            add("Everything else goes on", Some(receipt.erase_at().human()));
        }
        State::Pending => add("Everything else goes on", Some(receipt.due_at.human())),
        State::Erasing => {}
        State::Erased => add("Erased", receipt.ended_at.map(Timestamp::human)),
        State::Cancelled => add("Called off", receipt.ended_at.map(Timestamp::human)),
    }
    let backups = receipt.backups_gone_at();
    add(
        "Backups deleted by",
        backups.map(|at| format!("{}, unreadable from the moment of erasure", day(at))),
    );
    lines
}

/// `5 December 2026`: the hour says nothing here.
fn day(at: Timestamp) -> String {
    let human = at.human();
    human.split_once(',').map_or(human.clone(), |(day, _)| day.to_owned())
}

#[component]
fn Facts(receipt: Receipt) -> impl IntoView {
    let lines = facts(&receipt)
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect_view();
    view! {
        <dl class="facts">
            <dt>"Receipt"</dt>
            <dd><code>{receipt.id.to_string()}</code></dd>
            {lines}
        </dl>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 12, 999, 1_000, 1_234_567].map(grouped),
            ["0", "12", "999", "1,000", "1,234,567"]
        );
    }
}
