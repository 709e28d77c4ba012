//! Platform keys and what they open.

mod api;
mod keys;
mod leaks;

use crate::support::{Client, Reply, TestApp};
use reqwest::Method;

pub const PAGE: &str = "/settings/platform-keys";
pub const USAGE: &str = "/api/v1/usage";

/// The key in a page that shows one.
#[track_caller]
pub fn key_in(page: &str) -> String {
    let found = spectr::domain::platform::find(page);
    found.unwrap_or_else(|| panic!("no key in {page}")).to_owned()
}

/// Makes a key by its form.
pub async fn create(client: &Client, label: &str) -> String {
    let reply = client.post(PAGE, &[("label", label)]).await.expect(200);
    key_in(&reply.body)
}

/// Asks the API as a program does: with a key and without a cookie.
pub async fn ask(app: &TestApp, path: &str, key: &str) -> Reply {
    let program = app.client();
    let request = program
        .request(Method::GET, path)
        .header("authorization", format!("Bearer {key}"));
    let reply = program.send(request).await;
    assert!(reply.header("set-cookie").is_none(), "a program gets no cookie");
    reply
}

/// The id of the newest key, from the forms of the page.
pub async fn newest_id(client: &Client) -> String {
    let page = client.get(PAGE).await.expect(200).body;
    let start = "action=\"/settings/platform-keys/";
    let at = page.find(start).unwrap() + start.len();
    page[at..at + 36].to_owned()
}
