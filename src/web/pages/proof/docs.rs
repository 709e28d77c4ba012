//! The part of the documentation that says how the policy proves itself.

use crate::domain::privacy::clauses::CLAUSES;
use leptos::prelude::*;

#[component]
pub fn ProofDocs() -> impl IntoView {
    view! {
        <h2 id="proof">"How the policy proves itself"</h2>
        <p>
            "The policy is a list of " {CLAUSES.len()} " promises. Each names the constants that its numbers come from, a probe that looks at the running server, the job that keeps it where time has to pass, and the test that guards it. The "
            <a href="/privacy/proof">"proof page"</a> ", the margin of the " <a href="/privacy">"policy"</a> " and "
            <code>"cargo xtask clauses"</code> " read that one list."
        </p>
        <ul>
            <li>
                <strong>"Probes"</strong>
                " read what is there, not what was meant: the oldest row, the head of every sealed value, the live schema against the data inventory, the hosts that were dialled, this server's own answers. A row that is too old or a column that nobody listed turns its promise red. A look is kept for ten seconds."
            </li>
            <li>
                <strong>"JSON"</strong> " with " <code>"Accept: application/json"</code> ": "
                <code>"checked_at"</code> ", " <code>"commit"</code> ", " <code>"kept"</code> ", " <code>"broken"</code> ", "
                <code>"unread"</code> " and " <code>"clauses[]"</code> " with " <code>"number"</code> ", " <code>"sentence"</code> ", "
                <code>"constants"</code> ", " <code>"state"</code> " (" <code>"kept"</code> ", " <code>"broken"</code> ", "
                <code>"unread"</code> "), " <code>"value"</code> ", " <code>"broken_since"</code> ", " <code>"job"</code> " and "
                <code>"test"</code> ". With a session, " <code>"yours"</code> " too."
            </li>
            <li>
                <strong>"The canary"</strong>
                " is a prompt that stands nowhere else, sent through the real engine to an echo on this machine, and then searched for in databases, write-ahead log, keystore, mails, data folder, log and temporary files; on PostgreSQL row by row, and in the server's files too where the database role may read them. Its call is a row of the feature "
                <code>"canary"</code> ". Swap, memory, backups elsewhere and a provider's side are not searched, and the page says so."
            </li>
            <li>
                <strong>"Tests"</strong> ": " <code>"cargo xtask clauses"</code>
                " prints number, result and name of each promise's test, on SQLite and PostgreSQL, and how many passed."
            </li>
        </ul>
    }
    .into_any()
}
