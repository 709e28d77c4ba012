//! `cargo bench --bench bars -- purge`: purges a million calls that are too old while somebody else loads a
//! dashboard and writes; prints how long it took and how long they waited. SQLite.

use super::erasure::{Times, fill, load, person, spread, write};
use spectr::domain::timestamp::DAY_MS;
use spectr::features::privacy::wipe;
use spectr::features::{App, usage};
use spectr::infra::clock::SystemClock;
use spectr::infra::config::{Config, Settings};
use spectr::web;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;

const ROWS: i64 = 1_000_000;
const OTHERS: i64 = 10_000;

pub async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let config = Config::from_settings(&Settings::from([("SPECTR_DATA_DIR".to_owned(), data)])).unwrap();
    let app = App::open(config, Arc::new(SystemClock)).await.unwrap();
    let (old, _) = person(&app, 0).await;
    let (other, cookie) = person(&app, 1).await;
    eprintln!("writing {ROWS} calls …");
    fill(&app, old, ROWS).await;
    let mut conn = app.db.begin().await.unwrap();
    let sql = "UPDATE llm_calls SET started_at = started_at - $1";
    spectr::execute!(&mut conn, sql, 100 * DAY_MS).unwrap();
    let sql = "UPDATE usage_days SET day = day - $1";
    spectr::execute!(&mut conn, sql, 100 * DAY_MS).unwrap();
    conn.commit().await.unwrap();
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
    let purged = usage::purge(&app).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let wiping = Instant::now();
    wipe::run(&app).await.unwrap();
    let wiped = wiping.elapsed().as_secs_f64();
    busy.iter().for_each(tokio::task::JoinHandle::abort);
    server.abort();
    let ((p50, p99), write) = (spread(&loads), spread(&writes));
    println!("| what | measured | bar | holds |\n|---|---|---|---|");
    println!("| purge of {purged} calls | {seconds:.2} s |  |  |");
    println!("| free pages and log cleared | {wiped:.2} s |  |  |");
    println!(
        "| a dashboard meanwhile: p50, p99 | {p50:.1} ms, {p99:.1} ms | p99 < 50 ms | {} |",
        if p99 < 50.0 { "yes" } else { "NO" }
    );
    println!(
        "| a write meanwhile: p50, p99 | {:.1} ms, {:.1} ms |  |  |",
        write.0, write.1
    );
    app.close().await;
}
