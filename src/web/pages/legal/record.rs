//! `/privacy/record`: the record of processing activities (article 30 of the GDPR), made from the
//! inventory: purposes, people, categories, recipients, time limits, protection, down to the column.

use super::{OperatorFacts, policy_date};
use crate::domain::privacy::inventory::{Column, Erasure, Export, INVENTORY, Purpose, Store, Table};
use crate::domain::privacy::policy::{capitalised, kept};
use crate::web::components::{PublicShell, TableScroll};
use leptos::prelude::*;

#[component]
pub fn Record() -> impl IntoView {
    let purposes = Purpose::ALL
        .into_iter()
        .filter(|purpose| tables(*purpose).next().is_some())
        .map(|purpose| view! { <Activity purpose /> })
        .collect_view();
    view! {
        <PublicShell title="Processing record" description="What this server processes, for which purpose, on which basis, for how long.">
            <article class="prose prose-wide">
                <h1>"Record of processing activities"</h1>
                <p class="dateline">"Last updated: "{policy_date()}" · Article 30 GDPR"</p>
                <p class="lead">
                    "Made from the same inventory by which the server exports, deletes and checks its tables: a column that is not listed here does not exist."
                </p>
                <OperatorFacts />
                <h2>"For all activities"</h2>
                <dl class="facts">
                    <dt>"People concerned"</dt>
                    <dd>"those who have an account; for requests also those who write without one"</dd>
                    <dt>"Recipients"</dt>
                    <dd><a href="/privacy/subprocessors">"the published list"</a>", and nobody else"</dd>
                    <dt>"Other countries"</dt>
                    <dd>"data is stored in the region named above; a call goes to the provider that you choose for it, in that provider's region"</dd>
                    <dt>"Protection"</dt>
                    <dd>"text of people sealed with AES-256-GCM under a key per person, kept apart from the data; " <a href="/security">"all measures"</a></dd>
                </dl>
                {purposes}
                <h2 id="system">"Without personal data"</h2>
                <Tables tables=INVENTORY.iter().copied().filter(|table| !table.is_personal()).collect() />
            </article>
        </PublicShell>
    }
}

fn tables(purpose: Purpose) -> impl Iterator<Item = &'static Table> {
    INVENTORY
        .iter()
        .copied()
        .filter(move |table| table.is_personal() && table.purpose == purpose)
}

#[component]
fn Activity(purpose: Purpose) -> impl IntoView {
    let basis = purpose.basis();
    view! {
        <h2 id=purpose.id()>{purpose.name()}</h2>
        <p>{purpose.words()}" Basis: "{basis.name()}" ("{basis.article()}")."</p>
        <Tables tables=tables(purpose).collect() />
    }
    .into_any()
}

#[component]
fn Tables(tables: Vec<&'static Table>) -> impl IntoView {
    tables
        .into_iter()
        .map(|table| view! { <Category table /> })
        .collect_view()
}

#[component]
fn Category(table: &'static Table) -> impl IntoView {
    let store = match table.store {
        Store::Main => "database",
        Store::Keystore => "keystore, apart from the database",
    };
    let erased = match table.erasure {
        Erasure::AtOnce => "deleted in the moment in which the deletion is asked for",
        Erasure::Delete => "deleted with the account",
        Erasure::Unlink => "stays without the link to the account",
        Erasure::DeleteByKey => "its own key is destroyed and the row deleted with the account",
        Erasure::DestroyKey => "destroyed first when the account is deleted",
        Erasure::Keep(why) => why,
    };
    let columns = table
        .columns
        .iter()
        .map(|column| view! { <ColumnRow column /> })
        .collect_view();
    view! {
        <h3>{table.title}</h3>
        <p>{capitalised(table.holds)}"."</p>
        <dl class="facts">
            <dt>"Time limit"</dt>
            <dd>{kept(table)}</dd>
            <dt>"At erasure"</dt>
            <dd>{capitalised(erased)}</dd>
            <dt>"Stands in"</dt>
            <dd><code>{table.name}</code>" · "{store}</dd>
        </dl>
        <details>
            <summary>{format!("Its {} columns", table.columns.len())}</summary>
            <TableScroll label=format!("Columns of {}", table.title)>
                <table class="table table-doc table-cards">
                    <thead><tr><th scope="col">"Column"</th><th scope="col">"Holds"</th><th scope="col">"In your export"</th></tr></thead>
                    <tbody>{columns}</tbody>
                </table>
            </TableScroll>
        </details>
    }
    .into_any()
}

#[component]
fn ColumnRow(column: &'static Column) -> impl IntoView {
    let export = match column.export {
        Export::Plain => "yes".to_owned(),
        Export::Opened => "yes, opened".to_owned(),
        Export::Left(why) => format!("no: {why}"),
    };
    view! {
        <tr>
            <th scope="row"><code>{column.name}</code></th>
            <td data-label="Holds">{column.kind.words()}</td>
            <td data-label="In your export">{export}</td>
        </tr>
    }
}
