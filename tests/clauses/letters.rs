//! Promises about mails, requests and what is written to us.

use super::traces;
use crate::on_both_engines;
use spectr::domain::accounts::ConsentKind;
use spectr::domain::ids::ConsentId;
use spectr::domain::mail::Letter;
use spectr::domain::timestamp::{DAY_MS, HOUR_MS, Timestamp};
use spectr::features::accounts::{Caller, consents};
use spectr::features::outbox::{self, Mail};
use spectr::features::privacy::proof::{self, Standing};
use spectr::on;

fn caller() -> Caller {
    Caller {
        ip: std::net::Ipv4Addr::LOCALHOST.into(),
        device: "Firefox 140 on Linux".to_owned(),
    }
}

fn contact<'a>(kind: &'a str, message: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("kind", kind),
        ("name", "Grace Hopper"),
        ("email", "grace@example.org"),
        ("organisation", ""),
        ("message", message),
    ]
}

const RAW: &str = "INSERT INTO outbox (id, owner_id, dedupe, kind, state, created_at, next_attempt_at, consent_id) \
     VALUES ($1, $2, $3, $4, 'queued', 0, 0, $5)";

on_both_engines! {
    async fn clause_09_marketing_mail_needs_a_live_consent(app: TestApp) {
        let (person, other) = (app.signed_in_user().await, app.signed_in_user().await);
        assert_eq!(app.count("consents").await, 0, "nothing is on by default");
        let kinds: Vec<ConsentKind> = ConsentKind::ALL.iter().copied().filter(|kind| kind.is_marketing()).collect();
        assert!(kinds.len() >= 2);
        for kind in kinds {
            let insert = async |consent: Option<ConsentId>| {
                let mut conn = app.app.db.begin().await.unwrap();
                let id = spectr::infra::clock::Clock::new_id(&*app.clock);
                let done = spectr::execute!(&mut conn, RAW, id, person.id.0, id.to_string(), kind.id(), consent.map(|id| id.0));
                if done.is_ok() {
                    conn.commit().await.unwrap();
                }
                done.is_ok()
            };
            assert!(!insert(None).await, "without a consent");
            let mut conn = app.app.db.begin().await.unwrap();
            consents::grant(&mut conn, &app.app, &caller(), person.id, (kind, "/settings/privacy")).await.unwrap();
            consents::grant(&mut conn, &app.app, &caller(), other.id, (kind, "/settings/privacy")).await.unwrap();
            conn.commit().await.unwrap();
            let mut conn = app.app.db.acquire().await.unwrap();
            let own = consents::find_live(&mut conn, person.id, kind).await.unwrap();
            let theirs = consents::find_live(&mut conn, other.id, kind).await.unwrap();
            drop(conn);
            assert!(!insert(theirs).await, "with somebody else's consent");
            assert!(insert(own).await, "with a live consent");
            assert_eq!(app.count("outbox").await, 1);
            let mut conn = app.app.db.begin().await.unwrap();
            consents::withdraw(&mut conn, &app.app, &caller(), person.id, kind).await.unwrap();
            conn.commit().await.unwrap();
            assert_eq!(app.count("outbox").await, 0, "what was queued is not sent");
            assert!(!insert(own).await, "with a consent that was withdrawn");
        }
        // A mail about the account itself needs none.
        let mut conn = app.app.db.begin().await.unwrap();
        let letter = Letter { subject: "Hello".to_owned(), body: "Text".to_owned() };
        let mail = Mail { owner: person.id.0, to: &person.email, kind: "security_alert", letter, dedupe: "x".to_owned() };
        outbox::enqueue(&mut conn, &app.app, mail).await.unwrap();
        conn.commit().await.unwrap();
        let report = proof::report(&app.app).await;
        assert_eq!(report.entry(9).unwrap().finding.standing, Standing::Kept);
    }

    async fn clause_22_the_policy_links_to_the_supervisory_authorities(app: TestApp) {
        let page = app.client().get("/privacy").await.expect(200).body;
        assert!(page.contains("supervisory authority"));
        let link = page.split("href=\"").find(|link| link.starts_with("https://www.edpb.europa.eu/")).unwrap();
        assert!(link.contains("members"), "it is the list of authorities");
    }

    async fn clause_26_every_request_has_a_due_date(app: TestApp) {
        // The test's clock begins on a Monday morning.
        for (kind, due) in [("support", 2 * DAY_MS), ("demo", 2 * DAY_MS), ("security", 72 * HOUR_MS)] {
            app.client().post("/contact", &contact(kind, "A moth.")).await.see_other();
            let sql = "SELECT due_at - created_at FROM privacy_requests WHERE kind = $1";
            let mut conn = app.app.db.acquire().await.unwrap();
            let found = on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(kind).fetch_one(c).await).unwrap();
            assert_eq!(found, due, "{kind}");
        }
        let text = app.client().get("/.well-known/security.txt").await.expect(200).body;
        let expires = text.lines().find_map(|line| line.strip_prefix("Expires: ")).unwrap().to_owned();
        assert!(text.contains("Contact: ") && expires > Timestamp(app.clock_now().0).rfc3339());
        let standing = |report: &proof::Report| report.entry(26).unwrap().finding.standing;
        assert_eq!(standing(&*proof::report(&app.app).await), Standing::Kept);
        app.advance_days(4);
        assert_eq!(standing(&*proof::report(&app.app).await), Standing::Broken, "nobody answered in time");
    }

    async fn clause_30_card_numbers_are_masked_before_they_are_stored(app: TestApp) {
        traces::listen();
        let message = "My card 4012 8888 8888 1881 was charged, also 4012888888881881.";
        app.client().post("/contact", &contact("support", message)).await.see_other();
        // The operator's mail holds what was kept of the message.
        let mail = app.mails().await.into_iter().find(|mail| mail.text.contains("was charged")).unwrap();
        assert!(mail.text.contains("1881 was charged") && !mail.text.contains("4012 8") && !mail.text.contains("40128"), "{}", mail.text);
        traces::assert_none(app, &["4012 8888 8888 1881", "4012888888881881", "8888888"]).await;
        let report = proof::report(&app.app).await;
        assert_eq!(report.entry(30).unwrap().finding.standing, Standing::Kept);
    }
}
