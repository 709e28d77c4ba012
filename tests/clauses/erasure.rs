//! Promises about deletion. The corners of each stage are tried in `privacy::erasure`.

use super::traces;
use crate::engine::double;
use crate::engine::privacy::{ANSWER, PROMPT};
use crate::engine::stage::{Reader, question, text};
use crate::engine::stories;
use crate::engine::wires::{self, FIVE};
use crate::on_both_engines;
use crate::privacy::erasure::{EMAIL, KEY, NAME, assert_gone, leaver, receipt, rows_of, user_of};
use crate::privacy::export::download;
use crate::reports;
use crate::support::TestApp;
use crate::usage::{call, record};
use spectr::domain::ids::UserId;
use spectr::domain::privacy::constants::{ERASURE_DAYS, ERASURE_GRACE_DAYS};
use spectr::domain::privacy::erasure::Reason;
use spectr::domain::privacy::inventory::{Erasure, Kind, Section};
use spectr::features::jobs::runner;
use spectr::features::privacy::erasure::{self, Interrupted, Step, Witness};
use spectr::features::privacy::proof::{self, Standing};
use spectr::infra::crypto::KeysError;
use spectr::infra::jobs::Outcome;

/// What the saved report of a story is called.
const SAVED_NAME: &str = "canary-nightly-3Lp";

async fn run_jobs(app: &TestApp) {
    for (name, outcome) in runner(&app.app).run_all().await.unwrap() {
        assert!(matches!(outcome, Outcome::Done { .. }), "{name}: {outcome:?}");
    }
}

/// Breaks an erasure off after one step, as a crash would.
struct Crash(Step);

impl Witness for Crash {
    fn passed(&self, step: Step) -> Result<(), Interrupted> {
        if step == self.0 { Err(Interrupted) } else { Ok(()) }
    }
}

async fn state(app: &TestApp, receipt: uuid::Uuid) -> String {
    let found = erasure::find(&app.app, receipt).await.unwrap().unwrap();
    found.state.as_str().to_owned()
}

async fn key_is_gone(app: &TestApp, user: UserId) -> bool {
    matches!(app.app.keys.data_key(user.0).await, Err(KeysError::Gone))
}

on_both_engines! {
    async fn clause_19_deletion_by_settings_and_by_mail_end_alike(app: TestApp) {
        // By the person, in the settings.
        let first = leaver(app).await;
        let path = first.ask("now").await;
        app.settle().await;
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, first.id).await;
        // By a mail to the operator, who enters it.
        let second = leaver(app).await;
        let asked = erasure::by_operator(&app.app, second.id, Reason::Request, false).await.unwrap();
        app.advance_days(ERASURE_GRACE_DAYS);
        run_jobs(app).await;
        assert_eq!(state(app, asked).await, "erased");
        assert_gone(app, second.id).await;
        assert!(user_of(app, EMAIL).await.is_none());
        let looked = async || {
            app.clock.advance(11_000);
            proof::report(&app.app).await.entry(19).unwrap().finding.clone()
        };
        let found = looked().await;
        assert_eq!(found.standing, Standing::Kept, "{}", found.value);
        assert!(found.value.ends_with("1 from the settings, 1 by mail"), "{}", found.value);
        // One that ended otherwise turns the promise red, and says by which way it came.
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE erasures SET document = NULL WHERE reason = 'request'").unwrap();
        conn.commit().await.unwrap();
        let found = looked().await;
        assert_eq!(found.standing, Standing::Broken);
        assert!(found.value.contains("by a request to the operator"), "{}", found.value);
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE erasures SET document = 'signed', receipt = $1 WHERE reason = 'request'", uuid::Uuid::from_u128(7)).unwrap();
        conn.commit().await.unwrap();
        assert!(looked().await.value.contains("does not stand in the ledger"));
    }

    async fn clause_20_keys_go_at_once_and_everything_within_30_days(app: TestApp) {
        const { assert!(ERASURE_GRACE_DAYS < ERASURE_DAYS) }
        traces::listen();
        let leaver = leaver(app).await;
        record(app, &[call(app, leaver.id, app.clock_now())]).await;
        let path = leaver.ask("grace").await;
        for table in ["provider_keys", "platform_keys", "integrations"] {
            assert_eq!(rows_of(app, table, "user_id", leaver.id).await, 0, "{table}, right after the answer");
        }
        let standing = async || {
            app.clock.advance(11_000);
            proof::report(&app.app).await.entry(20).unwrap().finding.clone()
        };
        assert_eq!(standing().await.standing, Standing::Kept);
        app.advance_days(ERASURE_GRACE_DAYS + 1);
        run_jobs(app).await;
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, leaver.id).await;
        assert!(key_is_gone(app, leaver.id).await, "what a backup holds of it opens for nobody");
        traces::assert_none(app, &[NAME, "Canarybird", EMAIL, "wilhelmina", KEY, "canarylabel"]).await;
        assert_eq!(standing().await.standing, Standing::Kept);
    }

    async fn clause_20_keys_go_at_once_and_everything_within_30_days_whatever_breaks_in_between(app: TestApp) {
        for after in Step::ALL {
            let person = app.signed_in_user().await;
            record(app, &[call(app, person.id, app.clock_now())]).await;
            let asked = erasure::by_operator(&app.app, person.id, Reason::Request, false).await.unwrap();
            app.advance_days(ERASURE_GRACE_DAYS);
            assert!(erasure::finish_watched(&app.app, asked, &Crash(after)).await.is_err(), "{after:?}");
            run_jobs(app).await;
            assert_eq!(state(app, asked).await, "erased", "{after:?}");
            assert_gone(app, person.id).await;
            assert!(key_is_gone(app, person.id).await, "{after:?}");
        }
    }

    async fn clause_24_a_childs_account_is_erased_without_grace(app: TestApp) {
        let child = app.signed_in_user().await;
        let asked = erasure::by_operator(&app.app, child.id, Reason::Child, false).await.unwrap();
        app.settle().await;
        run_jobs(app).await;
        assert_eq!(state(app, asked).await, "erased", "on the same day");
        assert_gone(app, child.id).await;
        assert!(child.client.get("/dashboard").await.see_other().starts_with("/login"));
    }
}

stories! {
    async fn clause_33_content_reaches_the_server_only_when_saved(stage: Stage) {
        traces::listen();
        // What people save stands sealed in tables of their own, and goes with the account.
        for table in Section::Saved.tables() {
            assert!(table.is_personal() && table.erasure == Erasure::Delete, "{}", table.name);
            let plain = table.columns.iter().find(|column| matches!(column.kind, Kind::Code));
            assert!(plain.is_none_or(|column| column.name == "state" || column.name == "kind"), "{plain:?}");
        }
        stage.double.always(double::stream(&wires::answer(FIVE[1].0, &[ANSWER])));
        let asked = question(FIVE[1].0, FIVE[1].1, PROMPT);
        let reader = Reader::new(stage.post(&asked).send().await.unwrap());
        assert_eq!(text(&reader.rest().await), ANSWER);
        assert_eq!(stage.rows().await.len(), 1);
        reports::save(&stage.person.client, SAVED_NAME, &reports::report(&[(reports::ONE, 2)])).await;
        traces::assert_none(&stage.app, &[PROMPT, ANSWER, SAVED_NAME, reports::CANARY]).await;
        let bundle = download(&stage.person.client).await;
        let saved: serde_json::Value = serde_json::from_slice(&bundle.files["data/saved.json"]).unwrap();
        assert_eq!((&saved[0]["name"], saved.as_array().map(Vec::len)), (&serde_json::json!(SAVED_NAME), Some(1)));
        let usage = String::from_utf8_lossy(&bundle.files["data/usage.json"]).into_owned();
        assert!(usage.contains("gpt-4o-mini"), "the call is in the export");
        for (name, bytes) in &bundle.files {
            let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!holds(PROMPT) && !holds(ANSWER), "{name}");
        }
        let asked = erasure::by_operator(&stage.app.app, stage.person.id, Reason::Request, true).await.unwrap();
        stage.app.settle().await;
        run_jobs(&stage.app).await;
        assert_eq!(state(&stage.app, asked).await, "erased");
        assert_gone(&stage.app, stage.person.id).await;
        assert_eq!(stage.app.count("saved_reports").await, 0);
        traces::assert_none(&stage.app, &[PROMPT, ANSWER, SAVED_NAME, reports::CANARY, &stage.person.email]).await;
    }
}
