//! The proof page itself: it shows every promise, turns red when one is broken on purpose, and its
//! canary finds what was left on purpose.

use super::traces;
use crate::engine::stage::Stage;
use crate::engine::stories;
use crate::on_both_engines;
use crate::support::{Engine, TestApp};
use crate::usage::{call, record};
use serde_json::Value;
use spectr::domain::privacy::clauses::CLAUSES;
use spectr::domain::timestamp::DAY_MS;
use spectr::features::engine;
use spectr::features::privacy::proof::{self, Finding, Standing, canary};
use spectr::infra::db::Db;
use std::time::Duration;

async fn finding(app: &TestApp, clause: u8) -> Finding {
    // Beyond the moment for which findings are shown again.
    app.clock.advance(11_000);
    proof::report(&app.app).await.entry(clause).unwrap().finding.clone()
}

/// Does what a careless change or an intruder could do.
async fn sabotage(app: &TestApp, sql: &'static str) {
    let mut conn = app.app.db.begin().await.unwrap();
    assert!(spectr::execute!(&mut conn, sql).unwrap() < 5);
    conn.commit().await.unwrap();
}

async fn json(client: &crate::support::Client) -> Value {
    let request = client
        .request(reqwest::Method::GET, "/privacy/proof")
        .header("accept", "application/json");
    let reply = client.send(request).await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    serde_json::from_str(&reply.body).unwrap()
}

on_both_engines! {
    async fn every_promise_is_shown_with_constant_value_test_and_commit(app: TestApp) {
        let page = app.client().get("/privacy/proof").await.expect(200).body;
        let found = json(&app.client()).await;
        assert_eq!(found["clauses"].as_array().unwrap().len(), CLAUSES.len());
        for clause in &CLAUSES {
            assert!(page.contains(clause.test), "{}", clause.test);
            for (name, value) in clause.constants {
                assert!(page.contains(&format!("{name} = {value}")), "{name}");
            }
        }
        assert!(page.contains(proof::COMMIT));
        let states: Vec<_> = found["clauses"].as_array().unwrap().iter()
            .filter(|clause| clause["state"] != "kept")
            .map(|clause| format!("{}: {}", clause["number"], clause["value"]))
            .collect();
        assert!(states.is_empty(), "{states:#?}");
    }

    async fn a_visitor_sees_nothing_of_anybody_and_a_person_their_own_rows(app: TestApp) {
        let served = TestApp::spawn_hashing_in_full(app.engine).await;
        let app = &served;
        let person = app.sign_up("Ada Lovelace", "ada@example.org").await;
        let ada = proof_owner(app).await;
        record(app, &[call(app, ada, app.clock_now())]).await;
        app.advance_days(12);
        let visitor = app.client().get("/privacy/proof").await.expect(200).body;
        assert!(!visitor.contains("your oldest usage row") && !visitor.contains("ada@example.org"));
        let own = person.get("/privacy/proof").await.expect(200).body;
        assert!(own.contains("your oldest usage row: 12 days"));
        assert!(own.contains("your hash begins $2b$12$"));
        let other = app.signed_in_user().await;
        let theirs = other.client.get("/privacy/proof").await.expect(200).body;
        assert!(theirs.contains("your oldest usage row: none"));
        served.stop().await;
    }

    async fn a_broken_promise_is_red_with_the_moment_and_green_again_when_mended(app: TestApp) {
        let person = app.signed_in_user().await;
        assert_eq!(finding(app, 17).await.standing, Standing::Kept);
        let now = app.clock_now();
        record(app, &[call(app, person.id, now.minus(91 * DAY_MS))]).await;
        let found = finding(app, 17).await;
        assert_eq!((found.standing, found.value.as_str()), (Standing::Broken, "oldest row: 91 days"));
        let since = proof::report(&app.app).await.entry(17).unwrap().broken_since.unwrap();
        let page = app.client().get("/privacy/proof").await.expect(200).body;
        assert!(page.contains("Broken") && page.contains(&since.human()));
        spectr::features::usage::purge(&app.app).await.unwrap();
        assert_eq!(finding(app, 17).await.standing, Standing::Kept);
    }

    async fn a_cheap_hash_a_plain_value_and_a_strange_word_turn_their_promises_red(app: TestApp) {
        let person = app.signed_in_user().await;
        record(app, &[call(app, person.id, app.clock_now())]).await;
        for clause in [2, 5, 13, 18, 27] {
            assert_eq!(finding(app, clause).await.standing, Standing::Kept, "{clause}");
        }
        sabotage(app, "UPDATE users SET password_hash = '$2b$04$cheap'").await;
        assert_eq!(finding(app, 2).await.standing, Standing::Broken);
        sabotage(app, "UPDATE llm_calls SET stop = 'write a test for my login page'").await;
        assert_eq!(finding(app, 5).await.standing, Standing::Broken);
        let mut conn = app.app.db.begin().await.unwrap();
        let plain = "Firefox 140 on Linux, in the clear and long enough to be a sealed value, if only it were one".as_bytes().to_vec();
        spectr::execute!(&mut conn, "UPDATE sessions SET device = $1", plain).unwrap();
        conn.commit().await.unwrap();
        let found = finding(app, 13).await;
        assert_eq!(found.standing, Standing::Broken);
        assert!(found.value.contains("sessions.device"), "{}", found.value);
    }

    async fn a_look_is_shared_so_that_the_page_cannot_load_the_server(app: TestApp) {
        let first = proof::report(&app.app).await;
        app.clock.advance(9_000);
        assert_eq!(proof::report(&app.app).await.at, first.at);
        app.clock.advance(2_000);
        assert_ne!(proof::report(&app.app).await.at, first.at);
        let (one, two) = tokio::join!(proof::report(&app.app), proof::report(&app.app));
        assert!(std::sync::Arc::ptr_eq(&one, &two));
    }
}

async fn proof_owner(app: &TestApp) -> spectr::domain::ids::UserId {
    let mut conn = app.app.db.acquire().await.unwrap();
    let sql = "SELECT id FROM users";
    let id = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, uuid::Uuid>(sql).fetch_one(c).await).unwrap();
    id.into()
}

/// Whether the database is a server, and the role of these tests its superuser.
async fn may_read_files(db: &Db) -> bool {
    let Db::Postgres(pool) = db else { return false };
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user";
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

const PATIENCE: Duration = Duration::from_secs(20);

/// Sends a canary with this text and answers what came of it.
async fn send(stage: &Stage, text: &str) -> canary::Run {
    let (app, user) = (&stage.app.app, stage.person.id);
    canary::start_with(app, user, text.to_owned());
    canary::wait(app, user, PATIENCE).await;
    canary::latest(app, user).unwrap()
}

stories! {
    async fn a_canary_passes_the_engine_and_is_found_nowhere(stage: Stage) {
        traces::listen();
        let client = &stage.person.client;
        assert_eq!(client.post("/privacy/proof/canary", &[]).await.see_other(), "/privacy/proof#canary");
        canary::wait(&stage.app.app, stage.person.id, PATIENCE).await;
        let run = canary::latest(&stage.app.app, stage.person.id).unwrap();
        assert_eq!((run.stage.clone(), run.found.clone()), (canary::Stage::Done, Vec::<String>::new()));
        assert!(run.is_clean() && run.echoed > run.text.len(), "{run:?}");
        assert!(run.places.iter().any(|place| place.name == "Database" && place.bytes > 0), "{:?}", run.places);
        traces::assert_none(&stage.app, &[&run.text]).await;
        // The only trace is a row that says what it was.
        engine::flush(&stage.app.app).await;
        let mut conn = stage.app.app.db.acquire().await.unwrap();
        let sql = "SELECT feature, model, credential, status FROM llm_calls";
        let row = spectr::on!(&mut conn, c => sqlx::query_as::<_, (String, String, String, String)>(sql).fetch_one(c).await).unwrap();
        assert_eq!(row, ("canary".to_owned(), "other".to_owned(), "none".to_owned(), "ok".to_owned()));
        let page = client.get("/privacy/proof").await.expect(200).body;
        assert!(page.contains("Not found anywhere") && page.contains(&run.text) && page.contains("Not searched"));
        assert!(!stage.app.client().get("/privacy/proof").await.body.contains(&run.text), "it is the sender's only");
        assert!(stage.double.is_quiet(), "no provider was asked");
    }

    async fn a_canary_that_was_kept_in_a_row_a_file_or_the_log_is_found(stage: Stage) {
        traces::listen();
        let text = canary::text().unwrap();
        let sql = "INSERT INTO tokens (hash, kind, created_at, expires_at) VALUES ($1, 'x', 0, 0)";
        let mut conn = stage.app.app.db.begin().await.unwrap();
        spectr::execute!(&mut conn, sql, text.as_bytes().to_vec()).unwrap();
        conn.commit().await.unwrap();
        let run = send(stage, &text).await;
        assert!(!run.is_clean() && run.found.iter().any(|name| name.contains("spectr.db") || name.contains("tokens")), "{:?}", run.found);
        let page = stage.person.client.get("/privacy/proof").await.expect(200).body;
        assert!(page.contains("the promise is broken"));

        let text = canary::text().unwrap();
        let mail = stage.app.data_dir().join("outbox/0.eml");
        std::fs::write(&mail, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
        assert_eq!(send(stage, &text).await.found, ["0.eml"]);
        std::fs::remove_file(mail).unwrap();

        let text = canary::text().unwrap();
        let left = stage.app.data_dir().join("spool");
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("part"), hex::encode(&text)).unwrap();
        assert_eq!(send(stage, &text).await.found, ["part"]);

        let text = canary::text().unwrap();
        let (app, user, logged) = (stage.app.app.clone(), stage.person.id, text.clone());
        canary::start_with(&app, user, text);
        tracing::warn!(target: "spectr", "{logged}");
        canary::wait(&app, user, PATIENCE).await;
        let run = canary::latest(&app, user).unwrap();
        assert_eq!(run.found, ["the log of this server"]);
    }

    async fn a_canary_that_was_written_and_taken_back_is_found_on_the_disk(stage: Stage) {
        traces::listen();
        let text = canary::text().unwrap();
        let (app, user) = (&stage.app.app, stage.person.id);
        canary::start_with(app, user, text.clone());
        canary::wait(app, user, PATIENCE).await;
        let clean = canary::latest(app, user).unwrap();
        assert!(clean.is_clean(), "{clean:?}");
        let reads_files = may_read_files(&app.db).await;
        assert_eq!(clean.places.iter().any(|place| place.name == "Files of the database" && place.files > 10), reads_files);
        assert_eq!(clean.not_searched[0].contains("write-ahead log during this run"), reads_files);
        // A row that no statement shows any more still stands in the files, until the database clears it away.
        let mut conn = app.db.begin().await.unwrap();
        let sql = "INSERT INTO tokens (hash, kind, created_at, expires_at) VALUES ($1, 'x', 0, 0)";
        spectr::execute!(&mut conn, sql, text.as_bytes().to_vec()).unwrap();
        drop(conn);
        if let (Db::Postgres(pool), true) = (&app.db, reads_files) {
            sqlx::query("CHECKPOINT").execute(pool).await.unwrap();
            let run = send(stage, &text).await;
            assert!(run.found.contains(&"the file of tokens".to_owned()), "{:?}", run.found);
            assert!(!run.found.iter().any(|name| name.starts_with("table ")), "{:?}", run.found);
        }
    }

    async fn canaries_are_for_signed_in_people_and_not_too_often(stage: Stage) {
        let visitor = stage.app.client();
        assert!(visitor.post("/privacy/proof/canary", &[]).await.see_other().starts_with("/login"));
        for _ in 0..3 {
            stage.person.client.post("/privacy/proof/canary", &[]).await.see_other();
            canary::wait(&stage.app.app, stage.person.id, PATIENCE).await;
        }
        let refused = stage.person.client.post("/privacy/proof/canary", &[]).await.expect(429);
        assert!(refused.header("retry-after").is_some());
    }
}

/// As a person whose database role may read no files: the page says that the disk was not searched.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_read_files_a_canary_says_that_the_disk_was_not_searched() {
    traces::listen();
    let owner = TestApp::spawn(Engine::Postgres).await;
    let person = owner.signed_in_user().await;
    let (app, role) = super::database::with_runtime_role(&owner).await;
    canary::start_with(&app, person.id, canary::text().unwrap());
    canary::wait(&app, person.id, PATIENCE).await;
    let run = canary::latest(&app, person.id).unwrap();
    assert!(run.is_clean(), "{run:?}");
    assert!(
        run.not_searched.iter().any(|what| what.contains("its disk was not")),
        "{:?}",
        run.not_searched
    );
    assert!(
        !run.places.iter().any(|place| place.name.starts_with("Files of")),
        "{:?}",
        run.places
    );
    app.close().await;
    super::database::drop_role(&owner, &role).await;
    owner.stop().await;
}
