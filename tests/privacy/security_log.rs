//! The security log as its owner sees it: live check, pages, corrections, "this was not me".

use crate::on_both_engines;
use crate::support::app::Person;
use crate::support::{PASSWORD, TestApp};
use spectr::domain::accounts::SecurityEventKind;
use spectr::domain::timestamp::{DAY_MS, MINUTE_MS};
use spectr::execute;
use spectr::features::accounts::{self, Caller, SecurityEvent, jobs};

const LOG: &str = "/settings/privacy/security-log";
const EMAIL: &str = "ada@example.org";

/// So many events: one correction each.
async fn correct(person: &Person, count: usize) {
    for number in 0..count {
        let name = format!("Ada {number}");
        person
            .client
            .post("/settings/profile", &[("name", &name)])
            .await
            .see_other();
    }
}

/// So many events by themselves, whenever the password was entered.
async fn happen(app: &TestApp, person: &Person, count: usize) {
    for _ in 0..count {
        let event = SecurityEvent {
            kind: SecurityEventKind::BudgetChanged,
            caller: Some(&Caller {
                ip: "127.0.0.1".parse().unwrap(),
                device: "Firefox 140 on Linux".to_owned(),
            }),
            note: "",
        };
        let mut conn = app.app.db.begin().await.unwrap();
        accounts::security_log(&mut conn, &app.app, person.id, event)
            .await
            .unwrap();
        conn.commit().await.unwrap();
    }
}

async fn run(app: &TestApp, sql: &'static str, person: &Person) {
    let mut conn = app.app.db.begin().await.unwrap();
    assert!(execute!(&mut conn, sql, person.id.0).unwrap() > 0, "{sql}");
    conn.commit().await.unwrap();
}

on_both_engines! {
    async fn the_chain_is_checked_at_each_visit_and_names_the_event_where_it_broke(app: TestApp) {
        for (tamper, broken) in [
            ("UPDATE security_events SET kind = 'signed_out' WHERE user_id = $1 AND seq = 2", "event 2"),
            ("UPDATE security_events SET at = at + 1 WHERE user_id = $1 AND seq = 3", "event 3"),
            ("UPDATE security_events SET detail = ip WHERE user_id = $1 AND seq = 1", "event 1"),
            ("UPDATE security_events SET ip = detail WHERE user_id = $1 AND seq = 4", "event 4"),
            ("DELETE FROM security_events WHERE user_id = $1 AND seq = 2", "event 2"),
            ("DELETE FROM security_events WHERE user_id = $1 AND seq = 1", "event 1"),
            ("DELETE FROM security_events WHERE user_id = $1 AND seq = 5", "event 5"),
            ("DELETE FROM security_events WHERE user_id = $1", "event 1"),
        ] {
            let person = app.signed_in_user().await;
            correct(&person, 5).await;
            let page = person.client.get(LOG).await.expect(200).body;
            assert!(page.contains("Chain of 5 events intact"), "{tamper}");
            run(app, tamper, &person).await;
            let page = person.client.get(LOG).await.expect(200).body;
            assert!(page.contains(&format!("Chain broken at {broken}")) && page.contains("tone-bad"), "{tamper}");
            assert!(!page.contains("intact"), "{tamper}");
        }
    }

    async fn purges_of_addresses_and_of_old_events_leave_the_rest_a_whole_chain(app: TestApp) {
        let person = app.signed_in_user().await;
        happen(app, &person, 3).await;
        for _ in 0..3 {
            app.clock.advance(29 * DAY_MS);
            person.client.get("/").await;
        }
        happen(app, &person, 1).await;
        // The first three are 87 days old: their addresses are not shown even before a purge.
        let page = person.client.get(LOG).await.expect(200).body;
        assert!(page.contains("Chain of 4 events intact"));
        assert_eq!(page.matches("127.0.0.1").count(), 1);
        jobs::purge_security_events(&app.app).await.unwrap();
        assert!(person.client.get(LOG).await.body.contains("Chain of 4 events intact"));
        app.clock.advance(4 * DAY_MS);
        jobs::purge_security_events(&app.app).await.unwrap();
        assert_eq!(app.count("security_events").await, 1);
        assert!(person.client.get(LOG).await.body.contains("Chain of 1 event intact"));
        run(app, "DELETE FROM security_events WHERE user_id = $1", &person).await;
        assert!(person.client.get(LOG).await.body.contains("Chain broken at event 4"), "the anchor is no excuse");
    }

    async fn an_event_dated_by_a_wrong_clock_neither_breaks_nor_blocks_the_chain(app: TestApp) {
        let person = app.signed_in_user().await;
        happen(app, &person, 1).await;
        app.clock.advance(400 * DAY_MS);
        happen(app, &person, 1).await;
        app.clock.advance(-400 * DAY_MS);
        happen(app, &person, 2).await;
        for _ in 0..4 {
            app.clock.advance(23 * DAY_MS);
            person.client.get("/").await;
        }
        happen(app, &person, 1).await;
        jobs::purge_security_events(&app.app).await.unwrap();
        assert_eq!(app.count("security_events").await, 1, "the one from the future went with its neighbours");
        assert!(person.client.get(LOG).await.body.contains("Chain of 1 event intact"));
    }

    async fn a_long_log_has_pages(app: TestApp) {
        let person = app.signed_in_user().await;
        correct(&person, 53).await;
        let first = person.client.get(LOG).await.expect(200);
        assert!(first.body.contains("Chain of 53 events intact") && first.body.contains(">53</td>"));
        let older = first.link("/settings/privacy/security-log?before=").unwrap();
        let second = person.client.get(&older).await.expect(200);
        assert!(second.body.contains(">3</td>") && !second.body.contains(">53</td>"));
        assert!(second.link("/settings/privacy/security-log?before=").is_none());
        person.client.get("/settings/privacy/security-log?before=nonsense").await.expect(200);
    }

    async fn nobody_sees_the_log_of_somebody_else(app: TestApp) {
        let (ada, eve) = (app.signed_in_user().await, app.signed_in_user().await);
        correct(&ada, 2).await;
        let page = eve.client.get(LOG).await.expect(200).body;
        assert!(!page.contains("Ada 1") && page.contains("there are no events yet"));
        assert!(app.client().get(LOG).await.see_other().starts_with("/login"));
    }

    async fn a_correction_stands_in_the_log_with_before_and_after_and_is_readable_nowhere_else(app: TestApp) {
        let person = app.signed_in_user().await;
        let form = |phone| [("name", "Ada Lovelace"), ("organisation", ""), ("phone", phone), ("address", "")];
        person.client.post("/settings/profile", &form("+44 20 canary 1")).await.see_other();
        person.client.post("/settings/profile", &form("+44 20 canary 2")).await.see_other();
        person.client.post("/settings/profile", &form("+44 20 canary 2")).await.see_other();
        let page = person.client.get(LOG).await.expect(200).body;
        let (before, after) = (page.find("+44 20 canary 1").unwrap(), page.find("+44 20 canary 2").unwrap());
        assert!(page[before.min(after)..].contains('→'));
        assert!(page.contains("Chain of 2 events intact"), "what changes nothing is no event");
        app.assert_absent_from_files(&["canary"]);
    }

    async fn a_correction_after_ten_minutes_wants_the_password_and_keeps_what_was_typed(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        app.clock.advance(10 * MINUTE_MS + 1);
        assert!(client.get("/settings/profile").await.body.contains("name=\"password\""));
        let form = |password| [("name", "Ada King"), ("organisation", "Engines"), ("phone", ""), ("address", ""), ("password", password)];
        let refused = client.post("/settings/profile", &form("wrong wrong wrong")).await.expect(422);
        assert!(refused.body.contains("Ada King") && refused.body.contains("field-password-error"));
        assert!(!refused.body.contains("wrong wrong wrong"));
        let saved = client.post("/settings/profile", &form(PASSWORD)).await;
        assert_eq!(saved.see_other(), "/settings/profile?notice=saved");
        assert!(client.get("/settings/profile").await.body.contains("Ada King"));
    }

    async fn not_me_ends_every_session_and_holds_what_cannot_be_undone_until_a_new_password(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let thief = app.client();
        thief.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
        let said = client.post("/settings/privacy/security-log/not-me", &[]).await;
        assert_eq!(said.see_other(), "/not-me?notice=mailed");
        for browser in [&client, &thief] {
            assert!(browser.get("/dashboard").await.see_other().starts_with("/login"));
        }
        // Who knows the password gets in, but changes nothing of weight.
        thief.post("/login", &[("email", EMAIL), ("password", PASSWORD)]).await.see_other();
        for path in ["/settings/keys", "/settings/profile", "/settings/profile/email", "/settings/security/factor", "/settings/security/password"] {
            thief.post(path, &[("name", "Eve")]).await.expect(403);
        }
        thief.get("/settings/privacy/export").await.expect(403);
        let token = app.mail_to(EMAIL).await.token("/reset");
        let new = "marble thunder basket violin";
        app.client().post("/reset", &[("token", &token), ("password", new)]).await.see_other();
        assert!(thief.get("/dashboard").await.see_other().starts_with("/login"));
        let owner = app.client();
        owner.post("/login", &[("email", EMAIL), ("password", new)]).await.see_other();
        owner.post("/settings/profile", &[("name", "Ada King")]).await.see_other();
        assert!(owner.get(LOG).await.body.contains("This was not me"));
    }

    async fn the_link_of_an_alert_shows_first_works_once_and_survives_a_change_of_password(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let change = |current, new| [("password", current), ("new_password", new)];
        client.post("/settings/security/password", &change(PASSWORD, "marble thunder basket violin")).await.see_other();
        let first = app.mail_to(EMAIL).await.link("/not-me");
        app.clock.advance(1_000);
        client.post("/settings/security/password", &change("marble thunder basket violin", "copper window pencil harbour")).await.see_other();
        app.clock.advance(6 * DAY_MS);
        let visitor = app.client();
        for _ in 0..2 {
            visitor.get(&first).await.expect(200);
            client.get("/dashboard").await.expect(200);
        }
        let token = first.split_once("token=").unwrap().1;
        let to = visitor.post("/not-me", &[("token", token)]).await.see_other().to_owned();
        assert!(to.starts_with("/reset?token="));
        visitor.get(&to).await.expect(200);
        assert!(client.get("/dashboard").await.see_other().starts_with("/login"));
        visitor.post("/not-me", &[("token", token)]).await.expect(422);
        let reset = to.split_once("token=").unwrap().1;
        visitor.post("/reset", &[("token", reset), ("password", "granite ribbon falcon meadow")]).await.see_other();
        visitor.post("/login", &[("email", EMAIL), ("password", "granite ribbon falcon meadow")]).await.see_other();
    }

    async fn the_link_of_an_alert_is_over_after_a_week(app: TestApp) {
        let client = app.sign_up("Ada", EMAIL).await;
        let change = [("password", PASSWORD), ("new_password", "marble thunder basket violin")];
        client.post("/settings/security/password", &change).await.see_other();
        let token = app.mail_to(EMAIL).await.token("/not-me");
        app.clock.advance(7 * DAY_MS);
        app.client().post("/not-me", &[("token", &token)]).await.expect(422);
        app.client().post("/not-me", &[("token", "nonsense")]).await.expect(422);
        client.get("/dashboard").await.expect(200);
    }
}
