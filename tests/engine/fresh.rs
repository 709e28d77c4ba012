//! What the engine keeps in memory (sealed rows, wrapped keys) never outlives a change: the next call
//! sees it, whoever made it. Each story asks twice first, so that everything is in memory.

use super::double::{self, Seen};
use super::stage::{KEY, Stage, question};
use super::stories;
use super::wires::{self, FIVE};
use crate::support::Engine;
use spectr::domain::ids::UserId;
use spectr::execute;
use spectr::features::vault;
use sqlx::{Connection, SqliteConnection};

async fn warm(stage: &Stage) {
    let (provider, model) = FIVE[1];
    stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
    for _ in 0..2 {
        let events = stage.ask((provider, model)).await.rest().await;
        assert_eq!(events.last().unwrap().0, "done");
    }
    for _ in 0..2 {
        next_key(stage).await;
    }
}

/// The `Authorization` of the next call that the double has seen.
async fn next_key(stage: &Stage) -> String {
    loop {
        if let Seen::Request(request) = stage.double.saw().await {
            return request.header("authorization").unwrap().to_owned();
        }
    }
}

/// Status and code of a call that must be refused.
async fn refusal(stage: &Stage) -> (u16, String) {
    let (provider, model) = FIVE[1];
    let (status, problem, _) = stage.refused(&question(provider, model, "hello")).await;
    (status, problem["code"].as_str().unwrap().to_owned())
}

/// Asks once more and answers the key that was sent.
async fn key_of_next(stage: &Stage) -> String {
    let (provider, model) = FIVE[1];
    stage.ask((provider, model)).await.rest().await;
    next_key(stage).await
}

/// The id of the key at the second of the five providers.
async fn key_id(stage: &Stage) -> String {
    let (provider, _) = FIVE[1];
    let keys = vault::list(&stage.app.app, stage.person.id).await.unwrap();
    keys.iter().find(|key| key.provider == provider).unwrap().id.to_string()
}

stories! {
    async fn a_session_that_signed_out_is_dead_on_the_next_request(stage: Stage) {
        warm(stage).await;
        let client = &stage.person.client;
        let cookie = client.cookie().unwrap();
        client.post("/logout", &[]).await.see_other();
        client.set_cookie(Some(&cookie));
        assert_eq!(refusal(stage).await, (401, "signed_out".to_owned()));
    }

    async fn a_deleted_key_is_gone_with_the_next_call(stage: Stage) {
        warm(stage).await;
        let id = key_id(stage).await;
        stage.person.client.post(&format!("/settings/keys/{id}/delete"), &[]).await.see_other();
        assert_eq!(refusal(stage).await.1, "no_key");
    }

    async fn a_rotated_key_is_used_by_the_next_call(stage: Stage) {
        warm(stage).await;
        assert_eq!(key_of_next(stage).await, format!("Bearer {KEY}"));
        let id = key_id(stage).await;
        let form = [("new_key", "sk-another-canary-5Tg8WqpXz03"), ("base_url", "")];
        stage.person.client.post(&format!("/settings/keys/{id}/rotate"), &form).await.see_other();
        assert_eq!(key_of_next(stage).await, "Bearer sk-another-canary-5Tg8WqpXz03");
    }

    async fn a_newer_key_of_the_provider_is_used_by_the_next_call(stage: Stage) {
        warm(stage).await;
        let form = [("provider", FIVE[1].0.id()), ("label", ""), ("key", "sk-newer-canary-2Vb6NmkLx44"), ("base_url", "")];
        stage.person.client.post("/settings/keys", &form).await.see_other();
        assert_eq!(key_of_next(stage).await, "Bearer sk-newer-canary-2Vb6NmkLx44");
    }

    async fn a_budget_counts_from_the_next_call_on(stage: Stage) {
        warm(stage).await;
        stage.set_budget(Some(1), None).await;
        assert_eq!(refusal(stage).await, (429, "budget_exhausted".to_owned()));
        stage.set_budget(None, None).await;
        key_of_next(stage).await;
    }

    async fn with_the_data_key_destroyed_nobody_is_signed_in(stage: Stage) {
        warm(stage).await;
        stage.app.app.keys.destroy_data_key(stage.person.id.0).await.unwrap();
        assert_eq!(refusal(stage).await, (401, "signed_out".to_owned()));
    }

    async fn a_person_whose_erasure_began_is_signed_out(stage: Stage) {
        warm(stage).await;
        let mut conn = stage.app.app.db.begin().await.unwrap();
        execute!(&mut conn, "UPDATE users SET state = 'erasing' WHERE id = $1", stage.person.id.0).unwrap();
        conn.commit().await.unwrap();
        assert_eq!(refusal(stage).await, (401, "signed_out".to_owned()));
    }
}

/// A short command that runs beside the server, or a person with the `sqlite3` shell.
async fn another_process(stage: &Stage, file: &str, sql: &'static str, user: UserId) {
    let path = stage.app.data_dir().join(file);
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap();
    sqlx::query(sql).bind(user.0).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_changes_counts_at_once() {
    let changes = [
        (
            "spectr.db",
            "UPDATE sessions SET revoked_at = 1 WHERE user_id = $1",
            "signed_out",
        ),
        ("spectr.db", "DELETE FROM provider_keys WHERE user_id = $1", "no_key"),
        ("keystore.db", "DELETE FROM data_keys WHERE owner = $1", "signed_out"),
    ];
    for (file, sql, code) in changes {
        let stage = Stage::new(Engine::Sqlite).await;
        warm(&stage).await;
        another_process(&stage, file, sql, stage.person.id).await;
        assert_eq!(refusal(&stage).await.1, code, "{sql}");
        stage.stop().await;
    }
}
