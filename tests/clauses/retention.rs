//! Promises about time: the clock of the server is moved.

use crate::on_both_engines;
use crate::support::TestApp;
use crate::usage::{call, record};
use spectr::domain::timestamp::{DAY_MS, Timestamp};
use spectr::features::jobs::runner;
use spectr::features::privacy::proof::{self, Standing};
use spectr::infra::jobs::Outcome;

async fn standing(app: &TestApp, clause: u8) -> Standing {
    app.clock.advance(11_000);
    proof::report(&app.app).await.entry(clause).unwrap().finding.standing
}

async fn purge(app: &TestApp) {
    for (name, outcome) in runner(&app.app).run_all().await.unwrap() {
        assert!(matches!(outcome, Outcome::Done { .. }), "{name}: {outcome:?}");
    }
}

on_both_engines! {
    async fn clause_17_usage_rows_are_gone_after_90_days(app: TestApp) {
        let person = app.signed_in_user().await;
        record(app, &[call(app, person.id, app.clock_now())]).await;
        let seen = async || person.client.get("/dashboard/usage.json").await.expect(200).body.contains("gpt-4.1");
        assert!(seen().await);
        // Used in between, so that the session lives as long as the row.
        for _ in 0..3 {
            app.advance_days(29);
            person.client.get("/dashboard").await.expect(200);
        }
        app.advance_days(2);
        purge(app).await;
        assert_eq!((app.count("llm_calls").await, seen().await), (1, true), "on day 89");
        assert_eq!(standing(app, 17).await, Standing::Kept);
        app.advance_days(2);
        // Late or not: what is older is not shown.
        assert!(!seen().await, "on day 91, before the purge");
        assert!(!person.client.get("/dashboard?period=90").await.expect(200).body.contains("gpt-4.1"));
        assert_eq!(standing(app, 17).await, Standing::Broken, "a row that should be gone is there");
        purge(app).await;
        assert_eq!((app.count("llm_calls").await, app.count("usage_days").await), (0, 0));
        assert_eq!(standing(app, 17).await, Standing::Kept);
    }

    async fn clause_18_sessions_end_after_30_days_of_inactivity(app: TestApp) {
        let person = app.signed_in_user().await;
        for _ in 0..2 {
            app.advance_days(29);
            person.client.get("/settings/profile").await.expect(200);
        }
        app.advance_days(31);
        assert_eq!(person.client.get("/settings/profile").await.see_other(), "/login?next=%2Fsettings%2Fprofile");
        assert_eq!(standing(app, 18).await, Standing::Broken, "the row of the dead session is there");
        purge(app).await;
        assert_eq!(app.count("sessions").await, 0);
        assert_eq!(standing(app, 18).await, Standing::Kept);
    }

    /// A clock that went ahead and came back deletes nothing that is not due by the clock it shows.
    async fn clause_17_usage_rows_are_gone_after_90_days_whichever_way_the_clock_goes(app: TestApp) {
        let person = app.signed_in_user().await;
        let now = app.clock_now();
        record(app, &[call(app, person.id, now), call(app, person.id, Timestamp(now.0 - 88 * DAY_MS))]).await;
        app.advance_days(-10);
        purge(app).await;
        assert_eq!(app.count("llm_calls").await, 2);
        app.advance_days(13);
        purge(app).await;
        assert_eq!(app.count("llm_calls").await, 1);
    }
}
