//! Sessions slide on the server, die for good, and are one signed cookie.

use crate::on_both_engines;
use spectr::domain::timestamp::DAY_MS;

on_both_engines! {
    async fn any_request_within_thirty_days_extends_a_session_and_a_day_more_ends_it(app: TestApp) {
        let person = app.signed_in_user().await;
        for _ in 0..3 {
            app.clock.advance(29 * DAY_MS);
            let reply = person.client.get("/").await.expect(200);
            assert!(reply.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=2592000")));
        }
        app.clock.advance(31 * DAY_MS);
        let reply = person.client.get("/settings").await;
        assert_eq!(reply.see_other(), "/login?next=%2Fsettings");
    }

    async fn a_cookie_that_was_tampered_with_is_nobody(app: TestApp) {
        let person = app.signed_in_user().await;
        let cookie = person.client.cookie().unwrap();
        let flipped = if cookie.starts_with('A') { "B" } else { "A" };
        person.client.set_cookie(Some(&format!("{flipped}{}", &cookie[1..])));
        person.client.get("/dashboard").await.see_other();
    }
}
