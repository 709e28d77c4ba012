//! `cargo bench --bench bars -- export`: downloads everything of an account with a million calls from
//! the real server, a process of its own; prints when the first byte came, rows per second and the most
//! memory that was resident. SQLite.

use super::process::{resident, start_server};
use reqwest::header::COOKIE;
use spectr::domain::accounts::{AccountState, Email, PersonName};
use spectr::domain::ids::UserId;
use spectr::domain::timestamp::DAY_MS;
use spectr::features::{App, accounts};
use spectr::infra::clock::{Clock, SystemClock};
use spectr::infra::config::{Config, Settings};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const ROWS: i64 = 1_000_000;
const RUNS: usize = 3;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(10);

/// A million calls over 89 days.
const FILL: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
    INSERT INTO llm_calls (id, user_id, started_at, provider, model, feature, credential, key_id, input_tokens,
        output_tokens, cached_read_tokens, cached_write_tokens, reasoning_tokens, estimated, cost_nano_usd,
        price_source, price_date, latency_ms, ttft_ms, status, problem, stop)
    SELECT randomblob(16), $1, $3 + i * $4, 'openai', 'gpt-4.1-mini', 'assistant', 'byok', randomblob(16), 900 + i % 100,
        300, 0, 0, 0, i % 20 = 0, 315000 + i, 'models.dev', '2026-05-01', 1000 + i % 4000, 300 + i % 700, 'ok', NULL,
        'end'
    FROM n";

pub async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let cookie = prepare(folder.path()).await;
    let server = start_server(folder.path(), "127.0.0.1:9");
    let url = |path: &str| format!("http://{}{path}", server.address);
    let client = reqwest::Client::builder().build().unwrap();
    client.get(url("/")).send().await.unwrap();
    let before = resident(server.id());
    println!("| what | measured | bar | holds |\n|---|---|---|---|");
    for run in 1..=RUNS {
        let began = Instant::now();
        let request = client.get(url("/settings/privacy/export")).header(COOKIE, &cookie);
        let looking = tokio::spawn(most_memory(server.id()));
        let mut response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/zip");
        let (mut first, mut bytes, mut tail) = (None, 0_usize, Vec::new());
        while let Some(chunk) = response.chunk().await.unwrap() {
            first.get_or_insert_with(|| began.elapsed());
            bytes += chunk.len();
            tail.extend_from_slice(&chunk);
            tail.drain(..tail.len().saturating_sub(22));
        }
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(&tail[..4], b"PK\x05\x06", "the bundle is whole");
        looking.abort();
        let most = MOST.swap(0, Ordering::Relaxed);
        let first = first.unwrap().as_secs_f64() * 1_000.0;
        let rate = ROWS as f64 / seconds;
        let most = most as f64 / 1e6;
        let holds = |yes| if yes { "yes" } else { "NO" };
        println!(
            "| export {run} of {ROWS} calls: first byte | {first:.0} ms | < 200 ms | {} |",
            holds(first < 200.0)
        );
        println!(
            "| rows per second ({:.1} s, ZIP of {:.0} MB, JSON and CSV) | {rate:.0} | ≥ 50,000 | {} |",
            seconds,
            bytes as f64 / 1e6,
            holds(rate >= 50_000.0)
        );
        println!(
            "| most resident memory ({:.0} MB before) | {most:.0} MB | < 200 MB | {} |",
            before / 1e6,
            holds(most < 200.0)
        );
    }
}

/// The most bytes that were resident, as far as looks can tell.
static MOST: AtomicU64 = AtomicU64::new(0);

async fn most_memory(process: u32) {
    loop {
        MOST.fetch_max(resident(process) as u64, Ordering::Relaxed);
        tokio::time::sleep(LOOK).await;
    }
}

/// Fills a fresh data folder; answers the cookie of the person with the many calls.
async fn prepare(folder: &Path) -> String {
    let data = folder.join("data").display().to_string();
    let config = Config::from_settings(&Settings::from([("SPECTR_DATA_DIR".to_owned(), data)])).unwrap();
    let app = App::open(config, Arc::new(SystemClock)).await.unwrap();
    let id = UserId(SystemClock.new_id());
    let key = app.keys.create_data_key(id.0).await.unwrap();
    let user = accounts::NewUser {
        id,
        name: &PersonName::parse("Ada Lovelace").unwrap(),
        email: &Email::parse("ada@example.org").unwrap(),
        password_hash: "$2b$12$............................nobody..................",
        state: AccountState::Active,
    };
    let mut conn = app.db.begin().await.unwrap();
    accounts::insert_user(&mut conn, &app, &key, &user).await.unwrap();
    eprintln!("writing {ROWS} calls …");
    let since = SystemClock.now().minus(89 * DAY_MS).0;
    spectr::execute!(&mut conn, FILL, id.0, ROWS, since, 89 * DAY_MS / ROWS).unwrap();
    let (_, secret) = accounts::open_session(&mut conn, &app, id, &key, "Firefox 140 on Linux")
        .await
        .unwrap();
    conn.commit().await.unwrap();
    let cookie = format!("session={}", secret.to_cookie(&app));
    app.close().await;
    cookie
}
