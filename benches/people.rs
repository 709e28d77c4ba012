//! Fills a fresh data folder before the server starts: people with sessions and keys, and a year's
//! worth of usage for one of them.

use secrecy::SecretString;
use spectr::domain::accounts::{AccountState, Email, PersonName};
use spectr::domain::chat::{Credential, Stop, Tokens};
use spectr::domain::ids::{CallId, UserId};
use spectr::domain::providers::Provider;
use spectr::domain::timestamp::DAY_MS;
use spectr::domain::usage::{CallStatus, Feature};
use spectr::features::accounts::{self, Caller};
use spectr::features::{App, usage, vault};
use spectr::infra::clock::{Clock, SystemClock};
use spectr::infra::config::{Config, Settings};
use std::path::Path;
use std::sync::Arc;

/// Enough that no limit of one person is reached.
const PEOPLE: usize = 64;
/// Calls on the dashboard of the first.
const CALLS: i64 = 10_000;

/// Answers the cookies of the people, the one with the many calls first.
pub async fn prepare(folder: &Path, upstream: &str) -> Vec<String> {
    let settings = Settings::from([
        ("SPECTR_DATA_DIR".to_owned(), folder.join("data").display().to_string()),
        ("SPECTR_OPENAI_BASE_URL".to_owned(), format!("http://{upstream}")),
    ]);
    let config = Config::from_settings(&settings).unwrap();
    let app = App::open(config, Arc::new(SystemClock)).await.unwrap();
    let mut cookies = Vec::new();
    for number in 0..PEOPLE {
        let id = UserId(SystemClock.new_id());
        cookies.push(person(&app, id, number).await);
        if number == 0 {
            calls(&app, id).await;
        }
    }
    app.close().await;
    cookies
}

async fn person(app: &App, id: UserId, number: usize) -> String {
    let key = app.keys.create_data_key(id.0).await.unwrap();
    let user = accounts::NewUser {
        id,
        name: &PersonName::parse("Ada Lovelace").unwrap(),
        email: &Email::parse(&format!("ada{number}@example.org")).unwrap(),
        password_hash: "$2b$12$............................nobody..................",
        state: AccountState::Active,
    };
    let mut conn = app.db.begin().await.unwrap();
    accounts::insert_user(&mut conn, app, &key, &user).await.unwrap();
    let (_, secret) = accounts::open_session(&mut conn, app, id, &key, "Firefox 140 on Linux")
        .await
        .unwrap();
    conn.commit().await.unwrap();
    let caller = Caller {
        ip: std::net::Ipv4Addr::LOCALHOST.into(),
        device: "Firefox 140 on Linux".to_owned(),
    };
    let who = vault::Who {
        user: id,
        caller: &caller,
    };
    let new = vault::NewKey {
        provider: "openai",
        label: "",
        key: &SecretString::from("sk-bench"),
        base_url: "",
    };
    vault::add(app, who, &new).await.unwrap();
    format!("session={}", secret.to_cookie(app))
}

async fn calls(app: &App, user: UserId) {
    let now = SystemClock.now();
    let models = ["gpt-4o-mini", "gpt-4o", "gpt-4.1", "gpt-4.1-mini", "o3-mini"];
    let mut conn = app.db.begin().await.unwrap();
    for number in 0..CALLS {
        let record = usage::CallRecord {
            id: CallId(SystemClock.new_id()),
            user,
            started_at: now.minus(number * 89 * DAY_MS / CALLS),
            provider: Provider::OpenAi,
            model: models[usize::try_from(number).unwrap() % models.len()].to_owned(),
            feature: Feature::Assistant,
            key_id: None,
            credential: Credential::Byok,
            tokens: Tokens {
                input: 900,
                output: 300,
                ..Tokens::default()
            },
            estimated: false,
            price: (number % 10 > 0).then(|| usage::Price {
                cost_nano_usd: 315_000,
                source: "bench".to_owned(),
                date: "2026-01-01".to_owned(),
            }),
            latency_ms: 1_000 + number % 4_000,
            ttft_ms: Some(300 + number % 700),
            status: if number % 20 == 0 {
                CallStatus::Error
            } else {
                CallStatus::Ok
            },
            problem: None,
            stop: Some(Stop::End),
        };
        usage::record(&mut conn, &[&record]).await.unwrap();
    }
    conn.commit().await.unwrap();
}
