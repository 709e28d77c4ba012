//! `/metrics` for Prometheus, on an address of its own (`SPECTR_METRICS_ADDR`), off by default.
//!
//! No label names a person, an account, an address or a key. Anything but `/metrics` is 404.

use crate::domain::timestamp::Timestamp;
use crate::features::{App, outbox, privacy};
use crate::infra::db::Db;
use crate::infra::jobs::heartbeats;
use crate::infra::telemetry::Metrics;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::gauge;

/// The whole service behind the metrics address.
pub fn router(app: App, metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state((app, metrics))
}

async fn scrape(State((app, metrics)): State<(App, Metrics)>) -> impl IntoResponse {
    gauge!("spectr_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    connections("main", &app.db);
    connections("keystore", &app.keystore);
    if let Ok((queued, failed)) = outbox::backlog(&app).await {
        gauge!("spectr_outbox_mails", "state" => "queued").set(as_number(queued));
        gauge!("spectr_outbox_mails", "state" => "failed").set(as_number(failed));
    }
    if let Ok((open, overdue)) = privacy::requests::alarms::backlog(&app).await {
        gauge!("spectr_requests", "state" => "open").set(as_number(open));
        gauge!("spectr_requests", "state" => "overdue").set(as_number(overdue));
    }
    gauge!("spectr_streams_active").set(as_number(count(app.engine.running())));
    gauge!("spectr_call_rows_waiting").set(as_number(count(app.engine.unwritten())));
    jobs(&app).await;
    if let Some(bytes) = resident_memory() {
        gauge!("process_resident_memory_bytes").set(as_number(bytes));
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render())
}

fn connections(name: &'static str, db: &Db) {
    let (open, idle) = db.connections();
    gauge!("spectr_db_connections", "database" => name, "state" => "open").set(f64::from(open));
    gauge!("spectr_db_connections", "database" => name, "state" => "idle").set(f64::from(idle));
}

async fn jobs(app: &App) {
    let Ok(mut conn) = app.db.acquire().await else { return };
    let Ok(beats) = heartbeats(&mut conn).await else { return };
    for beat in beats {
        let Timestamp(at) = beat.last_ok_at.unwrap_or_default();
        gauge!("spectr_job_last_ok_timestamp_seconds", "job" => beat.name.clone()).set(as_number(at / 1_000));
        gauge!("spectr_job_affected", "job" => beat.name).set(as_number(beat.affected));
    }
}

fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

/// Gauges are floating point: exact up to 2^53, which is enough for seconds, bytes and counts.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn as_number(value: i64) -> f64 {
    value as f64
}

/// Second field of `/proc/self/statm`, in pages.
fn resident_memory() -> Option<i64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = text.split_whitespace().nth(1)?.parse().ok()?;
    let page = i64::try_from(rustix::param::page_size()).ok()?;
    Some(pages * page)
}
