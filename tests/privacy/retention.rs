//! Retention that happens: each kind of row is there a day before its time and gone a day after, by the jobs
//! and, before they run, from what is shown.

use crate::on_both_engines;
use crate::support::TestApp;
use crate::usage::{call, record};
use spectr::domain::privacy::requests::RequestKind;
use spectr::domain::timestamp::{DAY_MS, MINUTE_MS};
use spectr::execute;
use spectr::features::jobs;
use spectr::features::privacy::requests::{self, desk};
use spectr::infra::jobs::Outcome;

/// One pass over all jobs; each has to come to its end.
async fn run_jobs(app: &TestApp) {
    for (name, outcome) in jobs::runner(&app.app).run_all().await.unwrap() {
        assert!(matches!(outcome, Outcome::Done { .. }), "{name}: {outcome:?}");
    }
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).fetch_one(c).await).unwrap()
}

on_both_engines! {
    async fn usage_is_there_after_89_days_and_gone_after_91(app: TestApp) {
        let person = app.signed_in_user().await;
        record(app, &[call(app, person.id, app.clock_now())]).await;
        for days in [29, 29, 29, 2] {
            app.advance_days(days);
            person.client.get("/").await;
        }
        run_jobs(app).await;
        assert_eq!((app.count("llm_calls").await, app.count("usage_days").await), (1, 1));
        app.advance_days(2);
        run_jobs(app).await;
        assert_eq!((app.count("llm_calls").await, app.count("usage_days").await), (0, 0));
    }

    async fn addresses_are_there_after_29_days_and_gone_after_31_and_events_after_91(app: TestApp) {
        app.sign_up("Ada", "ada@example.org").await;
        let addresses = "SELECT COUNT(*) FROM security_events WHERE ip IS NOT NULL";
        let all = app.count("security_events").await;
        app.advance_days(29);
        run_jobs(app).await;
        assert_eq!(count(app, addresses).await, all);
        app.advance_days(2);
        run_jobs(app).await;
        assert_eq!((count(app, addresses).await, app.count("security_events").await), (0, all));
        app.advance_days(58);
        run_jobs(app).await;
        assert_eq!(app.count("security_events").await, all);
        app.advance_days(2);
        run_jobs(app).await;
        assert_eq!(app.count("security_events").await, 0);
    }

    async fn a_session_lives_29_days_without_use_and_its_row_is_gone_after_31(app: TestApp) {
        let person = app.signed_in_user().await;
        for _ in 0..2 {
            app.advance_days(29);
            run_jobs(app).await;
            person.client.get("/settings").await.expect(200);
        }
        app.advance_days(31);
        person.client.get("/settings").await.see_other();
        run_jobs(app).await;
        assert_eq!(app.count("sessions").await, 0);
    }

    async fn links_and_changes_of_address_go_after_half_an_hour_and_alarms_after_a_week(app: TestApp) {
        let client = app.sign_up("Ada", "ada@example.org").await;
        client.post("/settings/profile/email", &[("email", "new@example.org")]).await.see_other();
        let alarm = [("password", crate::support::PASSWORD), ("new_password", "marble thunder basket violin")];
        client.post("/settings/security/password", &alarm).await.see_other();
        client.post("/forgot", &[("email", "ada@example.org")]).await.see_other();
        let reset = "SELECT COUNT(*) FROM tokens WHERE kind = 'reset'";
        app.clock.advance(29 * MINUTE_MS);
        run_jobs(app).await;
        assert_eq!((count(app, reset).await, app.count("email_changes").await), (1, 1));
        app.clock.advance(2 * MINUTE_MS);
        run_jobs(app).await;
        assert_eq!((count(app, reset).await, app.count("email_changes").await), (0, 0));
        assert_eq!(count(app, "SELECT COUNT(*) FROM tokens WHERE kind = 'not_me'").await, 1);
        app.advance_days(7);
        run_jobs(app).await;
        assert_eq!(app.count("tokens").await, 0);
    }

    async fn a_sign_up_that_nobody_confirms_is_gone_after_a_week_with_its_key_and_mails(app: TestApp) {
        let form = crate::support::sign_up_form("Ada", "ada@example.org", crate::support::PASSWORD);
        app.client().post("/signup", &form).await.see_other();
        app.mails().await;
        app.advance_days(6);
        run_jobs(app).await;
        assert_eq!(app.count("users").await, 1);
        app.advance_days(2);
        run_jobs(app).await;
        app.settle().await;
        assert_eq!((app.count("users").await, app.count("outbox").await, app.count("tokens").await), (0, 0, 0));
        let files = std::fs::read_dir(app.data_dir().join("outbox")).unwrap().count();
        assert_eq!(files, 0, "the mail's file is gone too");
        let mut conn = app.app.keystore.acquire().await.unwrap();
        let keys = "SELECT COUNT(*) FROM data_keys";
        let keys = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(keys).fetch_one(c).await).unwrap();
        assert_eq!(keys, 0);
    }

    async fn a_mails_text_goes_when_it_leaves_and_its_row_after_a_month(app: TestApp) {
        app.sign_up("Ada", "ada@example.org").await;
        let mails = app.count("outbox").await;
        assert!(mails > 0);
        assert_eq!(count(app, "SELECT COUNT(*) FROM outbox WHERE content IS NOT NULL").await, 0);
        app.advance_days(29);
        run_jobs(app).await;
        assert_eq!(app.count("outbox").await, mails);
        app.advance_days(2);
        run_jobs(app).await;
        assert_eq!(app.count("outbox").await, 0);
    }

    async fn a_closed_request_is_kept_for_twelve_months_and_an_open_one_longer(app: TestApp) {
        let form = [("kind", RequestKind::Support.id()), ("name", "Grace"), ("email", "grace@example.org"), ("message", "A moth.")];
        for _ in 0..2 {
            app.client().post("/contact", &form).await.see_other();
        }
        let reference = requests::reference(requests::list(&app.app, false).await.unwrap()[0].id);
        desk::close(&app.app, &reference, "It is out.").await.unwrap().unwrap();
        app.mails().await;
        app.advance_days(364);
        run_jobs(app).await;
        assert_eq!(app.count("privacy_requests").await, 2);
        app.advance_days(2);
        run_jobs(app).await;
        assert_eq!(app.count("privacy_requests").await, 1);
    }

    async fn what_is_purged_is_on_no_page_of_the_file_and_not_in_the_log(app: TestApp) {
        let canary = "canary-of-the-disk-7c1f9d3e";
        let mut conn = app.app.db.begin().await.unwrap();
        let old = app.clock_now().minus(40 * DAY_MS);
        let sql = "INSERT INTO outbox (id, owner_id, dedupe, kind, state, created_at, next_attempt_at, done_at) \
            VALUES ($1, $1, $2, 'verify', 'sent', $3, $3, $3)";
        execute!(&mut conn, sql, uuid::Uuid::from_u128(7), canary, old.0).unwrap();
        conn.commit().await.unwrap();
        run_jobs(app).await;
        assert_eq!(app.count("outbox").await, 0);
        app.assert_absent_from_files(&[canary]);
    }
}
