//! The analyzer's part of the reference.

use crate::web::pages::docs::pairs;
use leptos::prelude::*;

const REPORTS: &[(&str, &str)] = &[
    (
        "In",
        "Files, folders and archives (zip, gzip, tar) by drop or choice, text by paste. JUnit XML in its dialects, TRX, NUnit, xUnit.net, Robot, CTest, Boost, Check, CppUnit, CUnit, Allure, CTRF, Playwright, Mocha, Mochawesome, Jest, Vitest, RSpec, Cucumber, GoogleTest, pytest, go test, libtest, Dart, TAP: known by their content. Of broken files what can be had; “Files” says what was skipped and where.",
    ),
    (
        "Counts",
        "From the cases, never from a report's own header. A test that was tried again counts once, by its last attempt; flaky ones passed only then and are among the passed.",
    ),
    (
        "Causes",
        "Failures of one exception type that are exactly alike (an exact group), then groups that are alike. The id of a cause is the same in every report, in the browser and in `spectr analyze`.",
    ),
    (
        "Arrange",
        "Pin, rename, merge, split off an exact group. It is kept in this browser and holds for whatever report comes next.",
    ),
    (
        "Compare",
        "Choose the report of an earlier run: what is new, fixed and still failing, by the tests' names.",
    ),
    (
        "Explain",
        "Shows the text that a model would be told of one cause, or of the five largest: names of tests, message, trace, beginning of the output, redacted. Change it as you like; Send gives exactly that text to up to four models of your own keys, side by side, in the panes of the assistant: Stop, Retry, copies, time, tokens and cost for each. What an answer quotes leads to its line of what was sent, and from there, where the open cause says it, to the report. The answers stay until another cause is explained or the page is left; they are kept nowhere.",
    ),
    (
        "Keep",
        "Names, merges and pins, and the summaries that you choose to keep, stay in this browser, per account.",
    ),
    (
        "Save",
        "Keeps a report on the server, as much of it as you choose: counts, causes with redacted messages, or also the names of failing tests. The dialog shows the exact text; nothing is sent before its button. It is sealed under a key of your own, at most 256 KiB of one report and 50 reports, until you delete them. From the second on each says which causes are new, still there and gone: by their exact groups, since the latest earlier one that keeps causes.",
    ),
    (
        "Out",
        "A cause as Markdown; the whole as an HTML page without scripts, Markdown, JSON or JUnit XML. Messages are redacted in all of them.",
    ),
    (
        "Keys",
        "`j` and `k` go through the rows, Enter opens, Escape closes, `/` filters, `?` lists them and switches them off.",
    ),
];

#[component]
pub fn ReportsDocs() -> impl IntoView {
    view! {
        <h2 id="reports">"Report Analyzer"</h2>
        <p>
            <a href="/reports">"The analyzer"</a> " reads reports in your browser. Nothing of them is sent to the server, but for what "
            "you read and send under Explain or Save; the page's worker may fetch its own code and nothing else."
        </p>
        {pairs("Report Analyzer", ["What", "How"], REPORTS)}
    }
}
