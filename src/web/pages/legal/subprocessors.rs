//! `/privacy/subprocessors`: everyone who receives data from this server, and when.

use super::{OperatorFacts, policy_date};
use crate::domain::providers::Provider;
use crate::features::App;
use crate::web::components::{PublicShell, TableScroll};
use leptos::prelude::*;

/// The providers' own privacy policies.
const POLICIES: [(Provider, &str); 5] = [
    (Provider::Anthropic, "https://www.anthropic.com/privacy"),
    (Provider::OpenAi, "https://openai.com/policies/privacy-policy"),
    (Provider::Google, "https://policies.google.com/privacy"),
    (Provider::Mistral, "https://mistral.ai/terms"),
    (Provider::Groq, "https://groq.com/privacy"),
];

#[component]
pub fn Subprocessors() -> impl IntoView {
    let app = use_context::<App>();
    let host = |provider: Provider| {
        app.as_ref()
            .and_then(|app| app.config.provider_bases.get(&provider)?.host_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let langsmith = app
        .as_ref()
        .and_then(|app| app.config.langsmith_base.host_str().map(str::to_owned))
        .unwrap_or_default();
    let mails = app.as_ref().is_some_and(|app| app.config.smtp_url.is_some());
    let rows = POLICIES
        .into_iter()
        .map(|(provider, policy)| {
            view! {
                <tr>
                    <th scope="row">{provider.name()}</th>
                    <td data-label="Host"><code>{host(provider)}</code></td>
                    <td data-label="What">"your messages and parameters, with your key or the operator's trial key"</td>
                    <td data-label="When">"only when you pick it for a call"</td>
                    <td data-label="Theirs"><a href=policy rel="noreferrer">"Policy"</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PublicShell title="Subprocessors" description="Everyone who receives data from Spectr, and when.">
            <article class="prose prose-wide">
                <h1>"Subprocessors"</h1>
                <p class="dateline">"Last updated: "{policy_date()}</p>
                <p class="lead">
                    "The complete list of those who receive data from this server. Nobody else does: pages load nothing from other hosts, and the server dials nobody else."
                </p>
                <OperatorFacts />
                <TableScroll label="Providers of language models">
                    <table class="table table-cards">
                        <caption>"Providers of language models"</caption>
                        <thead>
                            <tr><th>"Who"</th><th>"Host"</th><th>"What"</th><th>"When"</th><th>"Theirs"</th></tr>
                        </thead>
                        <tbody>
                            {rows}
                            <tr>
                                <th scope="row">"A server of your own"</th>
                                <td data-label="Host">"the base URL that you give"</td>
                                <td data-label="What">"the same"</td>
                                <td data-label="When">"only with a key of kind OpenAI-compatible"</td>
                                <td data-label="Theirs">"yours"</td>
                            </tr>
                        </tbody>
                    </table>
                </TableScroll>
                <h2>"What you connect yourself"</h2>
                <TableScroll label="Integrations">
                    <table class="table table-cards">
                        <thead>
                            <tr><th>"Who"</th><th>"Host"</th><th>"What"</th><th>"When"</th><th>"Theirs"</th></tr>
                        </thead>
                        <tbody>
                            <tr>
                                <th scope="row">"LangSmith (LangChain, Inc.)"</th>
                                <td data-label="Host"><code>{langsmith}</code></td>
                                <td data-label="What">"metadata of your calls: provider, model, times, tokens, cost, outcome; never a prompt or an answer"</td>
                                <td data-label="When">"only with a key of your own, your consent and the switch on; off by default"</td>
                                <td data-label="Theirs"><a href="https://www.langchain.com/privacy-policy" rel="noreferrer">"Policy"</a></td>
                            </tr>
                        </tbody>
                    </table>
                </TableScroll>
                <h2>"Hosting and mail"</h2>
                <ul>
                    <li>"Hosting: the operator named above, in the region named above."</li>
                    <li>
                        {if mails {
                            "Mail: the operator's mail server carries confirmations, alerts and answers to your address."
                        } else {
                            "Mail: this server sends none; mails stay as files in its data folder."
                        }}
                    </li>
                </ul>
                <p>"A new entry is announced as a change of the " <a href="/privacy#changes">"privacy policy"</a> "."</p>
            </article>
        </PublicShell>
    }
}
