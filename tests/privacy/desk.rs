//! The operator's side: requests entered and due, disclosures, breaches, news, look-ups, and the command line.

use crate::on_both_engines;
use crate::support::{Engine, TestApp};
use spectr::domain::accounts::{ConsentKind, Email, PersonName, ProfileText};
use spectr::domain::privacy::breach::Breach;
use spectr::domain::privacy::requests::{Message, RequestKind};
use spectr::domain::timestamp::{DAY_MS, HOUR_MS};
use spectr::features::privacy::breaches::{self, Affected};
use spectr::features::privacy::disclosures::{self, Disclosure};
use spectr::features::privacy::requests::{self, Contact, alarms, desk};
use spectr::features::privacy::{lookup, news, rights};
use std::path::Path;
use std::process::{Command, Output};

const LOG: &str = "/settings/privacy/security-log";
const OPERATOR: &str = "operator@example.org";

fn by_mail(email: &str) -> Contact {
    Contact {
        kind: RequestKind::Privacy,
        name: PersonName::parse("Grace Hopper").unwrap(),
        email: Email::parse(email).unwrap(),
        organisation: ProfileText::parse("").unwrap(),
        message: Message::parse("Send me a copy of my data.").unwrap(),
    }
}

fn caller() -> spectr::features::accounts::Caller {
    spectr::features::accounts::Caller {
        ip: "192.0.2.7".parse().unwrap(),
        device: "curl 8".to_owned(),
    }
}

async fn with_operator(engine: Engine) -> TestApp {
    TestApp::spawn_with(engine, &[("SPECTR_CONTACT", OPERATOR)]).await
}

/// The operator is reminded once, then alarmed once a day, until there is an answer.
async fn a_request_that_nobody_answers_reminds_and_then_alarms_every_day(app: &TestApp) {
    let id = desk::add(&app.app, &by_mail("grace@example.org"), app.clock_now())
        .await
        .unwrap();
    let subjects = async || {
        alarms::run(&app.app).await.unwrap();
        let mails = app.mails().await;
        let due = mails.into_iter().map(|mail| mail.subject);
        due.filter(|subject| subject.starts_with("Due soon") || subject.starts_with("OVERDUE"))
            .collect::<Vec<_>>()
    };
    app.clock.advance(22 * DAY_MS);
    assert!(subjects().await.is_empty());
    app.clock.advance(DAY_MS);
    assert_eq!(subjects().await.len(), 1);
    app.clock.advance(HOUR_MS);
    assert_eq!(subjects().await.len(), 1, "a reminder comes once");
    app.clock.advance(7 * DAY_MS);
    assert_eq!(subjects().await.len(), 2);
    assert_eq!(alarms::backlog(&app.app).await.unwrap(), (1, 1));
    app.clock.advance(HOUR_MS);
    assert_eq!(subjects().await.len(), 2, "an alarm comes once a day");
    app.clock.advance(DAY_MS);
    let all = subjects().await;
    assert_eq!(all.iter().filter(|subject| subject.starts_with("OVERDUE")).count(), 2);
    desk::close(&app.app, &requests::reference(id), "Here it is.")
        .await
        .unwrap()
        .unwrap();
    app.clock.advance(DAY_MS);
    assert_eq!(subjects().await.len(), 3);
    assert_eq!(alarms::backlog(&app.app).await.unwrap(), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_on_sqlite() {
    let app = with_operator(Engine::Sqlite).await;
    a_request_that_nobody_answers_reminds_and_then_alarms_every_day(&app).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_on_postgres() {
    let app = with_operator(Engine::Postgres).await;
    a_request_that_nobody_answers_reminds_and_then_alarms_every_day(&app).await;
    app.stop().await;
}

on_both_engines! {
    async fn a_request_by_mail_runs_from_its_arrival_and_belongs_to_the_account_of_its_address(app: TestApp) {
        let person = app.signed_in_user().await;
        let arrived = app.clock_now().minus(4 * DAY_MS);
        let id = desk::add(&app.app, &by_mail(&person.email), arrived).await.unwrap();
        let page = person.client.get("/settings/privacy/rights").await.expect(200).body;
        assert!(page.contains(&requests::reference(id)) && page.contains("26 days left"));
        let shown = desk::show(&app.app, &requests::reference(id)).await.unwrap().unwrap();
        assert_eq!(shown.message, "Send me a copy of my data.");
        let log = person.client.get(LOG).await.body;
        assert!(log.contains("An operator looked at your account"), "reading it is an event of its owner");
        assert!(desk::show(&app.app, "0000-0000-0000").await.unwrap().is_err());
    }

    async fn a_look_at_an_account_shows_metadata_and_lands_in_its_log(app: TestApp) {
        let person = app.signed_in_user().await;
        let facts = lookup::show(&app.app, &person.email).await.unwrap().unwrap();
        assert_eq!((facts.state.as_str(), facts.sessions, facts.provider_keys), ("active", 1, 0));
        assert!(!format!("{facts:?}").contains("Ada"));
        assert!(person.client.get(LOG).await.body.contains("An operator looked at your account"));
        assert!(lookup::show(&app.app, "nobody@example.org").await.unwrap().is_err());
        assert!(lookup::show(&app.app, "no address").await.unwrap().is_err());
    }

    async fn a_disclosure_is_told_in_the_log_unless_the_law_delays_it(app: TestApp) {
        let person = app.signed_in_user().await;
        let disclosure = |scope: &str| Disclosure {
            authority: "District court".to_owned(),
            basis: "Order 7/26".to_owned(),
            scope: scope.to_owned(),
        };
        let now = app.clock_now();
        disclosures::add(&app.app, person.id, &disclosure("sign-in times"), (now, None)).await.unwrap();
        assert!(person.client.get(LOG).await.body.contains("sign-in times"));
        let until = now.plus(10 * DAY_MS);
        disclosures::add(&app.app, person.id, &disclosure("the address"), (now, Some(until))).await.unwrap();
        assert_eq!(disclosures::tell_due(&app.app).await.unwrap(), 0);
        assert!(!person.client.get(LOG).await.body.contains("the address"));
        app.clock.advance(10 * DAY_MS);
        assert_eq!(disclosures::tell_due(&app.app).await.unwrap(), 1);
        assert_eq!(disclosures::tell_due(&app.app).await.unwrap(), 0);
        assert!(person.client.get(LOG).await.body.contains("the address"));
        assert_eq!(disclosures::list(&app.app).await.unwrap().len(), 2);
        app.assert_absent_from_files(&["District court"]);
    }

    async fn a_breach_has_72_hours_and_tells_each_affected_person_once(app: TestApp) {
        let (ada, eve) = (app.signed_in_user().await, app.signed_in_user().await);
        let breach = Breach {
            title: "A backup was lost".to_owned(),
            text: "The disk was encrypted. Change nothing.".to_owned(),
        };
        let found = app.clock_now();
        let id = breaches::open(&app.app, &breach, found, &Affected::Some(vec![ada.id])).await.unwrap();
        let all = breaches::open(&app.app, &breach, found, &Affected::Everybody).await.unwrap();
        let entry = |id| async move {
            breaches::list(&app.app).await.unwrap().into_iter().find(|entry| entry.id == id).unwrap()
        };
        assert_eq!(entry(id).await.due_at, found.plus(72 * HOUR_MS));
        assert_eq!((entry(id).await.affected, entry(all).await.affected), (1, 2));
        assert_eq!(breaches::notify(&app.app, id).await.unwrap(), Some(1));
        assert_eq!(breaches::notify(&app.app, id).await.unwrap(), Some(0), "nobody is told twice");
        let mails = app.mails().await;
        let told: Vec<_> = mails.iter().filter(|mail| mail.text.contains("A backup was lost")).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].to.contains(&ada.email));
        assert!(ada.client.get(LOG).await.body.contains("You were told of a data breach"));
        assert!(!eve.client.get(LOG).await.body.contains("You were told of a data breach"));
        app.clock.advance(72 * HOUR_MS + 1);
        assert!(entry(id).await.is_overdue(app.clock_now()));
        assert!(breaches::report(&app.app, id).await.unwrap());
        assert!(!breaches::report(&app.app, id).await.unwrap());
        assert!(!entry(id).await.is_overdue(app.clock_now()));
        assert_eq!(breaches::notify(&app.app, uuid::Uuid::from_u128(7)).await.unwrap(), None);
    }

    async fn news_reach_those_who_agreed_and_stop_with_their_consent(app: TestApp) {
        let (ada, eve, _) = (app.signed_in_user().await, app.signed_in_user().await, app.signed_in_user().await);
        let kind = ConsentKind::ProductNews;
        for person in [&ada, &eve] {
            rights::set_consent(&app.app, &caller(), person.id, kind, true).await.unwrap();
        }
        assert_eq!(news::send(&app.app, kind, "spring", ("News", "There is a canary.")).await.unwrap(), 2);
        rights::set_consent(&app.app, &caller(), eve.id, kind, false).await.unwrap();
        let mails = app.mails().await;
        let news: Vec<_> = mails.iter().filter(|mail| mail.text.contains("There is a canary.")).collect();
        assert_eq!(news.len(), 1, "what was queued for Eve is taken back");
        assert!(news[0].to.contains(&ada.email) && news[0].text.contains("Withdraw that at any time"));
        spectr::features::privacy::news::send(&app.app, kind, "spring", ("News", "Again")).await.unwrap();
        assert!(!app.mails().await.iter().any(|mail| mail.text.contains("Again")), "the same name goes out once");
    }
}

fn spectr(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spectr"))
        .args(arguments)
        .env_clear()
        .env("SPECTR_DATA_DIR", folder)
        .env("SPECTR_LOG", "error")
        .output()
        .unwrap()
}

#[test]
fn the_command_line_enters_lists_reads_and_answers_requests() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| spectr(folder.path(), arguments);
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let add = |received: &[&str]| {
        let mut arguments = vec![
            "admin",
            "request",
            "add",
            "--name",
            "Grace",
            "--email",
            "grace@example.org",
        ];
        arguments.extend(["--message", "A copy, please."]);
        arguments.extend(received);
        run(&arguments)
    };
    assert!(text(&run(&["admin", "request", "list"])).contains("no open requests"));
    assert_eq!(add(&["--received", "2999-01-01"]).status.code(), Some(2));
    assert_eq!(add(&["--kind", "sales"]).status.code(), Some(2));
    assert_eq!(add(&[]).status.code(), Some(0));
    assert_eq!(run(&["admin", "request", "list"]).status.code(), Some(0));
    assert_eq!(add(&["--received", "2020-01-01"]).status.code(), Some(0));
    let list = run(&["admin", "request", "list", "--json"]);
    assert_eq!(list.status.code(), Some(1), "something is overdue");
    let rows: serde_json::Value = serde_json::from_str(&text(&list)).unwrap();
    assert_eq!(
        (rows[0]["state"].as_str(), rows[1]["state"].as_str()),
        (Some("OVERDUE"), Some("open"))
    );
    let reference = rows[0]["reference"].as_str().unwrap();
    let shown = text(&run(&["admin", "request", "show", reference]));
    assert!(shown.contains("A copy, please.") && shown.contains("grace@example.org"));
    assert_eq!(
        run(&["admin", "request", "close", reference, "--answer", "Here."])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(run(&["admin", "request", "list"]).status.code(), Some(0));
    assert_eq!(
        run(&["admin", "request", "close", reference, "--answer", "Twice."])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(
        run(&["admin", "user", "show", "grace@example.org"]).status.code(),
        Some(2)
    );
    assert_eq!(
        run(&["admin", "breach", "open", "--title", "x", "--text", "y"])
            .status
            .code(),
        Some(2)
    );
}
