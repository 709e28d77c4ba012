//! `README.html`: what the bundle is, for the person whose data it holds. One file without any
//! address of another host, so that it reads the same in ten years and without a network.

use super::{DataFile, data_files};
use crate::domain::privacy::constants::{SECURITY_EVENT_RETENTION_DAYS, USAGE_RETENTION_DAYS};
use crate::domain::privacy::inventory::{Export, Table};
use crate::domain::timestamp::Timestamp;

/// What the page says about this bundle.
#[derive(Clone, Debug)]
pub struct Facts {
    pub name: String,
    pub email: String,
    pub server: String,
    pub created_at: Timestamp,
    pub key_id: String,
}

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5a6675;--line:#d9dee5;--bg:#fff;--tint:#f5f7f9;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa7b6;--line:#2d3743;--bg:#12171d;--tint:#1a2129;--link:#7db7f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:3rem 1.25rem 5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}
p,ul,ol{margin:.5rem 0}li{margin:.25rem 0}.soft{color:var(--soft)}a{color:var(--link)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.75rem 0}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);font-size:.875rem}
code,pre{font:.875rem/1.5 ui-monospace,monospace}pre{background:var(--tint);padding:.75rem 1rem;overflow-x:auto;border-radius:6px}
td code{white-space:nowrap}
";

/// The whole page.
#[must_use]
pub fn readme(facts: &Facts) -> String {
    let mut out = String::with_capacity(16 * 1024);
    let (name, email, server) = (escape(&facts.name), escape(&facts.email), escape(&facts.server));
    let at = facts.created_at.human();
    let parts = [
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">".to_owned(),
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">".to_owned(),
        format!("<title>Your data from Spectr</title><style>{STYLE}</style></head><body><main>"),
        "<h1>Your data from Spectr</h1>".to_owned(),
        format!("<p>{name} ({email}), as it stood on {at} on <code>{server}</code>.</p>"),
        format!(
            "<p class=\"soft\">Everything in this bundle was read at one moment. Usage older than \
             {USAGE_RETENTION_DAYS} days and security events older than {SECURITY_EVENT_RETENTION_DAYS} days are \
             deleted by the server and so cannot be here. What you asked models and what they answered is not here \
             either: the server never stored it.</p>"
        ),
        "<p>Keep this file where nobody else can read it. It holds no passwords and no keys, but it is about you.</p>"
            .to_owned(),
    ];
    parts.iter().for_each(|part| out.push_str(part));
    files(&mut out);
    nested(&mut out);
    left(&mut out);
    check(&mut out, facts);
    import(&mut out);
    out.push_str("</main></body></html>\n");
    out
}

fn files(out: &mut String) {
    out.push_str(
        "<h2>What is in it</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">File</th><th scope=\"col\">Holds</th>\
         </tr></thead><tbody>",
    );
    for file in data_files() {
        let holds = holds(&file);
        put(
            out,
            format_args!("<tr><td><a href=\"{0}\"><code>{0}</code></a>", file.json_path()),
        );
        if let Some(csv) = file.csv_path() {
            put(out, format_args!("<br><a href=\"{csv}\"><code>{csv}</code></a>"));
        }
        put(out, format_args!("</td><td>{holds}</td></tr>"));
    }
    out.push_str(
        "<tr><td><code>schemas/</code></td><td>for each JSON file a JSON Schema (draft 2020-12): which fields there are \
         and of which kind</td></tr>\
         <tr><td><a href=\"manifest.json\"><code>manifest.json</code></a></td><td>every other file with its size, its \
         SHA-256, its number of rows and its schema</td></tr>\
         <tr><td><code>manifest.sig</code></td><td>the server's signature under the manifest: 64 bytes, \
         Ed25519</td></tr></tbody></table></div>\
         <p>JSON and CSV hold the same rows. Times are UTC (RFC 3339), amounts named <code>nano_usd</code> are \
         billionths of a US dollar, hashes are hexadecimal. In the CSV files text that a spreadsheet would run as a \
         formula begins with an apostrophe.</p>",
    );
}

fn holds(file: &DataFile) -> String {
    let mut words: Vec<String> = file.tables.iter().map(|table| escape(table.holds)).collect();
    if words.is_empty() {
        words.push("what you saved on the server: nothing yet".to_owned());
    }
    if !file.nested.is_empty() {
        words.push("and what is listed below".to_owned());
    }
    words.join("; ")
}

/// The small tables inside the account's file.
fn nested(out: &mut String) {
    let files = data_files();
    let Some(account) = files.first() else { return };
    out.push_str("<h2>Inside data/account.json</h2><ul>");
    for table in &account.nested {
        put(
            out,
            format_args!("<li><code>{}</code>: {}</li>", table.name, escape(table.holds)),
        );
    }
    out.push_str("</ul>");
}

/// Columns that stay on the server, by reason.
fn left(out: &mut String) {
    out.push_str("<h2>What stayed on the server, and why</h2><ul>");
    let files = data_files();
    for table in files.iter().flat_map(|file| file.tables.iter().chain(&file.nested)) {
        left_of(out, table);
    }
    out.push_str("</ul>");
}

fn left_of(out: &mut String, table: &Table) {
    let owner = table.owner_column();
    for column in table.columns.iter().filter(|column| Some(column.name) != owner) {
        if let Export::Left(why) = column.export {
            put(
                out,
                format_args!("<li><code>{}.{}</code>: {}</li>", table.name, column.name, escape(why)),
            );
        }
    }
}

fn check(out: &mut String, facts: &Facts) {
    let (server, key) = (escape(&facts.server), escape(&facts.key_id));
    let server = server.trim_end_matches('/');
    put(
        out,
        format_args!(
            "<h2>How to check it</h2><p>The manifest lists every file with its SHA-256, and the server signed the \
             manifest with the key <code>{key}</code>. So nothing can be changed or taken out unnoticed.</p>\
             <p>With Spectr, without a network:</p><pre>spectr verify-export FILE.zip</pre>\
             <p>By hand, with the server's public key from <code>{server}/.well-known/spectr-keys.json</code> (the \
             field <code>pem</code>) saved as <code>key.pem</code>:</p>\
             <pre>openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig\n\
             sha256sum data/*.json data/*.csv</pre>"
        ),
    );
}

fn import(out: &mut String) {
    out.push_str(
        "<h2>How to take it elsewhere</h2><p>In another account, on this or on another Spectr server, open Settings, \
         Privacy, and choose this ZIP under \u{201c}Take data over\u{201d}. Profile, budgets and saved content come back \
         the same. Keys, consents, receipts, usage and the security log do not travel: they belong to the old account.</p>",
    );
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.push_str(&words.to_string());
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_by_itself_and_names_every_file() {
        let page = readme(&Facts {
            name: "<script>alert(1)</script>".into(),
            email: "ada@example.org".into(),
            server: "https://spectr.example/".into(),
            created_at: Timestamp(1_777_881_600_000),
            key_id: "0123456789abcdef".into(),
        });
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"));
        assert!(page.contains("https://spectr.example/.well-known/spectr-keys.json"));
        for file in data_files() {
            assert!(page.contains(&file.json_path()));
        }
        assert!(page.contains("provider_keys.secret") && page.contains("verify-export"));
    }
}
