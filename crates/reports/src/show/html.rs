//! One page without scripts, links or requests, to be kept or attached.

use super::{duration, escape};
use crate::analysis::Analysis;
use crate::cut;
use crate::redact::redact;

const MAX_EXCERPT: usize = 4000;
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b24;background:#fff}\
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}summary{cursor:pointer;font-weight:600}details{border:1px solid #d8d8e2;border-radius:8px;\
padding:.75rem 1rem;margin:.75rem 0}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f8;padding:.75rem;border-radius:6px;font-size:.85rem}\
.meta{color:#55556a;font-weight:400}.storm{border-left:4px solid #b3261e;padding-left:1rem}table{border-collapse:collapse}td,th{padding:.25rem .75rem;text-align:left}\
@media(prefers-color-scheme:dark){body{color:#ececf4;background:#14141b}pre{background:#1e1e28}details{border-color:#3a3a4a}.meta{color:#a9a9bd}}";

/// The analysis as a page of its own.
#[must_use]
pub fn html(analysis: &Analysis) -> String {
    let counts = analysis.counts();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>Test report</title>\
         <style>{STYLE}</style></head><body><h1>Test report</h1><p>{} tests: {} passed, {} failed, {} errored, {} skipped; {} flaky.</p>",
        counts.tests, counts.passed, counts.failed, counts.errored, counts.skipped, counts.flaky
    );
    if analysis.is_storm {
        out.push_str("<p class=\"storm\">More than 80 % failed: this looks like broken infrastructure, not like broken tests.</p>");
    }
    out.push_str(&format!("<h2>Causes ({})</h2>", analysis.clusters.len()));
    for cluster in &analysis.clusters {
        let members: Vec<_> = cluster.members().filter_map(|member| analysis.find(member)).collect();
        out.push_str(&format!(
            "<details id=\"{}\"><summary>{} <span class=\"meta\">{} tests · {} · certainty {:.0} %</span></summary><pre>{}</pre><ul>",
            cluster.name(),
            escape(&redact(&cluster.title)),
            members.len(),
            cluster.category.words(),
            cluster.certainty * 100.0,
            escape(cut(&redact(&cluster.exemplar.message), MAX_EXCERPT)),
        ));
        for (report, case) in members {
            out.push_str(&format!("<li>{}</li>", escape(&Analysis::label(report, case))));
        }
        out.push_str("</ul></details>");
    }
    if let Some(change) = &analysis.change {
        let cases = &change.cases;
        out.push_str(&format!(
            "<h2>Since the earlier run</h2><p>{} new failures, {} fixed, {} still failing, {} flaky.</p>",
            cases.new.len(),
            cases.fixed.len(),
            cases.still.len(),
            cases.flaky.len()
        ));
    }
    out.push_str("<h2>Slowest</h2><table>");
    for (report, case) in analysis.slowest(10) {
        let millis = duration(case.millis().unwrap_or(0.0));
        out.push_str(&format!(
            "<tr><td>{millis}</td><td>{}</td></tr>",
            escape(&Analysis::label(report, case))
        ));
    }
    out.push_str("</table><h2>Files</h2><ul>");
    for report in &analysis.reports {
        let format = report.format.map_or("not read", |format| format.name());
        out.push_str(&format!(
            "<li>{}: {format}, {} tests<ul>",
            escape(&report.path),
            report.cases.len()
        ));
        for problem in &report.problems {
            out.push_str(&format!(
                "<li>{}: {}</li>",
                escape(&problem.at),
                escape(&redact(&problem.what))
            ));
        }
        out.push_str("</ul></li>");
    }
    out.push_str("</ul></body></html>\n");
    out
}
