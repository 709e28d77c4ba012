//! `cargo bench --bench bars -- erasure`: erases an account with a million calls while somebody else
//! loads a dashboard and writes; prints how long it took and how long they waited. SQLite.

use reqwest::header::COOKIE;
use spectr::domain::accounts::{AccountState, Email, PersonName};
use spectr::domain::ids::UserId;
use spectr::domain::privacy::erasure::Reason;
use spectr::features::privacy::erasure;
use spectr::features::{App, accounts};
use spectr::infra::clock::{Clock, SystemClock};
use spectr::infra::config::{Config, Settings};
use spectr::web;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const ROWS: i64 = 1_000_000;
const OTHERS: i64 = 10_000;
/// Between two loads of the dashboard, and between two writes.
const PAUSE: Duration = Duration::from_millis(25);

pub type Times = Arc<Mutex<Vec<Duration>>>;

pub async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let config = Config::from_settings(&Settings::from([("SPECTR_DATA_DIR".to_owned(), data)])).unwrap();
    let app = App::open(config, Arc::new(SystemClock)).await.unwrap();
    let (leaver, _) = person(&app, 0).await;
    let (other, cookie) = person(&app, 1).await;
    eprintln!("writing {ROWS} calls …");
    fill(&app, leaver, ROWS).await;
    fill(&app, other, OTHERS).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/dashboard", listener.local_addr().unwrap());
    let server = web::serve::serve(listener, web::router::site(app.clone()), std::future::pending());
    let server = tokio::spawn(server);
    let (loads, writes) = (Times::default(), Times::default());
    let busy = [
        tokio::spawn(load(url, cookie, loads.clone())),
        tokio::spawn(write(app.clone(), other, writes.clone())),
    ];
    let began = Instant::now();
    erasure::by_operator(&app, leaver, Reason::Request, true).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    busy.iter().for_each(tokio::task::JoinHandle::abort);
    server.abort();
    let (load, write) = (spread(&loads), spread(&writes));
    let holds = |yes| if yes { "yes" } else { "NO" };
    println!("| what | measured | bar | holds |\n|---|---|---|---|");
    println!(
        "| erasure of an account with {ROWS} calls | {seconds:.2} s | < 10 s | {} |",
        holds(seconds < 10.0)
    );
    let (p50, p99) = load;
    println!(
        "| a dashboard meanwhile: p50, p99 | {p50:.1} ms, {p99:.1} ms | p99 < 50 ms | {} |",
        holds(p99 < 50.0)
    );
    println!(
        "| a write meanwhile: p50, p99 | {:.1} ms, {:.1} ms |  |  |",
        write.0, write.1
    );
    app.close().await;
}

pub async fn person(app: &App, number: usize) -> (UserId, String) {
    let id = UserId(SystemClock.new_id());
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
    let session = accounts::open_session(&mut conn, app, id, &key, "Firefox 140 on Linux")
        .await
        .unwrap();
    conn.commit().await.unwrap();
    (id, format!("session={}", session.1.to_cookie(app)))
}

/// Calls of the last 89 days, with ids that begin with their time as those of the product do (UUIDv7).
pub async fn fill(app: &App, user: UserId, rows: i64) {
    const CALLS: &str = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $3 - 1)
        INSERT INTO llm_calls (id, user_id, started_at, provider, model, feature, credential, input_tokens, output_tokens,
            cached_read_tokens, cached_write_tokens, reasoning_tokens, estimated, cost_nano_usd, latency_ms, status)
        SELECT CAST(unhex(printf('%012x', $2 + i * 7689600000 / $3)) || randomblob(10) AS BLOB), $1,
            $2 + i * 7689600000 / $3, 'openai', 'gpt-5-mini', 'assistant', 'byok', 900, 300, 0, 0, 0, FALSE, 315000, 1200,
            'ok' FROM n";
    const DAYS: &str =
        "INSERT INTO usage_days SELECT user_id, started_at - started_at % 86400000, provider, model, feature,
        credential, zeroblob(16), COUNT(*), 0, 0, 0, SUM(cost_nano_usd), SUM(input_tokens), SUM(output_tokens),
        SUM(latency_ms) FROM llm_calls WHERE user_id = $1 GROUP BY 2";
    let from = app.clock.now().0 - 7_689_600_000;
    let mut conn = app.db.begin().await.unwrap();
    spectr::execute!(&mut conn, CALLS, user.0, from, rows).unwrap();
    spectr::execute!(&mut conn, DAYS, user.0).unwrap();
    conn.commit().await.unwrap();
}

pub async fn load(url: String, cookie: String, times: Times) {
    let http = reqwest::Client::builder().build().unwrap();
    loop {
        let began = Instant::now();
        let response = http.get(&url).header(COOKIE, &cookie).send().await.unwrap();
        assert!(response.status().is_success());
        response.bytes().await.unwrap();
        times.lock().unwrap().push(began.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
}

pub async fn write(app: App, user: UserId, times: Times) {
    loop {
        let began = Instant::now();
        let mut conn = app.db.begin().await.unwrap();
        let sql = "UPDATE users SET event_count = event_count WHERE id = $1";
        spectr::execute!(&mut conn, sql, user.0).unwrap();
        conn.commit().await.unwrap();
        times.lock().unwrap().push(began.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
}

/// Median and 99th percentile in milliseconds.
pub fn spread(times: &Times) -> (f64, f64) {
    let mut times = times.lock().unwrap().clone();
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    (at(50), at(99))
}
