//! `spectr serve` and `spectr migrate`.

use crate::features::App;
use crate::features::app::Parts;
use crate::infra::clock::SystemClock;
use crate::infra::config::Config;
use crate::infra::db::{Db, Schema};
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
    create_data_dir(&config)?;
    let listener = TcpListener::bind(config.addr).await.map_err(|error| {
        format!(
            "cannot listen on {}: {error}. Set SPECTR_ADDR to a free address.",
            config.addr
        )
    })?;
    let (db, keystore) = open(&config).await?;
    let app = App::new(Parts {
        config,
        db,
        keystore,
        clock: Arc::new(SystemClock),
    });
    tracing::info!(address = %app.config.public_url, "listening");
    if welcome {
        super::welcome::print(&app.config);
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: running answers may end");
    };
    web::serve::serve(listener, web::router::router(app.clone()), stop).await;
    app.db.close().await;
    app.keystore.close().await;
    Ok(())
}

/// Brings both schemas up to date with the owner's role.
pub async fn migrate() -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    create_data_dir(&config)?;
    let owner = Db::open(&config.database_migrate_url, Schema::Main).await?;
    owner.migrate(Schema::Main).await?;
    owner.close().await;
    let keystore = Db::open(&config.keystore_url, Schema::Keystore).await?;
    keystore.migrate(Schema::Keystore).await?;
    keystore.close().await;
    Ok(())
}

async fn open(config: &Config) -> Result<(Db, Db)> {
    if config.database_migrate_url == config.database_url {
        let db = Db::open(&config.database_url, Schema::Main).await?;
        db.migrate(Schema::Main).await?;
    }
    let db = Db::open(&config.database_url, Schema::Main).await?;
    let keystore = Db::open(&config.keystore_url, Schema::Keystore).await?;
    keystore.migrate(Schema::Keystore).await?;
    Ok((db, keystore))
}

/// Makes the data folder, readable by its owner only.
fn create_data_dir(config: &Config) -> Result {
    use std::os::unix::fs::DirBuilderExt;
    let dir = &config.data_dir;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| {
            format!(
                "the data folder {} cannot be made: {error}. Set SPECTR_DATA_DIR.",
                dir.display()
            )
            .into()
        })
}
