//! A run that is broken off after any of its steps ends in the same state when it is run again.

use super::{assert_gone, leaver, receipt, receipt_id};
use crate::on_both_engines;
use spectr::domain::privacy::constants::ERASURE_GRACE_DAYS;
use spectr::features::privacy::erasure::{self, Interrupted, Step, Witness};
use std::sync::Mutex;

/// Breaks off after one step and notes which were passed.
struct Crash {
    after: Step,
    passed: Mutex<Vec<Step>>,
}

impl Witness for Crash {
    fn passed(&self, step: Step) -> Result<(), Interrupted> {
        self.passed.lock().unwrap().push(step);
        if step == self.after { Err(Interrupted) } else { Ok(()) }
    }
}

on_both_engines! {
    async fn a_crash_after_any_step_converges_with_the_next_pass(app: TestApp) {
        for after in Step::ALL {
            let leaver = leaver(app).await;
            let path = leaver.ask("grace").await;
            app.advance_days(ERASURE_GRACE_DAYS);
            let crash = Crash { after, passed: Mutex::default() };
            let broken = erasure::finish_watched(&app.app, receipt_id(&path), &crash).await;
            assert!(broken.is_err(), "{after:?}");
            assert_eq!(crash.passed.into_inner().unwrap().last(), Some(&after));
            assert!(leaver.client.get("/dashboard").await.see_other().starts_with("/login"), "{after:?}: nobody signs in");
            erasure::run_due(&app.app).await.unwrap();
            let done = receipt(app, &path).await;
            assert_eq!(done["state"], "erased", "{after:?}");
            assert_eq!(done["deleted"]["users"], 1, "{after:?}: an earlier run's counts stay");
            assert_eq!(done["deleted"]["provider_keys"], 1, "{after:?}");
            assert_gone(app, leaver.id).await;
        }
        let lines = "SELECT COUNT(*) FROM erasure_ledger";
        let mut conn = app.app.keystore.acquire().await.unwrap();
        let lines = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(lines).fetch_one(c).await).unwrap();
        assert_eq!(usize::try_from(lines).unwrap(), Step::ALL.len(), "one line per account, however often it was run");
    }

    async fn two_servers_may_run_one_erasure_at_the_same_moment(app: TestApp) {
        let leaver = leaver(app).await;
        let path = leaver.ask("grace").await;
        app.advance_days(ERASURE_GRACE_DAYS);
        let (one, two) = tokio::join!(
            erasure::finish(&app.app, receipt_id(&path)),
            erasure::finish(&app.app, receipt_id(&path)),
        );
        one.unwrap();
        two.unwrap();
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, leaver.id).await;
    }

    async fn the_ledger_cannot_be_shortened(app: TestApp) {
        let leaver = leaver(app).await;
        leaver.ask("now").await;
        app.settle().await;
        let mut conn = app.app.keystore.begin().await.unwrap();
        assert!(spectr::execute!(&mut conn, "DELETE FROM erasure_ledger").is_err());
    }
}
