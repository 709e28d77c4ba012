//! Probes that look at the configuration in force, at files, and at whom this process has dialled.

use super::{Finding, Sight};
use crate::domain::privacy::clauses::Probe;
use crate::domain::privacy::policy::{AUTHORITIES_URL, policy_text};
use crate::features::App;
use crate::infra::config::{Config, MasterKeys};
use crate::infra::db::{self, Db};
use crate::infra::http;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use url::Url;

/// Bits by which others than the owner get at a file.
const OTHERS: u32 = 0o077;

pub(super) fn find(sight: &Sight<'_>, probe: Probe) -> Finding {
    let app = sight.app;
    match probe {
        Probe::Region => region(&app.config),
        Probe::DialledHosts => dialled(app),
        Probe::SigningSecret => signing(&app.config),
        _ => authorities(),
    }
}

fn region(config: &Config) -> Finding {
    let is_named = !config.region.trim().is_empty() && (!config.is_https() || config.region != "local");
    Finding::judge(is_named, format!("this server's region: {}", config.region))
}

/// Hosts that the operator's configuration may lead to: those on the published list.
#[must_use]
pub fn published_hosts(config: &Config) -> Vec<String> {
    let bases = config.provider_bases.values().chain([&config.langsmith_base]);
    bases.map(http::host).collect()
}

fn dialled(app: &App) -> Finding {
    let (hosts, published) = (app.http.dialled().hosts(), published_hosts(&app.config));
    let own = app.http.dialled().of_users();
    match hosts.iter().find(|host| !published.contains(host)) {
        Some(host) => Finding::judge(false, format!("{host} was dialled and is on no list")),
        None if hosts.is_empty() && own == 0 => Finding::kept("nobody dialled since this server started"),
        None => Finding::kept(format!(
            "{} hosts dialled since this server started, all on the list; {own} requests to addresses of your own",
            hosts.len()
        )),
    }
}

fn signing(config: &Config) -> Finding {
    let MasterKeys::File { path, .. } = &config.master_keys else {
        return Finding::kept("derived from a wrapped root; the master key is in no file");
    };
    match mode(path) {
        Some(mode) => Finding::judge(
            mode & OTHERS == 0,
            format!("derived from a wrapped root; key file mode {mode:04o}"),
        ),
        None => Finding::unread("the master key file cannot be looked at"),
    }
}

fn authorities() -> Finding {
    let host = Url::parse(AUTHORITIES_URL).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
    Finding::judge(
        policy_text().contains(AUTHORITIES_URL),
        format!("the policy links to {host}"),
    )
}

fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path)
        .ok()
        .map(|file| file.permissions().mode() & 0o777)
}

pub(super) async fn database_access(sight: &Sight<'_>) -> db::Result<Finding> {
    let (app, config) = (sight.app, &sight.app.config);
    let Db::Postgres(pool) = &app.db else {
        return Ok(file_access(config));
    };
    if let Some(problem) = remote_without_tls(config) {
        return Ok(Finding::judge(false, problem));
    }
    const MAY_CREATE: &str = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')";
    let may_create: bool = sqlx::query_scalar(MAY_CREATE).fetch_one(pool).await?;
    let apart = config.database_migrate_url != config.database_url;
    Ok(match (apart, may_create) {
        (true, true) => Finding::judge(false, "the serving role may change the schema"),
        (true, false) => Finding::kept("PostgreSQL; the serving role may not change the schema"),
        (false, _) => Finding::kept("PostgreSQL; one role, since no other was set apart for migrations"),
    })
}

fn file_access(config: &Config) -> Finding {
    let urls = [&config.database_url, &config.keystore_url];
    let modes: Vec<u32> = urls.iter().filter_map(|url| mode(&db::sqlite_file(url)?)).collect();
    match modes.iter().find(|mode| *mode & OTHERS != 0) {
        Some(mode) => Finding::judge(false, format!("a database file has mode {mode:04o}")),
        None if modes.is_empty() => Finding::unread("the database file cannot be looked at"),
        None => Finding::kept("SQLite files, mode 0600"),
    }
}

fn remote_without_tls(config: &Config) -> Option<&'static str> {
    let urls = [&config.database_url, &config.keystore_url];
    let is_open = |url: &&String| matches!(db::unverified_server(url), Ok(Some(_)));
    urls.into_iter()
        .find(is_open)
        .map(|_| "a database on another machine without verified TLS")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::config::Settings;

    fn config(pairs: &[(&str, &str)]) -> Config {
        let settings: Settings = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::from_settings(&settings).unwrap()
    }

    #[test]
    fn an_accepted_exception_from_tls_is_still_told() {
        let plain = [
            ("DATABASE_URL", "postgres://u:p@db.example/x"),
            ("SPECTR_DATABASE_PLAINTEXT", "accept"),
        ];
        assert!(remote_without_tls(&config(&plain)).is_some());
        let verified = [("DATABASE_URL", "postgres://u:p@db.example/x?sslmode=verify-full")];
        assert!(remote_without_tls(&config(&verified)).is_none());
        assert!(remote_without_tls(&config(&[("DATABASE_URL", "postgres://u:p@127.0.0.1/x")])).is_none());
    }
}
