//! `spectr admin erase`, `disclosure`, `policy` and `news`, as an operator types them beside the running server.

use super::erasure::{after_grace, assert_gone, receipt, rows_of, user_of};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::app::Person;
use crate::support::command::{by_the_wall_clock, refuse, settings, spectr, spectr_with, succeed};
use spectr::domain::accounts::ConsentKind;
use spectr::domain::ids::UserId;
use spectr::features::privacy::{policy, rights};
use std::process::Output;

const LOG: &str = "/settings/privacy/security-log";
const CENTRE: &str = "/settings/privacy";

fn admin(app: &TestApp, arguments: &[&str]) -> Output {
    let arguments: Vec<&str> = ["admin"].iter().chain(arguments).copied().collect();
    spectr(&settings(app, &app.data_dir()), &arguments)
}

/// The path of the receipt that the command printed; its two lines name the same one.
fn receipt_path(said: &str) -> String {
    let id = said.lines().find_map(|line| line.strip_prefix("receipt ")).unwrap();
    let path = format!("/erasure/{id}");
    assert!(said.contains(&format!("{path}\n")), "{said}");
    path
}

async fn events(app: &TestApp, user: UserId, kind: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM security_events WHERE user_id = $1 AND kind = $2";
    let mut conn = app.app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).bind(kind.to_owned()).fetch_one(c).await)
        .unwrap()
}

async fn agrees(app: &TestApp, person: &Person, kind: ConsentKind) {
    let caller = super::erasure::caller();
    rights::set_consent(&app.app, &caller, person.id, kind, true)
        .await
        .unwrap();
}

on_both_engines! {
    async fn erase_refuses_what_is_no_account_and_changes_nothing(app: TestApp) {
        by_the_wall_clock(app);
        let person = app.signed_in_user().await;
        assert!(refuse(&admin(app, &["erase", "nobody@example.org"])).contains("there is no account with that address"));
        assert!(refuse(&admin(app, &["erase", "no address"])).contains("not an address like name@example.org"));
        assert!(refuse(&admin(app, &["erase"])).contains("<EMAIL>"));
        assert!(refuse(&admin(app, &["erase", &person.email, "--later"])).contains("--later"));
        person.client.get(CENTRE).await.expect(200);
        assert_eq!((app.count("erasures").await, app.mails().await.len()), (0, 0));
    }

    async fn erase_by_mail_leaves_the_days_of_grace_and_now_ends_them(app: TestApp) {
        by_the_wall_clock(app);
        let (person, other) = (app.signed_in_user().await, app.signed_in_user().await);
        let path = receipt_path(&succeed(&admin(app, &["erase", &person.email])));
        let shown = receipt(app, &path).await;
        assert_eq!((shown["state"].as_str(), shown["asked"].as_str()), (Some("pending"), Some("request")), "{shown}");
        assert!(person.client.get(CENTRE).await.see_other().starts_with("/login"), "every session ended");
        assert_eq!(events(app, person.id, "erasure_asked").await, 1);
        let mail = app.mail_to(&person.email).await;
        assert!(mail.text.contains(&path) && mail.text.contains("/cancel?token="), "{}", mail.text);
        assert_eq!(receipt_path(&succeed(&admin(app, &["erase", &person.email]))), path, "asked twice is one deletion");
        assert_eq!(rows_of(app, "users", "id", person.id).await, 1);
        assert_eq!(receipt_path(&succeed(&admin(app, &["erase", &person.email, "--now"]))), path);
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, person.id).await;
        assert!(refuse(&admin(app, &["erase", &person.email])).contains("there is no account"));
        other.client.get(CENTRE).await.expect(200);
    }

    async fn what_erase_asked_for_is_carried_out_by_the_job_of_the_server(app: TestApp) {
        by_the_wall_clock(app);
        let person = app.signed_in_user().await;
        let path = receipt_path(&succeed(&admin(app, &["erase", &person.email])));
        app.clock.advance(60_000);
        after_grace(app).await;
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, person.id).await;
    }

    async fn erase_of_a_child_or_of_an_unconfirmed_sign_up_is_done_when_the_command_ends(app: TestApp) {
        by_the_wall_clock(app);
        let child = app.signed_in_user().await;
        let path = receipt_path(&succeed(&admin(app, &["erase", &child.email, "--child"])));
        let shown = receipt(app, &path).await;
        assert_eq!((shown["state"].as_str(), shown["asked"].as_str()), (Some("erased"), Some("child")), "{shown}");
        assert!(shown["erased_at"].is_string() && shown["cancel_until"].is_null(), "{shown}");
        assert_gone(app, child.id).await;
        assert!(child.client.get(CENTRE).await.see_other().starts_with("/login"));
        let form = crate::support::sign_up_form("Wilhelmina Canarybird", "early@example.org", crate::support::PASSWORD);
        app.client().post("/signup", &form).await.see_other();
        let id = user_of(app, "early@example.org").await.unwrap();
        let path = receipt_path(&succeed(&admin(app, &["erase", "early@example.org"])));
        assert_eq!(receipt(app, &path).await["state"], "erased");
        assert_gone(app, id).await;
    }

    async fn disclosure_refuses_half_an_entry_and_writes_nothing(app: TestApp) {
        by_the_wall_clock(app);
        let person = app.signed_in_user().await;
        let add = |email: &str, more: &[&str]| {
            let all = [&["disclosure", "add", email, "--authority", "District court", "--basis", "Order 7/26"], more].concat();
            refuse(&admin(app, &all))
        };
        assert!(add("nobody@example.org", &["--scope", "x"]).contains("there is no account"));
        assert!(add(&person.email, &[]).contains("--scope"));
        assert!(add(&person.email, &["--scope", "  "]).contains("what was handed over"));
        assert!(add(&person.email, &["--scope", "@/nowhere/scope.txt"]).contains("/nowhere/scope.txt cannot be read"));
        assert!(add(&person.email, &["--scope", "x", "--at", "yesterday"]).contains("no date like 2026-05-01"));
        assert!(add(&person.email, &["--scope", "x", "--at", "2999-01-01"]).contains("lies in the future"));
        assert_eq!((app.count("disclosures").await, events(app, person.id, "disclosed").await), (0, 0));
        assert!(succeed(&admin(app, &["disclosure", "list"])).contains("nothing was disclosed"));
    }

    async fn a_disclosure_stands_in_the_register_and_in_the_log_of_its_person(app: TestApp) {
        by_the_wall_clock(app);
        let (person, other) = (app.signed_in_user().await, app.signed_in_user().await);
        let add = ["admin", "disclosure", "add", &person.email, "--authority", "District court", "--basis", "Order 7/26"];
        let here = settings(app, &app.data_dir());
        let at_once = [&add[..], &["--scope", "-", "--at", "2026-05-01"]].concat();
        let said = succeed(&spectr_with(&here, &at_once, "the times of sign-ins\n"));
        assert!(said.contains("reads it in the security log"), "{said}");
        let delayed = [&add[..], &["--scope", "the address", "--delay-until", "2999-01-01"]].concat();
        let said = succeed(&spectr(&here, &delayed));
        assert!(said.contains("told on 1 January 2999"), "{said}");
        let log = person.client.get(LOG).await.expect(200).body;
        assert!(log.contains("District court, Order 7/26: the times of sign-ins") && !log.contains("the address"));
        assert!(!other.client.get(LOG).await.expect(200).body.contains("District court"));
        let list = succeed(&admin(app, &["disclosure", "list", "--json"]));
        let rows: serde_json::Value = serde_json::from_str(&list).unwrap();
        let of = |scope: &str| rows.as_array().unwrap().iter().find(|row| row["scope"] == scope).unwrap().clone();
        let (told, kept) = (of("the times of sign-ins"), of("the address"));
        assert_eq!(told["disclosed"], "2026-05-01T00:00:00Z");
        assert_eq!(told["account"].as_str(), Some(person.id.to_string().as_str()));
        assert!(told["told"].is_string() && told["delayed_until"].is_null(), "{told}");
        assert!(kept["told"].is_null() && kept["delayed_until"] == "2999-01-01T00:00:00Z", "{kept}");
        assert!(succeed(&admin(app, &["disclosure", "list"])).contains("DELAYED UNTIL"));
        app.assert_absent_from_files(&["District court", "the times of sign-ins"]);
    }

    async fn policy_publishes_once_ahead_of_time_and_mails_everybody_once(app: TestApp) {
        by_the_wall_clock(app);
        let people = [app.signed_in_user().await, app.signed_in_user().await];
        assert!(succeed(&admin(app, &["policy", "list"])).contains("nothing is published yet"));
        assert!(refuse(&admin(app, &["policy", "publish", "--effective", "soon"])).contains("no date like"));
        let late = admin(app, &["policy", "publish", "--effective", "2026-05-01"]);
        assert!(refuse(&late).contains("announced before it applies"));
        assert!(succeed(&admin(app, &["policy", "list"])).contains("nothing is published yet"));
        let publish = ["policy", "publish", "--effective", "2999-01-01"];
        let said = succeed(&admin(app, &publish));
        assert!(said.contains("applies from 1 January 2999") && said.contains("2 mails were queued"), "{said}");
        assert!(succeed(&admin(app, &publish)).contains("0 mails were queued"));
        let mails = app.mails().await;
        for person in &people {
            let notices = mails.iter().filter(|mail| mail.to.contains(&person.email)).collect::<Vec<_>>();
            assert_eq!(notices.len(), 1);
            assert!(notices[0].text.contains(&policy::current_sha256()), "{}", notices[0].text);
            assert!(person.client.get("/dashboard").await.expect(200).body.contains("policy-banner"));
        }
        let rows: serde_json::Value = serde_json::from_str(&succeed(&admin(app, &["policy", "list", "--json"]))).unwrap();
        assert_eq!(rows.as_array().unwrap().len(), 1);
        assert_eq!(rows[0]["sha256"].as_str(), Some(policy::current_sha256().as_str()));
        assert!(rows[0]["material"] == true && rows[0]["announced"].is_string(), "{rows}");
    }

    async fn a_policy_whose_change_is_not_material_disturbs_nobody(app: TestApp) {
        by_the_wall_clock(app);
        let person = app.signed_in_user().await;
        let said = succeed(&admin(app, &["policy", "publish", "--not-material"]));
        assert!(said.contains("0 mails were queued"), "{said}");
        assert_eq!(app.mails().await.len(), 0);
        assert!(!person.client.get("/dashboard").await.expect(200).body.contains("policy-banner"));
        assert_eq!(app.count("policy_versions").await, 1);
    }

    async fn news_reach_only_who_agreed_and_once_under_one_name(app: TestApp) {
        by_the_wall_clock(app);
        let (ada, eve) = (app.signed_in_user().await, app.signed_in_user().await);
        agrees(app, &eve, ConsentKind::Surveys).await;
        let send = |kind: &str, subject: &str, text: &str| {
            let fields = ["news", "send", "spring", "--kind", kind, "--subject", subject, "--text", text];
            admin(app, &fields)
        };
        let news = "marketing_product_news";
        assert!(refuse(&send("langsmith_tracing", "News", "Text")).contains("not something that people agree"));
        assert!(refuse(&send("all", "News", "Text")).contains("not something that people agree"));
        assert!(refuse(&send(news, " ", "Text")).contains("need a subject and a text"));
        assert!(refuse(&send(news, "News", " ")).contains("need a subject and a text"));
        assert!(refuse(&send(news, "News", "@/nowhere/news.txt")).contains("/nowhere/news.txt cannot be read"));
        assert!(refuse(&admin(app, &["news", "send", "--subject", "News", "--text", "Text"])).contains("<NAME>"));
        assert!(succeed(&send(news, "News", "A canary sings.")).contains("queued for 0 people"));
        assert_eq!(app.mails().await.len(), 0);
        agrees(app, &ada, ConsentKind::ProductNews).await;
        assert!(succeed(&send(news, "News", "A canary sings.")).contains("queued for 1 people"));
        assert!(succeed(&send(news, "News", "A canary sings.")).contains("queued for 0 people"));
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert!(mails[0].to.contains(&ada.email) && mails[0].text.contains("A canary sings."));
        assert!(mails[0].text.contains("/settings/privacy/rights"), "how to stop them: {}", mails[0].text);
    }
}
