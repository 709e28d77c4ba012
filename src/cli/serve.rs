//! `spectr serve` and `spectr migrate`.

use super::Result;
use crate::features::{App, engine, jobs, outbox, privacy};
use crate::infra::clock::SystemClock;
use crate::infra::config::Config;
use crate::infra::data_dir::{self, ServeLock};
use crate::infra::telemetry;
use crate::web;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

/// Opens everything, serves until SIGINT or SIGTERM, drains and closes.
pub async fn serve(welcome: bool) -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    for name in Config::unknown_variables() {
        tracing::warn!(name, "unknown variable in the environment");
    }
    if config.accepts_plaintext {
        tracing::warn!("SPECTR_DATABASE_PLAINTEXT: a database on another machine may be reached without verified TLS");
    }
    let listener = listen("SPECTR_ADDR", config.addr).await?;
    data_dir::create(&config.data_dir)?;
    let is_sqlite = config.database_url.starts_with("sqlite");
    let _lock = if is_sqlite {
        Some(ServeLock::take(&config.data_dir).await?)
    } else {
        None
    };
    let app = App::open(config, Arc::new(SystemClock)).await?;
    // Before anything is served: accounts that a restored backup brought back are erased again.
    let replayed = privacy::erasure::replay(&app).await?;
    if replayed.erased > 0 {
        tracing::warn!(
            accounts = replayed.erased,
            "the database was older than the erasure ledger: erased again"
        );
    }
    if replayed.asked + replayed.called_off > 0 {
        tracing::warn!(
            asked = replayed.asked,
            called_off = replayed.called_off,
            "the database was older than its open deletions: brought up to date"
        );
    }
    tracing::info!(address = %app.config.public_url, "listening");
    if welcome {
        super::welcome::print(&app.config);
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let draining = app.clone();
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: running answers may end");
        engine::drain(&draining);
    };
    let schedule = jobs::runner(&app).start();
    let delivery = tokio::spawn(outbox::run(app.clone()));
    let closed = tokio::spawn(privacy::erasure::watch_streams(app.clone()));
    let metrics = match app.config.metrics_addr {
        Some(addr) => Some(serve_metrics(&app, addr).await?),
        None => None,
    };
    web::serve::serve(listener, web::router::site(app.clone()), stop).await;
    schedule.stop().await;
    delivery.abort();
    closed.abort();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    app.close().await;
    Ok(())
}

/// Serves `/metrics` on its own address until aborted.
async fn serve_metrics(app: &App, addr: SocketAddr) -> Result<JoinHandle<()>> {
    let listener = listen("SPECTR_METRICS_ADDR", addr).await?;
    let router = web::api::metrics::router(app.clone(), telemetry::Metrics::start()?);
    Ok(tokio::spawn(web::serve::serve(
        listener,
        router,
        std::future::pending(),
    )))
}

async fn listen(name: &str, addr: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(addr).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => {
                format!("{addr} is taken by another process. Stop it, or set {name} to a free address")
            }
            ErrorKind::PermissionDenied => {
                format!("listening on {addr} is not permitted. Set {name} to a port above 1023")
            }
            ErrorKind::AddrNotAvailable => {
                format!("{addr} is not an address of this machine. Set {name} to one, or to 0.0.0.0:PORT for all")
            }
            _ => format!("listening on {addr} does not work: {error}. Set {name} to a free address"),
        };
        why.into()
    })
}

/// Brings both schemas up to date with the owner's role.
pub async fn migrate() -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    App::migrate(&config).await?;
    Ok(())
}
