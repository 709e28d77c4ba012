//! `spectr doctor`: looks at everything the server needs, changes nothing, and says what to mend.
//! Sends no key anywhere and prints no secret.

use super::{Result, say};
use crate::domain::privacy::constants::JOB_OVERDUE_HOURS;
use crate::domain::providers::Provider;
use crate::domain::timestamp::HOUR_MS;
use crate::features::jobs::JOBS;
use crate::infra::clock::{Clock, SystemClock};
use crate::infra::config::{Config, MasterKeys};
use crate::infra::crypto::{Keys, KeysError};
use crate::infra::db::{self, Db, Schema};
use crate::infra::db_fault::DbFault;
use crate::infra::http::{Http, Target};
use crate::infra::jobs::heartbeats;
use crate::infra::mail::Mailer;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Below this the server cannot be relied on to write, in bytes.
const LITTLE_SPACE: u64 = 512 * 1024 * 1024;
/// How long a provider or a mail server may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// What one look found.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Fine(String),
    /// Works, but should be looked at.
    Odd(String),
    /// Does not work.
    Broken(String),
}

use Finding::{Broken, Fine, Odd};

/// Looks at everything; exit code 1 when something is broken.
pub async fn run() -> Result<ExitCode> {
    let config = Config::from_env()?;
    let mut findings = vec![Fine("the configuration can be read".to_owned())];
    for name in Config::unknown_variables() {
        findings.push(Odd(format!("{name} is set, but means nothing. Check its spelling")));
    }
    findings.extend(folder(&config.data_dir));
    findings.extend(master_keys(&config.master_keys));
    findings.push(address(&config).await);
    findings.extend(database(&config, Schema::Main).await);
    findings.extend(database(&config, Schema::Keystore).await);
    findings.push(mail(&config).await);
    findings.extend(providers(&config).await);
    let mut is_broken = false;
    for finding in findings {
        is_broken |= matches!(finding, Broken(_));
        say(&match finding {
            Fine(text) => format!("ok      {text}"),
            Odd(text) => format!("look    {text}"),
            Broken(text) => format!("broken  {text}"),
        });
    }
    Ok(if is_broken {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn folder(path: &Path) -> Vec<Finding> {
    let shown = path.display();
    let Ok(found) = std::fs::metadata(path) else {
        return vec![Odd(format!(
            "the data folder {shown} is not there yet; the first start makes it"
        ))];
    };
    let mut findings = Vec::new();
    findings.push(match rustix::fs::access(path, rustix::fs::Access::WRITE_OK) {
        Ok(()) => Fine(format!("the data folder {shown} may be written")),
        Err(error) => Broken(format!(
            "the data folder {shown} may not be written ({error}). Give the user who runs the server write access"
        )),
    });
    if found.permissions().mode() & 0o077 != 0 {
        findings.push(Odd(format!("others may look into {shown}. Run: chmod 700 {shown}")));
    }
    match rustix::fs::statvfs(path) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let text = format!("{} MB are free on the disk of {shown}", free / 1_000_000);
            let is_little = free < LITTLE_SPACE;
            findings.push(if is_little {
                Odd(text + ". Free some space soon")
            } else {
                Fine(text)
            });
        }
        Err(error) => findings.push(Odd(format!("the free space of {shown} is not known ({error})"))),
    }
    findings
}

fn master_keys(source: &MasterKeys) -> Option<Finding> {
    let MasterKeys::File { path, .. } = source else {
        return Some(Fine("the master keys come from SPECTR_MASTER_KEY".to_owned()));
    };
    let shown = path.display();
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    Some(if mode & 0o077 == 0 {
        Fine(format!("the master key file {shown} is readable by its owner only"))
    } else {
        Odd(format!(
            "others may read the master key file {shown}. Run: chmod 400 {shown}"
        ))
    })
}

async fn address(config: &Config) -> Finding {
    let addr = config.addr;
    match tokio::net::TcpListener::bind(addr).await {
        Ok(_) => Fine(format!("{addr} is free to listen on")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Fine(format!("something listens on {addr}: this server, if it runs"))
        }
        Err(error) => Broken(format!("{addr} cannot be listened on ({error}). Set SPECTR_ADDR")),
    }
}

async fn database(config: &Config, schema: Schema) -> Vec<Finding> {
    let (name, url) = match schema {
        Schema::Main => ("database", &config.database_url),
        Schema::Keystore => ("keystore", &config.keystore_url),
    };
    let file = db::sqlite_file(url);
    if file.is_some_and(|file| !file.exists()) {
        return vec![Odd(format!("the {name} is not there yet; the first start makes it"))];
    }
    let db = match Db::open_existing(url, schema).await {
        Ok(db) => db,
        Err(error) => return vec![Broken(DbFault::new(url, schema, &error).to_string())],
    };
    let mut findings = Vec::new();
    findings.push(match db.is_migrated(schema).await {
        Ok(true) => Fine(format!("the {name} answers and its schema is up to date")),
        Ok(false) => Odd(format!(
            "the schema of the {name} is not up to date; the next start or `spectr migrate` does it"
        )),
        Err(error) => Broken(DbFault::migration(url, schema, &error).to_string()),
    });
    if matches!(db.is_sound().await, Ok(false)) {
        findings.push(Broken(format!("the {name} is damaged. Restore it from a backup")));
    }
    findings.extend(match schema {
        Schema::Main => jobs(&db).await,
        Schema::Keystore => Some(keystore(config, &db).await),
    });
    db.close().await;
    findings
}

async fn jobs(db: &Db) -> Option<Finding> {
    let beats = heartbeats(&mut db.acquire().await.ok()?).await.ok()?;
    let oldest = SystemClock.now().minus(JOB_OVERDUE_HOURS * HOUR_MS);
    let is_late = |name: &str| {
        let beat = beats.iter().find(|beat| beat.name == name);
        beat.and_then(|beat| beat.last_ok_at).is_none_or(|at| at < oldest)
    };
    let late: Vec<&str> = JOBS.iter().map(|job| job.name).filter(|name| is_late(name)).collect();
    Some(if late.is_empty() {
        Fine(format!("all jobs came to their end within {JOB_OVERDUE_HOURS} hours"))
    } else {
        let names = late.join(", ");
        Odd(format!(
            "not done within {JOB_OVERDUE_HOURS} hours: {names}. Start the server, or run: spectr jobs run"
        ))
    })
}

async fn keystore(config: &Config, db: &Db) -> Finding {
    match Keys::check(&config.master_keys, db).await {
        Ok(check) => {
            let count: i64 = check.data_keys.iter().map(|(_, count)| count).sum();
            Fine(format!(
                "the master key opens the root secret and all {count} data keys"
            ))
        }
        Err(KeysError::KeystoreLost) => Odd("the keystore is empty; the first start fills it".to_owned()),
        Err(error) => Broken(error.to_string()),
    }
}

async fn mail(config: &Config) -> Finding {
    if config.smtp_url.is_none() {
        return Fine(format!(
            "mails are written to {}",
            config.data_dir.join("outbox").display()
        ));
    }
    let mailer = match Mailer::open(config) {
        Ok(mailer) => mailer,
        Err(error) => return Broken(error.to_string()),
    };
    match tokio::time::timeout(ANSWER, mailer.answers()).await {
        Ok(true) => Fine("the mail server answers".to_owned()),
        Ok(false) | Err(_) => Broken(
            "the mail server does not answer, or refuses the name and password. Check SPECTR_SMTP_URL".to_owned(),
        ),
    }
}

/// Asks each provider for its models without a key: any answer means that it can be reached.
async fn providers(config: &Config) -> Vec<Finding> {
    let http = match Http::open(config) {
        Ok(http) => http,
        Err(error) => return vec![Broken(error.to_string())],
    };
    let asks = Provider::ALL.into_iter().filter_map(|provider| {
        let base = config.provider_bases.get(&provider)?.clone();
        let http = http.clone();
        Some(async move {
            let name = provider.name();
            let (request, target) = (provider.models_request(), Target::Operator(base));
            match tokio::time::timeout(ANSWER, http.send(request, &target, None)).await {
                Ok(Ok(_)) => Fine(format!("{name} can be reached")),
                Ok(Err(error)) => Odd(format!("{name} cannot be reached: {error}")),
                Err(_) => Odd(format!("{name} does not answer in time")),
            }
        })
    });
    futures::future::join_all(asks).await
}
