//! Bad days: a mail server that is down, a clock that jumps while requests wait. Nothing is lost, and
//! nothing is kept that should not be.

use super::traces;
use crate::on_both_engines;
use crate::support::TestApp;
use spectr::domain::timestamp::HOUR_MS;
use spectr::features::outbox;
use spectr::features::privacy::policy::{self, Publish};

async fn state(app: &TestApp) -> (String, bool) {
    let sql = "SELECT state, content IS NOT NULL FROM outbox";
    let mut conn = app.app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_as::<_, (String, bool)>(sql).fetch_one(c).await).unwrap()
}

/// Lets so many hours pass, with a look at the outbox every hour; answers how many mails left.
async fn pass(app: &TestApp, hours: i64) -> u64 {
    let mut sent = 0;
    for _ in 0..hours {
        app.clock.advance(HOUR_MS);
        sent += outbox::deliver_due(&app.app).await.unwrap();
    }
    sent
}

on_both_engines! {
    async fn a_mail_server_that_is_down_for_days_loses_no_mail_and_a_week_later_keeps_none(app: TestApp) {
        traces::listen();
        let person = app.signed_in_user().await;
        policy::publish(&app.app, Publish { is_material: true, effective_at: None }).await.unwrap();
        // What stands in the way of the folder keeps every mail from leaving.
        let folder = app.data_dir().join("outbox");
        std::fs::remove_dir(&folder).unwrap();
        std::fs::write(&folder, "").unwrap();
        assert_eq!(pass(app, 3 * 24).await, 0);
        assert_eq!(state(app).await, ("queued".to_owned(), true));
        traces::assert_none(app, &[&person.email]).await;
        std::fs::remove_file(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(pass(app, 9).await, 1, "delivered once it is back");
        assert_eq!(state(app).await, ("sent".to_owned(), false));
        assert_eq!(pass(app, 24).await, 0);
        assert_eq!(app.mails().await.len(), 1, "and only once");
    }

    async fn a_mail_that_cannot_leave_for_a_week_is_given_up_and_its_words_are_dropped(app: TestApp) {
        app.signed_in_user().await;
        policy::publish(&app.app, Publish { is_material: true, effective_at: None }).await.unwrap();
        let folder = app.data_dir().join("outbox");
        std::fs::remove_dir(&folder).unwrap();
        std::fs::write(&folder, "").unwrap();
        assert_eq!(pass(app, 8 * 24).await, 0);
        assert_eq!(state(app).await, ("failed".to_owned(), false));
    }
}
