//! A bundle taken over into another account, and bundles that are not; the command that checks them.

use super::{Bundle, count_of, download};
use crate::on_both_engines;
use crate::support::{Client, Reply, TestApp};
use crate::usage::{call, record};
use reqwest::Method;
use std::process::Command;

const IMPORT: &str = "/settings/privacy/import";

/// Uploads as a browser's form does.
async fn upload(client: &Client, bytes: Vec<u8>) -> Reply {
    let mut body = b"--frontier\r\ncontent-disposition: form-data; name=\"bundle\"; filename=\"x.zip\"\r\n\
        content-type: application/zip\r\n\r\n"
        .to_vec();
    body.extend(bytes);
    body.extend(b"\r\n--frontier--\r\n");
    let request = client
        .request(Method::POST, IMPORT)
        .header("content-type", "multipart/form-data; boundary=frontier")
        .body(body);
    client.send(request).await
}

/// Ada's account with everything that travels and much that does not.
async fn prepared(app: &TestApp) -> Bundle {
    let ada = app.signed_in_user().await;
    let profile = [
        ("name", "Ada \"Λ\" Lovelace"),
        ("organisation", "=Engines & Co"),
        ("phone", "+44 20 7946"),
        ("address", "12 St James's Square"),
    ];
    ada.client.post("/settings/profile", &profile).await.see_other();
    ada.client
        .post("/settings/budgets", &[("daily", "5"), ("monthly", "70.25")])
        .await
        .see_other();
    record(app, &[call(app, ada.id, app.app.clock.now())]).await;
    download(&ada.client).await
}

on_both_engines! {
    async fn profile_and_budgets_come_back_the_same_and_nothing_else_travels(app: TestApp) {
        let bundle = prepared(app).await;
        let bob = app.signed_in_user().await;
        let done = upload(&bob.client, bundle.raw.clone()).await;
        assert_eq!(done.see_other(), "/settings/privacy/import?notice=taken&from=own&budgets=yes");
        let page = bob.client.get(done.see_other()).await.expect(200).body;
        assert!(page.contains("signed by this server") && page.contains("consents, receipts, usage"));
        let (before, after) = (bundle.json("data/account.json"), download(&bob.client).await);
        let account = after.json("data/account.json");
        for field in ["name", "organisation", "phone", "address"] {
            assert_eq!(account[field], before[field], "{field}");
        }
        for limit in ["daily_nano_usd", "monthly_nano_usd"] {
            assert_eq!(account["budgets"][0][limit], before["budgets"][0][limit]);
        }
        assert_eq!(account["email"], bob.email);
        assert_eq!((after.rows("usage").len(), after.rows("provider_keys").len()), (0, 0));
        assert_eq!(count_of(app, "policy_acceptances", bob.id).await, 0);
        assert!(after.rows("security").iter().any(|event| event["kind"] == "data_imported"));
    }

    async fn the_zip_alone_is_taken_too(app: TestApp) {
        let bundle = prepared(app).await;
        let bob = app.signed_in_user().await;
        let request = bob.client.request(Method::POST, IMPORT).header("content-type", "application/zip").body(bundle.raw);
        bob.client.send(request).await.see_other();
        let page = bob.client.get("/settings/profile").await.expect(200).body;
        assert!(page.contains("=Engines &amp; Co"));
    }

    async fn a_bundle_that_is_not_whole_changes_nothing_and_says_why(app: TestApp) {
        let bundle = prepared(app).await;
        let bob = app.signed_in_user().await;
        let half = bundle.raw[..bundle.raw.len() / 2].to_vec();
        let mut bent = bundle.raw.clone();
        let at = bent.windows(17).position(|window| window == b"data/account.json").unwrap() + 60;
        bent[at] ^= 0x55;
        for (broken, words) in [
            (half, "no ZIP file"),
            (bent, "data/account.json"),
            (b"PK\x03\x04 nothing".to_vec(), "no ZIP file"),
            (Vec::new(), "Choose the ZIP"),
        ] {
            let refused = upload(&bob.client, broken).await.expect(422);
            assert!(refused.body.contains(words), "{words}");
            assert!(refused.body.contains("field-bundle-error") && refused.body.contains("Nothing was changed"));
        }
        let after = download(&bob.client).await;
        assert_eq!(after.json("data/account.json")["name"], "Ada Lovelace");
        assert!(after.rows("security").iter().all(|event| event["kind"] != "data_imported"));
        let files = super::spools(app);
        assert!(files.iter().all(|path| path.extension().is_some_and(|kind| kind == "sealed")), "{files:?}");
    }
}

fn verify(arguments: &[&std::path::Path]) -> (i32, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_spectr"))
        .arg("verify-export")
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.code().unwrap(), said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_says_valid_not_valid_or_that_it_could_not_look() {
    let app = TestApp::spawn(crate::support::Engine::Sqlite).await;
    let bundle = prepared(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, keys) = (folder.path().join("export.zip"), folder.path().join("keys.json"));
    std::fs::write(&file, &bundle.raw).unwrap();
    std::fs::write(&keys, app.client().get("/.well-known/spectr-keys.json").await.body).unwrap();
    let (code, said) = verify(&[&file]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("valid") && said.contains("spectr-keys.json"), "{said}");
    let key = std::path::Path::new("--key");
    let (code, said) = verify(&[&file, key, &keys]);
    assert!(code == 0 && said.contains("the one that was given"), "{said}");
    let other = "a".repeat(64);
    let (code, said) = verify(&[&file, key, std::path::Path::new(&other)]);
    assert!(code == 1 && said.contains("not valid"), "{code} {said}");
    std::fs::write(&file, &bundle.raw[..bundle.raw.len() - 100]).unwrap();
    assert_eq!(verify(&[&file]).0, 1);
    assert_eq!(verify(&[&folder.path().join("none.zip")]).0, 2);
    assert_eq!(verify(&[&file, key, std::path::Path::new("nothing")]).0, 2);
    app.stop().await;
}
