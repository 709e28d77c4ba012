//! The policy: its versions to the byte, publishing, the notice, the acceptance.

use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::app::Person;
use sha2::{Digest, Sha256};
use spectr::domain::privacy::constants::{POLICY_NOTICE_DAYS, POLICY_VERSION};
use spectr::domain::privacy::policy_text;
use spectr::domain::privacy::versions::{SUMS, VERSIONS};
use spectr::domain::timestamp::DAY_MS;
use spectr::features::privacy::policy::{self, Publication, Publish, Published};
use std::path::Path;

const MATERIAL: Publish = Publish {
    is_material: true,
    effective_at: None,
};

const BANNER: &str = "policy-banner";

#[test]
fn the_text_that_is_shown_is_the_newest_version_to_the_byte() {
    let text = policy_text();
    if VERSIONS[0].text == text {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/policy");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{POLICY_VERSION}.txt"));
    std::fs::write(&file, &text).unwrap();
    let differs = VERSIONS[0].text.lines().zip(text.lines()).find(|(was, is)| was != is);
    panic!(
        "The policy's text is not the one of version {POLICY_VERSION}: {differs:?}. Was that version published? Then \
         this is a new one: see domain/privacy/versions.rs. If it was not, copy {} to src/domain/privacy/versions/ and \
         run `sha256sum *.txt > SHA256SUMS` there.",
        file.display()
    );
}

#[test]
fn no_published_file_was_touched() {
    for version in VERSIONS {
        let sum = hex::encode(Sha256::digest(version.text));
        assert_eq!(version.sha256(), sum, "{}", version.id);
    }
    assert_eq!(SUMS.lines().count(), VERSIONS.len());
}

async fn publish(app: &TestApp) -> (Publication, u64) {
    match policy::publish(&app.app, MATERIAL).await.unwrap() {
        Published::Done { publication, queued } => (publication, queued),
        Published::TooSoon => panic!("a fortnight is soon enough"),
    }
}

async fn mails_about_the_policy(app: &TestApp, person: &Person) -> usize {
    let mails = app.mails().await;
    mails
        .iter()
        .filter(|mail| mail.to.contains(&person.email) && mail.subject.contains("privacy policy changes"))
        .count()
}

async fn acceptances(app: &TestApp, person: &Person) -> Vec<(String, Vec<u8>)> {
    let sql = "SELECT version, text_sha256 FROM policy_acceptances WHERE user_id = $1 ORDER BY accepted_at";
    let mut conn = app.app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_as(sql).bind(person.id.0).fetch_all(c).await).unwrap()
}

on_both_engines! {
    async fn a_material_version_is_mailed_once_to_each_person_however_often_it_is_published(app: TestApp) {
        let (ada, bob) = (app.signed_in_user().await, app.signed_in_user().await);
        let (publication, queued) = publish(app).await;
        assert_eq!(queued, 2);
        assert_eq!(publication.effective_at.0 - publication.published_at.0, POLICY_NOTICE_DAYS * DAY_MS);
        assert!(publication.announced_at.is_some());
        app.advance_days(1);
        let later = app.signed_in_user().await;
        let (again, queued) = publish(app).await;
        assert_eq!((again.published_at, queued), (publication.published_at, 0));
        assert_eq!(policy::announce(&app.app).await.unwrap(), 0);
        for person in [&ada, &bob] {
            assert_eq!(mails_about_the_policy(app, person).await, 1);
        }
        // The outbox forgets; the notice does not.
        app.advance_days(40);
        spectr::features::outbox::purge(&app.app).await.unwrap();
        assert_eq!(publish(app).await.1, 0);
        assert_eq!(app.count("outbox").await, 0);
        assert!(!later.client.get("/dashboard").await.body.contains(BANNER), "accepted that text at sign-up");
    }

    async fn an_announcement_that_was_broken_off_goes_on_where_it_stopped(app: TestApp) {
        let people = [app.signed_in_user().await, app.signed_in_user().await, app.signed_in_user().await];
        publish(app).await;
        // As after a kill between two batches: the version is published, one person was told.
        for sql in [
            "DELETE FROM outbox WHERE owner_id <> $1",
            "DELETE FROM policy_notices WHERE user_id <> $1",
        ] {
            let mut conn = app.app.db.begin().await.unwrap();
            spectr::execute!(&mut conn, sql, people[0].id.0).unwrap();
            conn.commit().await.unwrap();
        }
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE policy_versions SET announced_at = NULL").unwrap();
        conn.commit().await.unwrap();
        assert_eq!(policy::announce(&app.app).await.unwrap(), 2);
        for person in &people {
            assert_eq!(mails_about_the_policy(app, person).await, 1);
        }
        let publication = policy::find(&app.app, POLICY_VERSION).await.unwrap().unwrap();
        assert!(publication.announced_at.is_some());
    }

    async fn the_notice_stands_on_every_page_until_it_is_acknowledged(app: TestApp) {
        let (ada, bob) = (app.signed_in_user().await, app.signed_in_user().await);
        assert!(!ada.client.get("/dashboard").await.body.contains(BANNER));
        publish(app).await;
        for path in ["/dashboard", "/settings", "/settings/privacy", "/assistant"] {
            let page = ada.client.get(path).await.expect(200).body;
            assert!(page.contains(BANNER) && page.contains("18 May 2026"), "{path}");
        }
        let fields = [("version", POLICY_VERSION), ("next", "/settings/keys")];
        let reply = ada.client.post("/settings/privacy/policy", &fields).await;
        assert_eq!(reply.see_other(), "/settings/keys");
        for path in ["/dashboard", "/settings/keys"] {
            assert!(!ada.client.get(path).await.body.contains(BANNER), "{path}");
        }
        assert!(bob.client.get("/dashboard").await.body.contains(BANNER), "everybody for themselves");
    }

    async fn acknowledging_records_the_fingerprint_of_the_exact_bytes_once(app: TestApp) {
        let person = app.signed_in_user().await;
        publish(app).await;
        let fields = [("version", POLICY_VERSION), ("next", "/dashboard")];
        for _ in 0..2 {
            person.client.post("/settings/privacy/policy", &fields).await.see_other();
        }
        let file = app.client().get(&format!("/privacy/versions/{POLICY_VERSION}.txt")).await.expect(200).body;
        let expected = Sha256::digest(file).to_vec();
        assert_eq!(acceptances(app, &person).await, [(POLICY_VERSION.to_owned(), expected)]);
        assert_eq!(app.count("security_events").await, 1);
    }

    async fn only_the_text_that_is_shown_can_be_accepted(app: TestApp) {
        let person = app.signed_in_user().await;
        publish(app).await;
        for version in ["2026-05-01", "", "2099-01-01"] {
            let fields = [("version", version), ("next", "//elsewhere.example")];
            let reply = person.client.post("/settings/privacy/policy", &fields).await;
            assert_eq!(reply.see_other(), "/dashboard");
        }
        assert!(acceptances(app, &person).await.is_empty());
        assert!(person.client.get("/dashboard").await.body.contains(BANNER));
    }

    async fn a_correction_that_is_not_material_tells_nobody(app: TestApp) {
        let person = app.signed_in_user().await;
        let correction = Publish { is_material: false, effective_at: None };
        assert!(matches!(policy::publish(&app.app, correction).await.unwrap(), Published::Done { queued: 0, .. }));
        assert_eq!(app.count("outbox").await, 0);
        assert!(!person.client.get("/dashboard").await.body.contains(BANNER));
    }

    async fn a_material_change_takes_no_effect_before_people_are_told(app: TestApp) {
        let yesterday = Publish { is_material: true, effective_at: Some(crate::support::app::START.minus(DAY_MS)) };
        assert_eq!(policy::publish(&app.app, yesterday).await.unwrap(), Published::TooSoon);
        assert_eq!(app.count("policy_versions").await, 0);
    }

    async fn the_policy_shows_its_dates_and_every_version_word_for_word(app: TestApp) {
        let client = app.client();
        let page = client.get("/privacy").await.expect(200).body;
        assert!(page.contains("Last updated: 21 November 2026 · Effective date: 21 November 2026"));
        for words in ["supervisory authority", "90 days", "30 days", &policy::current_sha256()] {
            assert!(page.contains(words), "{words}");
        }
        publish(app).await;
        let page = client.get("/privacy").await.body;
        assert!(page.contains("Effective date: 18 May 2026") && page.contains("takes effect on 18 May 2026"));
        app.advance_days(POLICY_NOTICE_DAYS);
        assert!(!client.get("/privacy").await.body.contains("takes effect on"));
        let history = client.get("/privacy/versions").await.expect(200).body;
        for version in VERSIONS {
            assert!(history.contains(version.sha256()), "{}", version.id);
            let file = client.get(&format!("/privacy/versions/{}.txt", version.id)).await.expect(200);
            assert_eq!(file.body, version.text);
        }
        client.get("/privacy/versions/1999-01-01.txt").await.expect(404);
    }

    async fn the_processing_record_lists_every_column(app: TestApp) {
        let page = app.client().get("/privacy/record").await.expect(200).body;
        for table in spectr::domain::privacy::inventory::INVENTORY {
            assert!(page.contains(&format!("<code>{}</code>", table.name)), "{}", table.name);
            for column in table.columns {
                assert!(page.contains(&format!("<code>{}</code>", column.name)), "{}.{}", table.name, column.name);
            }
        }
    }
}
