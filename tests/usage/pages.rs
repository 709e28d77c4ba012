//! The dashboard, the budgets page and the downloads as a browser sees them.

use super::{call, record};
use crate::on_both_engines;
use spectr::domain::usage::NANO_USD;
use spectr::features::usage::budgets;
use spectr::infra::clock::Clock;

on_both_engines! {
    async fn before_the_first_call_there_are_three_steps(app: TestApp) {
        let person = app.signed_in_user().await;
        let page = person.client.get("/dashboard").await.expect(200).body;
        assert!(page.contains("Three steps") && page.contains("/settings/keys#add"));
        app.client().get("/dashboard").await.see_other();
    }

    async fn every_view_has_an_address_and_nonsense_does_no_harm(app: TestApp) {
        let person = app.signed_in_user().await;
        record(app, &[call(app, person.id, app.clock.now())]).await;
        for period in ["today", "7", "30", "90", "x"] {
            for by in ["provider", "model", "feature", "key"] {
                for metric in ["cost", "tokens", "calls", "latency", "errors"] {
                    let path = format!("/dashboard?period={period}&by={by}&metric={metric}");
                    let page = person.client.get(&path).await.expect(200).body;
                    assert!(page.contains("$0.01") && page.contains("id=\"fill-1\"") == (metric != "errors"), "{path}");
                    assert!(!page.contains("style=\""));
                }
            }
        }
        for query in ["provider=groq", "model=%00%FF%3Cscript%3E", "key=1", "feature=..", "model='%20OR%201=1--"] {
            let page = person.client.get(&format!("/dashboard?{query}")).await.expect(200).body;
            assert!(!page.contains("<script>") , "{query}");
        }
    }

    async fn unpriced_calls_are_told_and_never_shown_as_free(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut unpriced = call(app, person.id, app.clock.now());
        unpriced.price = None;
        record(app, &[unpriced]).await;
        let page = person.client.get("/dashboard").await.expect(200).body;
        assert!(page.contains("100 % of these calls") && page.contains("The price of these calls is not known."));
        // Beside another whose price is known it is in the chart's table, too.
        let mut priced = call(app, person.id, app.clock.now());
        priced.model = "another".to_owned();
        record(app, &[priced]).await;
        let page = person.client.get("/dashboard?by=model").await.expect(200).body;
        let table = page.split_once("The chart as a table").unwrap().1;
        assert!(table.contains(">unpriced</td>"), "{table}");
        assert!(!page.contains("$0.00<"), "{page}");
    }

    async fn downloads_are_files_and_leave_a_line_in_the_log(app: TestApp) {
        let person = app.signed_in_user().await;
        record(app, &[call(app, person.id, app.clock.now())]).await;
        let csv = person.client.get("/dashboard/usage.csv").await.expect(200);
        assert_eq!(csv.header("content-disposition").unwrap(), "attachment; filename=\"spectr-usage-2026-05-04.csv\"");
        assert_eq!(csv.body.lines().count(), 2);
        let json = person.client.get("/dashboard/usage.json").await.expect(200);
        let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(json["calls"][0]["model"], "gpt-4.1");
        assert_eq!(app.count("security_events").await, 2);
        app.client().get("/dashboard/usage.csv").await.see_other();
    }

    async fn budgets_are_kept_exactly_and_nonsense_is_refused_at_its_field(app: TestApp) {
        let person = app.signed_in_user().await;
        let path = "/settings/budgets";
        person.client.post(path, &[("daily", "$0.02"), ("monthly", "")]).await.see_other();
        record(app, &[call(app, person.id, app.clock.now())]).await;
        let page = person.client.get(path).await.expect(200).body;
        assert!(page.contains("$0.01 of $0.02 · 50 %") && page.contains("value=\"0.02\""), "{page}");
        let reply = person.client.post(path, &[("daily", "-1"), ("monthly", "9")]).await.expect(422);
        assert!(reply.body.contains("field-daily-error") && reply.body.contains("value=\"9\""));
        let page = person.client.get("/settings").await.expect(200).body;
        assert!(page.contains("daily $0.02"));
    }

    async fn a_limit_that_the_form_does_not_name_stays_and_an_empty_one_goes(app: TestApp) {
        let person = app.signed_in_user().await;
        let path = "/settings/budgets";
        let limits = async || {
            let [day, month] = budgets::states(&app.app, person.id).await.unwrap();
            (day.limit, month.limit)
        };
        let (two, nine) = (Some(2 * NANO_USD), Some(9 * NANO_USD));
        person.client.post(path, &[("daily", "2"), ("monthly", "9")]).await.see_other();
        assert_eq!(limits().await, (two, nine));
        person.client.post(path, &[]).await.see_other();
        assert_eq!(limits().await, (two, nine));
        person.client.post(path, &[("monthly", "")]).await.see_other();
        assert_eq!(limits().await, (two, None));
        let page = person.client.post(path, &[("monthly", "x")]).await.expect(422).body;
        assert!(page.contains("value=\"2\""), "{page}");
        assert_eq!(limits().await, (two, None));
    }

    async fn an_alert_reaches_the_mailbox(app: TestApp) {
        let person = app.signed_in_user().await;
        let mut conn = app.app.db.begin().await.unwrap();
        let budget = budgets::Budget { daily: Some(NANO_USD / 100), monthly: None };
        budgets::set(&mut conn, person.id, budget, app.clock.now()).await.unwrap();
        spectr::features::usage::record(&mut conn, &[&call(app, person.id, app.clock.now())]).await.unwrap();
        budgets::alert(&mut conn, &app.app, person.id, 0).await.unwrap();
        conn.commit().await.unwrap();
        assert_eq!(app.count("outbox").await, 1);
        assert_eq!(app.count("budget_alerts").await, 3);
    }
}
