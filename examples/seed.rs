//! Fills a data folder with a person, keys and calls that look real, and prints the session's cookie.
//! For looking at pages and for measuring them; never part of the product.
//!
//! `SPECTR_DATA_DIR=/tmp/x SPECTR_ADDR=127.0.0.1:3000 cargo run --example seed -- 10000 keys`

#![expect(clippy::indexing_slicing, reason = "tables of this file, indices below their length")]

use axum::routing::get;
use spectr::domain::accounts::{AccountState, Email, PersonName};
use spectr::domain::chat::{Credential, Stop, Tokens};
use spectr::domain::ids::{CallId, ProviderKeyId, UserId};
use spectr::domain::problem::Code;
use spectr::domain::providers::Provider;
use spectr::domain::usage::{CallStatus, Feature, NANO_USD};
use spectr::features::App;
use spectr::features::accounts::{self, Caller};
use spectr::features::usage::budgets::{self, Budget};
use spectr::features::usage::{self, CallRecord, Price};
use spectr::features::vault::{self, NewKey, Who};
use spectr::infra::clock::SystemClock;
use spectr::infra::config::Config;
use std::error::Error;
use std::sync::Arc;

const MODELS: [(Provider, &str, i64); 6] = [
    (Provider::OpenAi, "gpt-5-mini", 40),
    (Provider::Anthropic, "claude-sonnet-4-5-20250929", 190),
    (Provider::Google, "gemini-2.5-flash", 25),
    (Provider::Mistral, "mistral-large-latest", 90),
    (Provider::Groq, "meta-llama/llama-4-maverick-17b-128e-instruct", 12),
    (Provider::Compatible, "other", 0),
];

const LABELS: [&str; 3] = [
    "Team key of the regression-testing group in Rotterdam, 2026",
    "مفتاح فريق الاختبار",
    "",
];

/// The same sequence each time, so that two runs can be compared.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the cookie is what it is run for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let calls: u64 = arguments.next().unwrap_or_default().parse().unwrap_or(0);
    let wants_keys = arguments.next().is_some();
    let app = App::open(Config::from_env()?, Arc::new(SystemClock)).await?;
    let (user, cookie) = person(&app).await?;
    let keys = if wants_keys {
        keys(&app, user).await?
    } else {
        Vec::new()
    };
    record(&app, user, &keys, calls).await?;
    if calls > 1 {
        let mut conn = app.db.begin().await?;
        let budget = Budget {
            daily: Some(NANO_USD / 2),
            monthly: Some(30 * NANO_USD),
        };
        budgets::set(&mut conn, user, budget, app.clock.now()).await?;
        conn.commit().await?;
    }
    app.close().await;
    println!("{cookie}");
    Ok(())
}

async fn person(app: &App) -> Result<(UserId, String), Box<dyn Error>> {
    let id = UserId(app.clock.new_id());
    let key = app.keys.create_data_key(id.0).await?;
    let user = accounts::NewUser {
        id,
        name: &PersonName::parse("Ada Lovelace")?,
        email: &Email::parse(&format!("ada.{}@example.org", id.0.simple()))?,
        password_hash: "nobody knows it",
        state: AccountState::Active,
    };
    let mut conn = app.db.begin().await?;
    accounts::insert_user(&mut conn, app, &key, &user).await?;
    let session = accounts::open_session(&mut conn, app, id, &key, "Chromium on Linux").await?;
    conn.commit().await?;
    Ok((id, session.1.to_cookie(app)))
}

/// Keys of a server on this machine that lists three models for whoever asks.
async fn keys(app: &App, user: UserId) -> Result<Vec<ProviderKeyId>, Box<dyn Error>> {
    let list = r#"{"data":[{"id":"a"},{"id":"b"},{"id":"c"}]}"#;
    let router = axum::Router::new().route("/v1/models", get(move || async move { list }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let caller = Caller {
        ip: std::net::Ipv4Addr::LOCALHOST.into(),
        device: "Chromium on Linux".to_owned(),
    };
    let mut keys = Vec::new();
    for (index, label) in LABELS.into_iter().enumerate() {
        let new = NewKey {
            provider: if index == 2 { "openai" } else { "compatible" },
            label,
            key: &format!("sk-0123456789abcdef{index:04}").into(),
            base_url: &base_url,
        };
        keys.push(vault::add(app, Who { user, caller: &caller }, &new).await?);
    }
    Ok(keys)
}

async fn record(app: &App, user: UserId, keys: &[ProviderKeyId], calls: u64) -> Result<(), Box<dyn Error>> {
    let now = app.clock.now();
    let mut dice = Dice(7);
    let mut left = calls;
    while left > 0 {
        let mut conn = app.db.begin().await?;
        for _ in 0..left.min(5_000) {
            let (provider, model, rate) = MODELS[dice.roll(MODELS.len() as u64) as usize];
            let (input, output) = (200 + dice.roll(4_000), 20 + dice.roll(900));
            let status = match dice.roll(40) {
                0 => CallStatus::Error,
                1 => CallStatus::Aborted,
                _ => CallStatus::Ok,
            };
            // Busy days and quiet ones.
            let day = dice.roll(90) * dice.roll(90) / 90;
            let call = CallRecord {
                id: CallId(app.clock.new_id()),
                user,
                started_at: now.minus((day * 86_400_000 + dice.roll(40_000_000)) as i64),
                provider,
                model: model.to_owned(),
                feature: Feature::Assistant,
                key_id: keys.get(dice.roll(3) as usize).copied(),
                credential: Credential::Byok,
                tokens: Tokens {
                    input,
                    output,
                    ..Tokens::default()
                },
                estimated: false,
                price: (rate > 0).then(|| Price {
                    cost_nano_usd: rate * (input + 4 * output) as i64 * 10,
                    source: "seed".to_owned(),
                    date: "2026-05-01".to_owned(),
                }),
                latency_ms: 800 + dice.roll(6_000) as i64,
                ttft_ms: Some(120 + dice.roll(700) as i64),
                status,
                problem: (status == CallStatus::Error).then_some(Code::ProviderOverloaded),
                stop: Some(Stop::End),
            };
            usage::record(&mut conn, &[&call]).await?;
        }
        conn.commit().await?;
        left -= left.min(5_000);
    }
    Ok(())
}
