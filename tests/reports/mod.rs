//! Saved reports through the real server: saving, listing, opening, renaming, deleting; what is kept and for whom.

use crate::on_both_engines;
use crate::privacy::export::download;
use crate::support::{Client, Reply};
use serde_json::{Value, json};
use spectr::domain::privacy::rights::Limit;
use spectr::domain::reports::saved::MAX_BYTES;
use spectr::features::reports::{NAME_MAX_CHARS, REPORTS_PER_USER};
use spectr::on;

const PAGE: &str = "/reports";
const SAVE: &str = "/reports/saved";
/// Words that stand in one saved report and nowhere else.
pub const CANARY: &str = "canary-7Xq2-saved";
pub const ONE: &str = "00000000000000a1";
const TWO: &str = "00000000000000b2";
const THREE: &str = "00000000000000c3";

fn cause(id: &str, tests: usize) -> Value {
    json!({
        "id": id, "groups": [id], "title": format!("Error {id} {CANARY}"), "category": "timeout", "certainty": 93,
        "tests": tests, "place": format!("src/{CANARY}.rs:3 in f"), "exemplar": format!("no answer <b>{CANARY}</b>"),
        "names": [format!("{CANARY} › works")],
    })
}

/// A document as the analyzer makes it, with these causes.
pub fn report(causes: &[(&str, usize)]) -> Value {
    let failed: usize = causes.iter().map(|(_, tests)| tests).sum();
    json!({
        "keep": "tests",
        "counts": {"tests": failed + 5, "passed": 4, "failed": failed, "errored": 0, "skipped": 1, "flaky": 0},
        "storm": false, "cause_count": causes.len(),
        "causes": causes.iter().map(|(id, tests)| cause(id, *tests)).collect::<Vec<_>>(),
    })
}

pub async fn send(client: &Client, name: &str, report: &Value) -> Reply {
    client.post_json(SAVE, &json!({"name": name, "report": report})).await
}

/// Saves and answers the page's address.
pub async fn save(client: &Client, name: &str, report: &Value) -> String {
    let reply = send(client, name, report).await.expect(201);
    let path = reply.header("location").unwrap().to_owned();
    assert_eq!(
        serde_json::from_str::<Value>(&reply.body).unwrap()["path"],
        path.as_str()
    );
    path
}

fn problem(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).unwrap()
}

on_both_engines! {
    async fn a_saved_report_is_listed_opened_renamed_and_deleted(app: TestApp) {
        let person = app.signed_in_user().await;
        assert!(person.client.get(PAGE).await.expect(200).body.contains("None yet"));
        let path = save(&person.client, " Nightly <i> ", &report(&[(ONE, 3), (TWO, 1)])).await;
        let list = person.client.get(PAGE).await.expect(200).body;
        assert!(list.contains(&path) && list.contains("Nightly &lt;i&gt;") && list.contains("4 of 9"), "{list}");
        let page = person.client.get(&path).await.expect(200).body;
        for words in ["Nightly &lt;i&gt;", "4 failures, 2 causes", ONE, TWO, "time-out", "no answer &lt;b&gt;", "› works", "93 %"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("<b>canary") && !page.contains("<i>"));
        let renamed = person.client.post(&format!("{path}/rename"), &[("name", "Weekly")]).await;
        assert_eq!(renamed.see_other(), format!("{path}?notice=renamed"));
        assert!(person.client.get(PAGE).await.body.contains("Weekly"));
        let refused = person.client.post(&format!("{path}/rename"), &[("name", " ")]).await.expect(422);
        assert!(refused.body.contains("field-name-error") && refused.body.contains(ONE), "{}", refused.body);
        for _ in 0..2 {
            let gone = person.client.post(&format!("{path}/delete"), &[]).await;
            assert_eq!(gone.see_other(), "/reports?notice=deleted#saved");
        }
        person.client.get(&path).await.expect(404);
        person.client.post(&format!("{path}/rename"), &[("name", "x")]).await.expect(404);
        assert_eq!(app.count("saved_reports").await, 0);
    }

    async fn a_saved_report_without_a_test_does_not_sound_like_a_pass(app: TestApp) {
        let person = app.signed_in_user().await;
        let nothing = json!({
            "keep": "counts", "storm": false, "cause_count": 0,
            "counts": {"tests": 0, "passed": 0, "failed": 0, "errored": 0, "skipped": 0, "flaky": 0},
        });
        let path = save(&person.client, "cut", &nothing).await;
        let page = person.client.get(&path).await.expect(200).body;
        assert!(page.contains("No test was read · kept: counts only"), "{page}");
    }

    async fn the_history_tells_which_causes_came_stayed_and_went(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut paths = Vec::new();
        let counts = json!({
            "keep": "counts", "storm": true, "cause_count": 7,
            "counts": {"tests": 20, "passed": 1, "failed": 12, "errored": 6, "skipped": 1, "flaky": 1},
        });
        for (name, report) in [
            ("first", report(&[(ONE, 3), (TWO, 1)])),
            ("only counts", counts),
            ("last", report(&[(TWO, 2), (THREE, 4)])),
        ] {
            app.clock.advance(1000);
            paths.push(save(&person.client, name, &report).await);
        }
        let list = person.client.get(PAGE).await.expect(200).body;
        assert!(list.contains("1 new · 1 still there · 1 gone"), "{list}");
        assert!(list.contains("counts only") && list.contains("nothing to compare with"));
        assert!(list.contains("Failures of the saved reports, the oldest first: 4, 18, 6"), "{list}");
        let last = person.client.get(&paths[2]).await.expect(200).body;
        assert!(last.contains(&format!("href=\"{}\"", paths[0])), "compared with the one that has causes");
        let gone = last.split("Gone since the one before").nth(1).unwrap();
        assert!(gone.contains(ONE) && !gone.contains(TWO), "{gone}");
        let middle = person.client.get(&paths[1]).await.expect(200).body;
        assert!(middle.contains("18 failures, 7 causes") && middle.contains("broken infrastructure"), "{middle}");
    }

    async fn nothing_of_a_saved_report_stands_readable_in_the_database(app: TestApp) {
        let person = app.signed_in_user().await;
        let name = "name-canary-5Kd";
        let path = save(&person.client, name, &report(&[(ONE, 3)])).await;
        assert!(person.client.get(&path).await.expect(200).body.contains(CANARY));
        app.assert_absent_from_files(&[CANARY, name, ONE]);
        let mut conn = app.app.db.acquire().await.unwrap();
        let sql = "SELECT name, report FROM saved_reports";
        let row: (Vec<u8>, Vec<u8>) = on!(&mut conn, c => sqlx::query_as(sql).fetch_one(c).await).unwrap();
        for sealed in [row.0, row.1] {
            assert_eq!(sealed[0], 1, "the version of a sealed value");
            for needle in [CANARY, name, ONE, "counts"] {
                assert!(!sealed.windows(needle.len()).any(|window| window == needle.as_bytes()), "{needle}");
            }
        }
    }

    async fn nobody_sees_renames_or_deletes_the_report_of_another(app: TestApp) {
        let (person, other) = (app.signed_in_user().await, app.signed_in_user().await);
        let path = save(&person.client, "mine", &report(&[(ONE, 1)])).await;
        other.client.get(&path).await.expect(404);
        other.client.post(&format!("{path}/rename"), &[("name", "yours")]).await.expect(404);
        other.client.post(&format!("{path}/delete"), &[]).await.see_other();
        assert!(!other.client.get(PAGE).await.body.contains("mine"));
        assert!(person.client.get(&path).await.expect(200).body.contains("mine"));
        let stranger = app.client();
        assert!(send(&stranger, "x", &report(&[(ONE, 1)])).await.see_other().starts_with("/login"));
        assert!(stranger.get(&path).await.see_other().starts_with("/login"));
        let elsewhere = person.client.request(reqwest::Method::POST, SAVE).header("origin", "https://evil.example");
        let body = json!({"name": "x", "report": report(&[(ONE, 1)])});
        person.client.send(elsewhere.json(&body)).await.expect(403);
        assert_eq!(app.count("saved_reports").await, 1);
    }

    async fn what_is_too_much_or_no_report_is_refused_in_words(app: TestApp) {
        let person = app.signed_in_user().await;
        let good = report(&[(ONE, 1)]);
        for (name, words) in [("", "Give it a name"), (&"n".repeat(NAME_MAX_CHARS + 1), "longer than 80"), ("a\u{202e}b", "control")] {
            let refused = problem(&send(&person.client, name, &good).await.expect(422));
            assert_eq!(refused["field"], "name");
            assert!(refused["detail"].as_str().unwrap().contains(words), "{refused}");
        }
        let mut raw = good.clone();
        raw["raw"] = json!("<testsuite/>");
        let mut unsound = good.clone();
        unsound["counts"]["tests"] = json!(99);
        for bad in [json!({}), json!("x"), raw, unsound] {
            let refused = problem(&send(&person.client, "x", &bad).await.expect(422));
            assert_eq!(refused["field"], "report", "{refused}");
        }
        // A hundred causes with all they may hold are more than is kept of one report.
        let mut large = report(&[(ONE, 1); 100]);
        for cause in large["causes"].as_array_mut().unwrap() {
            cause["names"] = json!(vec!["n".repeat(60); 40]);
        }
        let refused = problem(&send(&person.client, "x", &large).await.expect(413));
        assert!(refused["detail"].as_str().unwrap().contains("256 KiB"), "{refused}");
        large["pad"] = json!("x".repeat(2 * MAX_BYTES));
        send(&person.client, "x", &large).await.expect(413);
        assert_eq!(app.count("saved_reports").await, 0);
        for number in 0..REPORTS_PER_USER {
            save(&person.client, &number.to_string(), &good).await;
        }
        let refused = problem(&send(&person.client, "one more", &good).await.expect(422));
        assert!(refused["detail"].as_str().unwrap().contains("50 reports are the most"), "{refused}");
    }

    async fn a_person_who_restricted_all_use_saves_nothing_but_reads_and_deletes(app: TestApp) {
        let person = app.signed_in_user().await;
        let path = save(&person.client, "before", &report(&[(ONE, 1)])).await;
        let fields = [("limit", Limit::Everything.id()), ("action", "make")];
        person.client.post("/settings/privacy/rights/limit", &fields).await.see_other();
        let refused = problem(&send(&person.client, "after", &report(&[(ONE, 1)])).await.expect(403));
        assert_eq!(refused["code"], "restricted");
        person.client.get(&path).await.expect(200);
        person.client.post(&format!("{path}/rename"), &[("name", "corrected")]).await.see_other();
        person.client.post(&format!("{path}/delete"), &[]).await.see_other();
        assert_eq!(app.count("saved_reports").await, 0);
    }

    async fn saved_reports_travel_with_the_export_and_come_back_in_another_account(app: TestApp) {
        let ada = app.signed_in_user().await;
        save(&ada.client, "=Monday", &report(&[(ONE, 3)])).await;
        app.clock.advance(1000);
        save(&ada.client, "Tuesday", &report(&[(ONE, 3), (TWO, 1)])).await;
        let bundle = download(&ada.client).await;
        let rows = bundle.rows("saved");
        assert_eq!(rows.len(), 2);
        assert_eq!((&rows[0]["name"], &rows[0]["table"]), (&json!("=Monday"), &json!("saved_reports")));
        assert_eq!(rows[0]["report"], report(&[(ONE, 3)]));
        let bob = app.signed_in_user().await;
        for _ in 0..2 {
            let request = bob.client.request(reqwest::Method::POST, "/settings/privacy/import");
            let request = request.header("content-type", "application/zip").body(bundle.raw.clone());
            bob.client.send(request).await.see_other();
        }
        let list = bob.client.get(PAGE).await.expect(200).body;
        assert!(list.contains("=Monday") && list.contains("1 new · 1 still there · 0 gone"), "{list}");
        let mut back = download(&bob.client).await.rows("saved");
        assert_eq!(back.len(), 2, "the same bundle again adds nothing");
        for (own, from) in back.iter_mut().zip(&rows) {
            assert_ne!(own["id"], from["id"], "sealed for a row of its own");
            own["id"] = from["id"].clone();
        }
        assert_eq!(back, rows);
    }
}
