//! A disk that has no more room while a bundle is written, in a server process of its own whose files may not
//! grow: what the person sees, what is noted, what stays behind, and that the next download works.

use super::{EXPORT, ask, spools};
use crate::on_both_engines;
use crate::support::command::{Server, by_the_wall_clock, settings};
use crate::support::{Client, Engine, TestApp};
use crate::usage::{call, record};
use reqwest::Method;
use spectr::features::privacy::export::{self, State};

/// Enough for what the database writes meanwhile, and far too little for the bundle.
const ROOM: u64 = 192 * 1024;
const CALLS: i64 = 12_000;

/// What SQLite keeps beside its file begins anew, so that it has room of its own.
async fn empty_wal(app: &TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    loop {
        let mut conn = app.app.db.acquire().await.unwrap();
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let spectr::infra::db::Engine::Sqlite(conn) = conn.engine() else {
            return;
        };
        let (is_busy, ..): (i64, i64, i64) = sqlx::query_as(sql).fetch_one(conn).await.unwrap();
        if is_busy == 0 {
            return;
        }
    }
}

/// The states of the person's exports, newest first.
async fn states(app: &TestApp, user: spectr::domain::ids::UserId) -> Vec<State> {
    let exports = export::list(&app.app, user).await.unwrap();
    exports.iter().map(|export| export.state).collect()
}

on_both_engines! {
    async fn a_disk_that_fills_up_breaks_the_download_and_leaves_nothing_half(app: TestApp) {
        by_the_wall_clock(app);
        let person = app.signed_in_user().await;
        let calls: Vec<_> = (0..CALLS).map(|n| call(app, person.id, app.clock_now().minus(n))).collect();
        record(app, &calls).await;
        let server = Server::start(&settings(app, &app.data_dir()));
        let client = Client::new(&server.url);
        client.set_cookie(person.client.cookie().as_deref());
        let first = ask(&client, EXPORT, &[]).await.expect(200);
        assert!(first.bytes.len() as u64 > ROOM + ROOM / 2, "{} bytes", first.bytes.len());
        let kept = spools(app);
        empty_wal(app).await;

        server.limit_files(Some(ROOM));
        let response = client.request(Method::GET, EXPORT).send().await.unwrap();
        assert_eq!(response.status(), 200, "it had begun");
        let whole = response.bytes().await;
        assert!(whole.is_err(), "{} bytes came and looked whole", whole.unwrap().len());
        assert_eq!(states(app, person.id).await, [State::Failed, State::Complete]);
        assert_eq!(spools(app), kept, "nothing half stays behind");
        let page = client.get("/settings/privacy/downloads").await.expect(200).body;
        assert!(page.contains("Failed"), "{page}");
        let again = ask(&client, first.header("content-location"), &[]).await.expect(200);
        assert_eq!(again.bytes, first.bytes, "what was made before is still there");

        server.limit_files(None);
        let response = client.request(Method::GET, EXPORT).send().await.unwrap();
        let bytes = response.bytes().await.unwrap().to_vec();
        assert_eq!(super::Bundle::open(bytes).rows("usage").len() as i64, CALLS);
        assert_eq!(states(app, person.id).await, [State::Complete, State::Failed, State::Complete]);
    }
}
