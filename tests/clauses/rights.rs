//! Promises about requests and about what the law compels.

use super::traces;
use crate::on_both_engines;
use crate::support::TestApp;
use spectr::domain::privacy::constants::PRIVACY_REQUEST_DAYS;
use spectr::domain::privacy::inventory::{Basis, INVENTORY};
use spectr::domain::timestamp::DAY_MS;
use spectr::features::jobs::runner;
use spectr::features::privacy::disclosures::{self, Disclosure};
use spectr::features::privacy::proof::{self, Standing};
use spectr::features::privacy::requests;
use spectr::infra::jobs::Outcome;

async fn run_jobs(app: &TestApp) {
    for (name, outcome) in runner(&app.app).run_all().await.unwrap() {
        assert!(matches!(outcome, Outcome::Done { .. }), "{name}: {outcome:?}");
    }
}

async fn standing(app: &TestApp, clause: u8) -> Standing {
    app.clock.advance(11_000);
    proof::report(&app.app).await.entry(clause).unwrap().finding.standing
}

/// Mails to the operator whose subject begins so.
async fn alarms(app: &TestApp, subject: &str) -> usize {
    let mails = app.mails().await;
    mails.iter().filter(|mail| mail.subject.starts_with(subject)).count()
}

on_both_engines! {
    async fn clause_21_privacy_requests_have_a_30_day_clock(app: TestApp) {
        let person = app.signed_in_user().await;
        let fields = [
            ("kind", "privacy"), ("name", "Ada"), ("email", person.email.as_str()), ("organisation", ""),
            ("message", "Please restrict the use of my data."),
        ];
        person.client.post("/contact", &fields).await.see_other();
        // The person and the operator see the same date.
        let mine = requests::list_mine(&app.app, person.id).await.unwrap();
        let desk = requests::list(&app.app, false).await.unwrap();
        assert_eq!((mine.len(), desk.len()), (1, 1));
        assert_eq!(mine[0].due_at, desk[0].due_at);
        assert_eq!(mine[0].due_at.0 - mine[0].created_at.0, PRIVACY_REQUEST_DAYS * DAY_MS);
        let page = person.client.get("/settings/privacy/rights").await.expect(200).body;
        assert!(page.contains("3 June 2026"), "the date stands on the person's page");
        assert_eq!(standing(app, 21).await, Standing::Kept);
        run_jobs(app).await;
        assert_eq!((alarms(app, "Due soon").await, alarms(app, "OVERDUE").await), (0, 0));
        app.advance_days(PRIVACY_REQUEST_DAYS - 3);
        run_jobs(app).await;
        assert_eq!((alarms(app, "Due soon").await, alarms(app, "OVERDUE").await), (1, 0));
        app.advance_days(4);
        run_jobs(app).await;
        assert_eq!((alarms(app, "Due soon").await, alarms(app, "OVERDUE").await), (1, 1));
        assert_eq!(standing(app, 21).await, Standing::Broken, "it was not answered in time");
        let reference = mine[0].reference();
        requests::desk::close(&app.app, &reference, "It is restricted.").await.unwrap().unwrap();
        assert_eq!(standing(app, 21).await, Standing::Kept);
    }

    async fn clause_31_purposes_have_a_basis_and_disclosures_are_recorded(app: TestApp) {
        traces::listen();
        for table in INVENTORY {
            assert!(!table.is_personal() || table.purpose.basis() != Basis::None, "{}", table.name);
        }
        let person = app.signed_in_user().await;
        let other = app.signed_in_user().await;
        let disclosure = Disclosure {
            authority: "Canary District Court".to_owned(),
            basis: "order 17 C 4711".to_owned(),
            scope: "times of sign-ins".to_owned(),
        };
        let now = app.clock_now();
        disclosures::add(&app.app, person.id, &disclosure, (now, None)).await.unwrap();
        assert_eq!(disclosures::list(&app.app).await.unwrap().len(), 1);
        let log = person.client.get("/settings/privacy/security-log").await.expect(200).body;
        assert!(log.contains("Canary District Court"), "the person reads it in the security log");
        let theirs = other.client.get("/settings/privacy/security-log").await.expect(200).body;
        assert!(!theirs.contains("Canary District Court"));
        traces::assert_none(app, &["Canary District Court", "17 C 4711", "times of sign-ins"]).await;
        assert_eq!(standing(app, 31).await, Standing::Kept);
        // One that has to wait is told when its time has come; kept back longer, the promise is red.
        disclosures::add(&app.app, person.id, &disclosure, (now, Some(now.plus(DAY_MS)))).await.unwrap();
        assert_eq!(standing(app, 31).await, Standing::Kept);
        app.advance_days(3);
        assert_eq!(standing(app, 31).await, Standing::Broken);
        run_jobs(app).await;
        assert_eq!(standing(app, 31).await, Standing::Kept);
    }
}
