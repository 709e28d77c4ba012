//! Downloading everything and taking it over, through the running server; bundles are opened by a
//! ZIP library and judged by a JSON Schema library that the product does not use for it.

mod access;
mod contents;
mod faults;
mod full_disk;
mod import;

use crate::support::{Client, TestApp};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use spectr::domain::ids::UserId;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

const EXPORT: &str = "/settings/privacy/export";

/// An answer with its bytes.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    #[track_caller]
    fn zip(self) -> Bundle {
        let answer = self.expect(200);
        assert_eq!(answer.header("content-type"), "application/zip");
        Bundle::open(answer.bytes)
    }
}

/// A request with headers; answers bytes.
async fn ask(client: &Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = client.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.unwrap().to_vec();
    Answer { status, headers, bytes }
}

/// A fresh bundle.
pub async fn download(client: &Client) -> Bundle {
    ask(client, EXPORT, &[]).await.zip()
}

/// An opened bundle.
pub struct Bundle {
    pub raw: Vec<u8>,
    names: Vec<String>,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    #[track_caller]
    fn open(raw: Vec<u8>) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(raw.clone())).unwrap();
        let mut names = Vec::new();
        let mut files = BTreeMap::new();
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            names.push(name.clone());
            files.insert(name, bytes);
        }
        Self { raw, names, files }
    }

    fn text(&self, path: &str) -> &str {
        std::str::from_utf8(&self.files[path]).unwrap()
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.files[path]).unwrap()
    }

    pub fn rows(&self, section: &str) -> Vec<Value> {
        let Value::Array(rows) = self.json(&format!("data/{section}.json")) else {
            panic!("{section} is no array")
        };
        rows
    }

    /// The manifest's entry of a file.
    fn listed(&self, path: &str) -> Value {
        let manifest = self.json("manifest.json");
        let files = manifest["files"].as_array().unwrap().clone();
        files.into_iter().find(|file| file["path"] == path).unwrap()
    }
}

/// How many rows of a table belong to a person.
async fn count_of(app: &TestApp, table: &str, user: UserId) -> usize {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE user_id = $1"));
    let mut conn = app.app.db.acquire().await.unwrap();
    let count = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).fetch_one(c).await).unwrap();
    usize::try_from(count).unwrap()
}

/// Files of bundles in the data folder.
fn spools(app: &TestApp) -> Vec<std::path::PathBuf> {
    match std::fs::read_dir(app.data_dir().join("exports")) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    }
}
