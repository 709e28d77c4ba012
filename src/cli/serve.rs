//! `spectr serve` and `spectr migrate`.

use crate::features::{App, engine, outbox};
use crate::infra::clock::SystemClock;
use crate::infra::config::Config;
use crate::infra::telemetry;
use crate::web;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Opens everything, serves until SIGINT or SIGTERM, drains and closes.
pub async fn serve(welcome: bool) -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    for name in Config::unknown_variables() {
        tracing::warn!(name, "unknown variable in the environment");
    }
    let listener = TcpListener::bind(config.addr).await.map_err(|error| {
        format!(
            "cannot listen on {}: {error}. Set SPECTR_ADDR to a free address.",
            config.addr
        )
    })?;
    let app = App::open(config, Arc::new(SystemClock)).await?;
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
    let delivery = tokio::spawn(outbox::run(app.clone()));
    web::serve::serve(listener, web::router::router(app.clone()), stop).await;
    delivery.abort();
    app.close().await;
    Ok(())
}

/// Brings both schemas up to date with the owner's role.
pub async fn migrate() -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    App::migrate(&config).await?;
    Ok(())
}
