//! Promises about the policy's own changes.

use crate::on_both_engines;
use sha2::{Digest, Sha256};
use spectr::domain::privacy::constants::POLICY_VERSION;
use spectr::features::privacy::policy::{self, Publish, Published};
use spectr::features::privacy::proof::{self, Standing};

const BANNER: &str = "policy-banner";

on_both_engines! {
    async fn clause_25_a_new_version_is_mailed_once_and_shown_until_acknowledged(app: TestApp) {
        let people = [app.signed_in_user().await, app.signed_in_user().await];
        let material = || Publish { is_material: true, effective_at: None };
        for round in [2, 0] {
            let Published::Done { publication, queued } = policy::publish(&app.app, material()).await.unwrap() else {
                panic!("a material version is announced before it takes effect")
            };
            assert_eq!(queued, round);
            assert!(publication.effective_at > app.clock_now());
        }
        let mails = app.mails().await;
        for person in &people {
            let about: Vec<_> = mails.iter().filter(|mail| mail.to.contains(&person.email)).collect();
            assert_eq!(about.len(), 1);
            assert!(about[0].subject.contains("privacy policy"), "{}", about[0].subject);
            assert!(person.client.get("/dashboard").await.expect(200).body.contains(BANNER));
        }
        let fields = [("version", POLICY_VERSION), ("next", "/dashboard")];
        people[0].client.post("/settings/privacy/policy", &fields).await.see_other();
        assert!(!people[0].client.get("/dashboard").await.expect(200).body.contains(BANNER));
        assert!(people[1].client.get("/dashboard").await.expect(200).body.contains(BANNER));
        // What was accepted is the exact text, to the byte.
        let text = app.client().get(&format!("/privacy/versions/{POLICY_VERSION}.txt")).await.expect(200).body;
        let sql = "SELECT text_sha256 FROM policy_acceptances WHERE user_id = $1";
        let mut conn = app.app.db.acquire().await.unwrap();
        let user = people[0].id.0;
        let accepted = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, Vec<u8>>(sql).bind(user).fetch_one(c).await).unwrap();
        drop(conn);
        assert_eq!(accepted, Sha256::digest(text).to_vec());
        let page = app.client().get("/privacy").await.expect(200).body;
        assert!(page.contains("Last updated") && page.contains("Effective date"));
        let standing = |report: &proof::Report| report.entry(25).unwrap().finding.standing;
        assert_eq!(standing(&*proof::report(&app.app).await), Standing::Kept);
        let mut conn = app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, "UPDATE policy_acceptances SET text_sha256 = $1", vec![0_u8; 32]).unwrap();
        conn.commit().await.unwrap();
        app.clock.advance(11_000);
        assert_eq!(standing(&*proof::report(&app.app).await), Standing::Broken);
    }
}
