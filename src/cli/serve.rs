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
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Connections that may wait to be taken.
const BACKLOG: u32 = 1024;
/// How long an interrupted server waits for its databases: what still uses a connection is not asked to end.
const CLOSE: Duration = Duration::from_secs(1);

/// Opens everything, serves until SIGINT or SIGTERM, drains and closes. A second signal ends it at once.
pub async fn serve(welcome: bool) -> Result<ExitCode> {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    for name in Config::unknown_variables() {
        tracing::warn!(name, "unknown variable in the environment");
    }
    if config.accepts_plaintext {
        tracing::warn!("SPECTR_DATABASE_PLAINTEXT: a database on another machine may be reached without verified TLS");
    }
    let addresses = Addresses::take(&config)?;
    data_dir::create(&config.data_dir)?;
    let is_sqlite = config.database_url.starts_with("sqlite");
    let _lock = if is_sqlite {
        Some(ServeLock::take(&config.data_dir).await?)
    } else {
        None
    };
    let app = App::open(config, Arc::new(SystemClock)).await?;
    replay(&app).await?;
    let listeners = addresses.listen()?;
    let signals = Signals::new()?;
    tracing::info!(address = %app.config.public_url, "listening");
    if welcome {
        super::welcome::print(&app.config);
    }
    let (stopping, stopped) = oneshot::channel();
    tokio::select! {
        served = run(&app, listeners, signals, stopping) => served.map(|()| ExitCode::SUCCESS),
        code = interrupted(stopped) => {
            tracing::warn!("stopped at once: running answers were broken off");
            let closed = async { tokio::join!(app.db.close(), app.keystore.close()) };
            tokio::time::timeout(CLOSE, closed).await.ok();
            Ok(ExitCode::from(code))
        }
    }
}

/// Before anything is served: accounts that a restored backup brought back are erased again.
async fn replay(app: &App) -> Result {
    let replayed = privacy::erasure::replay(app).await?;
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
    Ok(())
}

/// Serves until the first signal, which hands the signals on by `stopping`, then drains and closes.
async fn run(app: &App, listeners: Listeners, mut signals: Signals, stopping: oneshot::Sender<Signals>) -> Result {
    let draining = app.clone();
    let stop = async move {
        signals.next().await;
        tracing::info!("stopping: running answers may end; a second signal breaks them off");
        engine::drain(&draining);
        stopping.send(signals).ok();
    };
    let schedule = jobs::runner(app).start();
    let delivery = tokio::spawn(outbox::run(app.clone()));
    let closed = tokio::spawn(privacy::erasure::watch_streams(app.clone()));
    let metrics = match listeners.metrics {
        Some(listener) => Some(serve_metrics(app, listener)?),
        None => None,
    };
    web::serve::serve(listeners.site, web::router::site(app.clone()), stop).await;
    schedule.stop().await;
    delivery.abort();
    closed.abort();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    app.close().await;
    Ok(())
}

/// The exit code of a program that was interrupted, once a second signal comes.
async fn interrupted(stopped: oneshot::Receiver<Signals>) -> u8 {
    match stopped.await {
        Ok(mut signals) => signals.next().await,
        Err(_) => std::future::pending().await,
    }
}

/// The signals that ask a server to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one; answers the exit code of a program that ends by it.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// The addresses of the server: taken at once, so that one that is not free is told without waiting for anything,
/// and listened at when there is somebody to answer.
struct Addresses {
    site: Address,
    metrics: Option<Address>,
}

struct Listeners {
    site: TcpListener,
    metrics: Option<TcpListener>,
}

impl Addresses {
    fn take(config: &Config) -> Result<Self> {
        let metrics = config
            .metrics_addr
            .map(|addr| Address::take("SPECTR_METRICS_ADDR", addr));
        Ok(Self {
            site: Address::take("SPECTR_ADDR", config.addr)?,
            metrics: metrics.transpose()?,
        })
    }

    fn listen(self) -> Result<Listeners> {
        Ok(Listeners {
            site: self.site.listen()?,
            metrics: self.metrics.map(Address::listen).transpose()?,
        })
    }
}

/// An address that is taken and answers nobody yet.
struct Address {
    socket: TcpSocket,
    name: &'static str,
    addr: SocketAddr,
}

impl Address {
    fn take(name: &'static str, addr: SocketAddr) -> Result<Self> {
        let bound = || {
            let socket = if addr.is_ipv4() {
                TcpSocket::new_v4()
            } else {
                TcpSocket::new_v6()
            }?;
            // Connections of a server that has just ended do not keep its address.
            socket.set_reuseaddr(true)?;
            socket.bind(addr)?;
            Ok(socket)
        };
        match bound() {
            Ok(socket) => Ok(Self { socket, name, addr }),
            Err(error) => Err(not_free(name, addr, &error).into()),
        }
    }

    fn listen(self) -> Result<TcpListener> {
        let Self { socket, name, addr } = self;
        let listener = socket.listen(BACKLOG);
        listener.map_err(|error| not_free(name, addr, &error).into())
    }
}

/// Serves `/metrics` on its own address until aborted.
fn serve_metrics(app: &App, listener: TcpListener) -> Result<JoinHandle<()>> {
    let router = web::api::metrics::router(app.clone(), telemetry::Metrics::start()?);
    Ok(tokio::spawn(web::serve::serve(
        listener,
        router,
        std::future::pending(),
    )))
}

fn not_free(name: &str, addr: SocketAddr, error: &std::io::Error) -> String {
    match error.kind() {
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
    }
}

/// Brings both schemas up to date with the owner's role.
pub async fn migrate() -> Result {
    let config = Config::from_env()?;
    telemetry::start(&config.log);
    App::migrate(&config).await?;
    Ok(())
}
