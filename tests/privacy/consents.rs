//! Consents: off until given, records that stay, and a database that refuses marketing without one.

use crate::on_both_engines;
use crate::support::TestApp;
use spectr::domain::accounts::ConsentKind;
use spectr::domain::ids::UserId;
use spectr::features::accounts::{Caller, consents};
use spectr::infra::clock::Clock;
use spectr::{execute, on};
use uuid::Uuid;

const RAW: &str = "INSERT INTO outbox (id, owner_id, dedupe, kind, state, created_at, next_attempt_at, consent_id) \
     VALUES ($1, $2, $3, $4, 'queued', 0, 9000000000000000, $5)";

fn caller() -> Caller {
    Caller {
        ip: "192.0.2.7".parse().unwrap(),
        device: "Firefox 140 on Linux".to_owned(),
    }
}

/// Tries to queue a mail by hand; whether the database took it.
async fn insert(app: &TestApp, owner: UserId, kind: &'static str, consent: Option<Uuid>) -> bool {
    let id = app.clock.new_id();
    let mut conn = app.app.db.begin().await.unwrap();
    let done = execute!(&mut conn, RAW, id, owner.0, id.to_string(), kind, consent);
    match done {
        Ok(_) => conn.commit().await.is_ok(),
        Err(_) => false,
    }
}

async fn set(app: &TestApp, user: UserId, kind: ConsentKind, on: bool) {
    let mut conn = app.app.db.begin().await.unwrap();
    if on {
        consents::grant(&mut conn, &app.app, &caller(), user, (kind, "/settings/privacy/rights"))
            .await
            .unwrap();
    } else {
        consents::withdraw(&mut conn, &app.app, &caller(), user, kind)
            .await
            .unwrap();
    }
    conn.commit().await.unwrap();
}

async fn live(app: &TestApp, user: UserId, kind: ConsentKind) -> Option<Uuid> {
    let mut conn = app.app.db.acquire().await.unwrap();
    consents::find_live(&mut conn, user, kind).await.unwrap().map(|id| id.0)
}

on_both_engines! {
    async fn a_marketing_mail_without_a_live_consent_of_its_reader_is_no_row(app: TestApp) {
        let (ada, eve) = (app.signed_in_user().await.id, app.signed_in_user().await.id);
        for kind in ["marketing_product_news", "MARKETING_anything", "marketing"] {
            assert!(!insert(app, ada, kind, None).await, "{kind}");
            assert!(!insert(app, ada, kind, Some(Uuid::from_u128(7))).await, "{kind}");
        }
        set(app, ada, ConsentKind::ProductNews, true).await;
        let consent = live(app, ada, ConsentKind::ProductNews).await;
        assert!(consent.is_some());
        assert!(!insert(app, eve, "marketing_product_news", consent).await, "somebody else's consent");
        assert!(!insert(app, ada, "marketing_surveys", consent).await, "another kind");
        assert!(insert(app, ada, "marketing_product_news", consent).await);
        assert!(insert(app, ada, "verify", None).await, "mails about the account need none");
    }

    async fn a_mail_cannot_be_turned_into_marketing_later(app: TestApp) {
        let ada = app.signed_in_user().await.id;
        assert!(insert(app, ada, "verify", None).await);
        let mut conn = app.app.db.begin().await.unwrap();
        assert!(execute!(&mut conn, "UPDATE outbox SET kind = 'marketing_product_news'").is_err());
    }

    async fn a_withdrawal_takes_queued_mails_back_and_the_record_stays(app: TestApp) {
        let ada = app.signed_in_user().await.id;
        set(app, ada, ConsentKind::ProductNews, true).await;
        set(app, ada, ConsentKind::Surveys, true).await;
        let (news, surveys) = (live(app, ada, ConsentKind::ProductNews).await, live(app, ada, ConsentKind::Surveys).await);
        assert!(insert(app, ada, "marketing_product_news", news).await);
        assert!(insert(app, ada, "marketing_surveys", surveys).await);
        app.clock.advance(5_000);
        set(app, ada, ConsentKind::ProductNews, false).await;
        let mut conn = app.app.db.acquire().await.unwrap();
        let kinds = on!(&mut conn, c => sqlx::query_scalar::<_, String>("SELECT kind FROM outbox").fetch_all(c).await).unwrap();
        assert_eq!(kinds, ["marketing_surveys"], "the other kind stays");
        drop(conn);
        assert!(!insert(app, ada, "marketing_product_news", news).await, "a withdrawn consent carries nothing");
        set(app, ada, ConsentKind::ProductNews, true).await;
        let mut conn = app.app.db.acquire().await.unwrap();
        let history = consents::history(&mut conn, ada).await.unwrap();
        let news: Vec<_> = history.iter().filter(|record| record.kind == ConsentKind::ProductNews).collect();
        assert_eq!(news.len(), 2);
        assert_eq!(news.iter().filter(|record| record.withdrawn_at.is_none()).count(), 1);
        assert!(history.iter().all(|record| record.text_sha256.len() == 32));
    }

    async fn a_withdrawn_record_cannot_be_revived_by_sql(app: TestApp) {
        let ada = app.signed_in_user().await.id;
        set(app, ada, ConsentKind::ProductNews, true).await;
        set(app, ada, ConsentKind::ProductNews, false).await;
        let mut conn = app.app.db.begin().await.unwrap();
        assert!(execute!(&mut conn, "UPDATE consents SET withdrawn_at = NULL").is_err());
    }

    async fn nothing_is_on_before_it_was_given(app: TestApp) {
        app.sign_up("Ada", "ada@example.org").await;
        assert_eq!(app.count("consents").await, 0);
        let ada = app.signed_in_user().await.id;
        for kind in ConsentKind::ALL {
            assert!(live(app, ada, *kind).await.is_none());
        }
    }
}
