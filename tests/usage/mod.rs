//! Usage, from rows to pages: sums, retention, downloads, budgets.

mod budgets;
mod pages;
mod rows;

use crate::support::TestApp;
use spectr::domain::chat::{Credential, Stop, Tokens};
use spectr::domain::ids::{CallId, ProviderKeyId, UserId};
use spectr::domain::providers::Provider;
use spectr::domain::timestamp::Timestamp;
use spectr::domain::usage::{CallStatus, Feature};
use spectr::features::usage::{self, CallRecord, Price};
use spectr::infra::clock::Clock;

/// A finished call that cost a cent.
pub fn call(app: &TestApp, user: UserId, started_at: Timestamp) -> CallRecord {
    CallRecord {
        id: CallId(app.clock.new_id()),
        user,
        started_at,
        provider: Provider::OpenAi,
        model: "gpt-4.1".to_owned(),
        feature: Feature::Assistant,
        key_id: Some(ProviderKeyId(uuid::Uuid::from_u128(7))),
        credential: Credential::Byok,
        tokens: Tokens {
            input: 900,
            output: 100,
            ..Tokens::default()
        },
        estimated: false,
        price: Some(Price {
            cost_nano_usd: 10_000_000,
            source: "https://openai.example/pricing".to_owned(),
            date: "2026-05-01".to_owned(),
        }),
        latency_ms: 1_200,
        ttft_ms: Some(300),
        status: CallStatus::Ok,
        problem: None,
        stop: Some(Stop::End),
    }
}

pub async fn record(app: &TestApp, calls: &[CallRecord]) {
    let mut conn = app.app.db.begin().await.unwrap();
    for call in calls {
        usage::record(&mut conn, &[call]).await.unwrap();
    }
    conn.commit().await.unwrap();
}
