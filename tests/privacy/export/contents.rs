//! What is in a bundle, and what must never be.

use super::{Bundle, count_of, download};
use crate::on_both_engines;
use crate::support::{PASSWORD, TestApp, assert_follows};
use crate::usage::{call, record};
use crate::vault::{GOOD, Provider};
use sha2::{Digest, Sha256};
use spectr::domain::timestamp::DAY_MS;
use spectr::infra::crypto::PublicKey;

const SECTIONS: [&str; 8] = [
    "account",
    "provider_keys",
    "usage",
    "sessions",
    "consents",
    "requests",
    "security",
    "saved",
];

/// The same document with sorted names and no spaces: what the file must be, byte for byte.
fn canonical(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            let sorted: std::collections::BTreeMap<_, _> = members.iter().collect();
            let members: Vec<_> = sorted
                .iter()
                .map(|(name, value)| format!("{}:{}", serde_json::json!(name), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

fn assert_whole(bundle: &Bundle) {
    let manifest = bundle.json("manifest.json");
    let key = PublicKey::parse(manifest["signature"]["public_key"].as_str().unwrap()).unwrap();
    assert!(key.verifies(&bundle.files["manifest.json"], &bundle.files["manifest.sig"]));
    let listed: Vec<_> = manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    let mut expected: Vec<_> = bundle.names.iter().map(String::as_str).collect();
    expected.retain(|name| !name.starts_with("manifest."));
    assert_eq!(listed, expected);
    for file in manifest["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let bytes = &bundle.files[path];
        assert_eq!(file["bytes"], bytes.len(), "{path}");
        assert_eq!(file["sha256"], hex::encode(Sha256::digest(bytes)), "{path}");
        let Some(schema) = file["schema"].as_str() else {
            continue;
        };
        let document = bundle.json(path);
        assert_follows(bundle.json(schema), &document, path);
        assert_eq!(canonical(&document), bundle.text(path), "{path}");
        let rows = document.as_array().map_or(1, Vec::len);
        assert_eq!(file["rows"], rows, "{path}");
    }
}

on_both_engines! {
    async fn a_bundle_holds_the_promised_entries_whole_and_signed(app: TestApp) {
        let person = app.signed_in_user().await;
        let calls: Vec<_> = (0..5).map(|day| call(app, person.id, app.app.clock.now().minus(day * DAY_MS))).collect();
        record(app, &calls).await;
        let stranger = app.signed_in_user().await;
        record(app, &[call(app, stranger.id, app.app.clock.now())]).await;
        person.client.post("/settings/profile", &[("name", "Ada \"Λ\" Lovelace"), ("phone", "+44 20")]).await.see_other();
        person.client.post("/settings/budgets", &[("daily", "5"), ("monthly", "")]).await.see_other();
        let bundle = download(&person.client).await;
        let mut names = vec!["README.html".to_owned(), "manifest.json".into(), "manifest.sig".into()];
        for section in SECTIONS {
            names.push(format!("data/{section}.json"));
            names.push(format!("schemas/{section}.schema.json"));
        }
        let mut found = bundle.names.clone();
        found.retain(|name| !name.ends_with(".csv"));
        names.sort();
        found.sort();
        assert_eq!(found, names);
        assert_whole(&bundle);
        let account = bundle.json("data/account.json");
        assert_eq!(account["email"], person.email);
        assert_eq!((&account["name"], &account["phone"]), (&"Ada \"Λ\" Lovelace".into(), &"+44 20".into()));
        assert_eq!(account["budgets"][0]["daily_nano_usd"], 5_000_000_000_i64);
        let strangers = stranger.id.to_string();
        assert!(bundle.files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains(&strangers)));
        for (section, table) in [("usage", "llm_calls"), ("sessions", "sessions"), ("security", "security_events")] {
            assert_eq!(bundle.rows(section).len(), count_of(app, table, person.id).await, "{section}");
        }
        let published: serde_json::Value =
            serde_json::from_str(&app.client().get("/.well-known/spectr-keys.json").await.expect(200).body).unwrap();
        let signed = &bundle.json("manifest.json")["signature"];
        assert_eq!(published["keys"][0]["public_key"], signed["public_key"]);
        assert_eq!(published["keys"][0]["kid"], signed["key_id"]);
    }

    async fn tables_stand_there_as_csv_too_and_no_cell_is_a_formula(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut odd = call(app, person.id, app.app.clock.now());
        odd.model = "=cmd|'/c calc'!A1,\"x\"".to_owned();
        record(app, &[odd, call(app, person.id, app.app.clock.now().minus(1))]).await;
        let bundle = download(&person.client).await;
        let rows = bundle.rows("usage");
        let mut reader = csv::Reader::from_reader(bundle.text("data/usage.csv").as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let records: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
        assert_eq!(records.len(), rows.len());
        assert_eq!(bundle.listed("data/usage.csv")["rows"], rows.len());
        for (record, row) in records.iter().zip(&rows) {
            assert_eq!(names.len(), row.as_object().unwrap().len());
            for (name, cell) in names.iter().zip(record) {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell}");
                let plain = row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
                let plain = if plain == "null" { String::new() } else { plain };
                assert!(cell == plain || *cell == format!("'{plain}"), "{name}: {cell} {plain}");
            }
        }
        assert!(rows.iter().any(|row| row["model"] == "=cmd|'/c calc'!A1,\"x\""));
    }

    async fn what_is_past_its_time_is_in_no_bundle_even_if_the_purge_is_late(app: TestApp) {
        let person = app.signed_in_user().await;
        let now = app.app.clock.now();
        record(app, &[call(app, person.id, now.minus(89 * DAY_MS)), call(app, person.id, now.minus(91 * DAY_MS))]).await;
        person.client.post("/settings/profile", &[("name", "Ada")]).await.see_other();
        let bundle = download(&person.client).await;
        assert_eq!(bundle.rows("usage").len(), 1);
        assert!(bundle.rows("security").iter().all(|event| event["ip"]["ip"] == "127.0.0.1"));
    }

    async fn each_export_stands_in_the_security_log(app: TestApp) {
        let person = app.signed_in_user().await;
        let first = download(&person.client).await;
        assert!(first.rows("security").iter().any(|event| event["kind"] == "data_exported"));
        download(&person.client).await;
        let page = person.client.get("/settings/security").await.expect(200).body;
        assert_eq!(page.matches("Data downloaded").count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_and_no_password_is_in_a_bundle_only_the_hint() {
    let provider = Provider::start().await;
    let settings = [("SPECTR_OPENAI_BASE_URL", provider.url.as_str())];
    let app = TestApp::spawn_with(crate::support::Engine::Sqlite, &settings).await;
    let client = app.sign_up("Ada", "ada@example.org").await;
    let added = client
        .post(
            "/settings/keys",
            &[("provider", "openai"), ("label", "mine"), ("key", GOOD)],
        )
        .await;
    added.see_other();
    let bundle = download(&client).await;
    let keys = bundle.rows("provider_keys");
    assert_eq!((keys.len(), &keys[0]["label"]), (1, &"mine".into()));
    let tail = &GOOD[GOOD.len() - 4..];
    assert!(keys[0]["hint"].as_str().unwrap().ends_with(tail));
    let cookie = client.cookie().unwrap();
    for (name, bytes) in &bundle.files {
        let text = String::from_utf8_lossy(bytes);
        for secret in [GOOD, PASSWORD, "$2b$", cookie.split('.').next().unwrap()] {
            assert!(!text.contains(secret), "{name} holds a secret");
        }
    }
    app.assert_absent_from_files(&[GOOD, PASSWORD]);
    app.stop().await;
}
