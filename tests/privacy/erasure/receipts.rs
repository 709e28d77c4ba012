//! The public receipt: for people and machines, signed, and about nobody.

use super::{EMAIL, NAME, leaver};
use crate::on_both_engines;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;

on_both_engines! {
    async fn an_unknown_receipt_is_nothing_and_says_nothing(app: TestApp) {
        for path in ["/erasure/nonsense", "/erasure/0b7e6b2e-4a54-4b2c-9d0f-3f8f5f0d2f11", "/erasure/x/receipt.json"] {
            app.client().get(path).await.expect(404);
        }
    }

    async fn it_is_a_page_or_json_as_asked_and_names_nobody(app: TestApp) {
        let leaver = leaver(app).await;
        let path = leaver.ask("grace").await;
        let stranger = app.client();
        let page = stranger.send(stranger.request(Method::GET, &path).header("accept", "text/html")).await.expect(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        let json = stranger.send(stranger.request(Method::GET, &path).header("accept", "application/json")).await.expect(200);
        assert_eq!(json.header("content-type").unwrap(), "application/json");
        for body in [&page.body, &json.body] {
            for secret in [NAME, EMAIL, &leaver.id.to_string()] {
                assert!(!body.contains(secret), "{secret}");
            }
        }
        for field in ["state", "asked_at", "keys_deleted_at", "cancel_until", "erase_at", "backups_gone_by", "deleted"] {
            let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
            assert!(!json[field].is_null(), "{field}");
        }
    }

    async fn its_signature_holds_and_a_changed_receipts_does_not(app: TestApp) {
        let leaver = leaver(app).await;
        let path = leaver.ask("now").await;
        app.settle().await;
        let document = app.client().get(&format!("{path}/receipt.json")).await.expect(200);
        assert!(document.header("content-disposition").unwrap().starts_with("attachment"));
        assert_eq!(app.client().get(&format!("{path}/receipt.json")).await.body, document.body, "always the same bytes");
        let signed: serde_json::Value = serde_json::from_str(&document.body).unwrap();
        let text = signed["receipt"].as_str().unwrap();
        let signature = STANDARD.decode(signed["signature"].as_str().unwrap()).unwrap();
        let key = app.app.keys.verifying_key();
        assert!(key.verifies(text.as_bytes(), &signature));
        assert!(!key.verifies(text.replace("erased", "kept!!").as_bytes(), &signature));
        let facts: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!((facts["kind"].as_str(), facts["state"].as_str()), (Some("spectr erasure receipt"), Some("erased")));
    }
}
