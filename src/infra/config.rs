//! Configuration from the environment and, by `SPECTR_CONFIG`, from a TOML file with the same
//! names. The only place that reads the environment.
//!
//! Unknown names in the file are refused; unknown `SPECTR_` variables are warned about. An empty value
//! is none, but for `SPECTR_ALLOW_TARGETS`, where it allows nothing. Values that are secret are held in
//! types that do not print.

mod parse;
mod sources;

use crate::domain::integrations::langsmith;
use crate::domain::providers::Provider;
use crate::infra::db::sqlite_url;
use ipnet::IpNet;
pub use parse::is_this_machine;
use parse::{address, allow_targets, base, list, log_filter, network, number};
use parse::{database_tls, origin, provider_bases, socket};
use secrecy::SecretString;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// All settings, checked.
#[derive(Debug)]
pub struct Config {
    pub addr: SocketAddr,
    /// Origin under which people reach the server, without a trailing slash.
    pub public_url: Url,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub database_migrate_url: String,
    /// The operator accepted a PostgreSQL server elsewhere without verified TLS. Logged at the start.
    pub accepts_plaintext: bool,
    pub keystore_url: String,
    pub trusted_proxies: Vec<IpNet>,
    pub master_keys: MasterKeys,
    /// Operator's overrides; the vendors' own bases otherwise.
    pub provider_bases: HashMap<Provider, Url>,
    /// Where traces of people who connected LangSmith go.
    pub langsmith_base: Url,
    pub trial_keys: HashMap<Provider, SecretString>,
    pub trial_calls_per_day: u32,
    pub smtp_url: Option<SecretString>,
    pub mail_from: String,
    pub allow_targets: AllowTargets,
    pub region: String,
    pub operator: String,
    pub contact: String,
    pub metrics_addr: Option<SocketAddr>,
    pub log: String,
}

/// Where the master keys come from.
#[derive(Clone, Debug)]
pub enum MasterKeys {
    /// A file of `kid:base64(32 bytes)` lines; made with mode 0400 where `may_create`.
    File { path: PathBuf, may_create: bool },
    /// The lines themselves, from `SPECTR_MASTER_KEY`.
    Inline(SecretString),
}

/// What user-given addresses may reach beyond public ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowTargets {
    pub loopback: bool,
    pub hosts: Vec<String>,
    pub networks: Vec<IpNet>,
}

/// Why the configuration cannot be used, in words for the person who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{name} is \"{value}\": {why}")]
    Invalid {
        name: &'static str,
        value: String,
        why: String,
    },
    #[error("{name} is not valid: {why}")]
    InvalidSecret { name: &'static str, why: String },
    #[error("{name} is not text in UTF-8. Write its value without the bytes that are not")]
    NotUtf8 { name: &'static str },
    #[error("{name} must be set when SPECTR_PUBLIC_URL is https")]
    Missing { name: &'static str },
    #[error("the file {path} named by SPECTR_CONFIG cannot be read: {why}")]
    File { path: String, why: String },
    #[error("the file {path} holds the unknown name \"{name}\"")]
    UnknownName { path: String, name: String },
    #[error(
        "the PostgreSQL server {host} is not on this machine: set sslmode=verify-full in {name}, and no other sslmode"
    )]
    DatabaseTls { name: &'static str, host: String },
}

/// The setting of which an empty value means something.
const ALLOW_TARGETS: &str = "SPECTR_ALLOW_TARGETS";

/// Every name that may stand in the environment or the file.
pub const NAMES: &[&str] = &[
    "SPECTR_ADDR",
    "PORT",
    "SPECTR_PUBLIC_URL",
    "SPECTR_DATA_DIR",
    "DATABASE_URL",
    "DATABASE_MIGRATE_URL",
    "SPECTR_KEYSTORE_URL",
    "SPECTR_TRUSTED_PROXIES",
    "SPECTR_MASTER_KEY_FILE",
    "SPECTR_MASTER_KEY",
    "SPECTR_ANTHROPIC_BASE_URL",
    "SPECTR_OPENAI_BASE_URL",
    "SPECTR_GOOGLE_BASE_URL",
    "SPECTR_MISTRAL_BASE_URL",
    "SPECTR_GROQ_BASE_URL",
    "SPECTR_LANGSMITH_BASE_URL",
    "SPECTR_JIRA_BASE_URL",
    "SPECTR_TRIAL_ANTHROPIC_KEY",
    "SPECTR_TRIAL_OPENAI_KEY",
    "SPECTR_TRIAL_GOOGLE_KEY",
    "SPECTR_TRIAL_MISTRAL_KEY",
    "SPECTR_TRIAL_GROQ_KEY",
    "SPECTR_TRIAL_CALLS_PER_DAY",
    "SPECTR_SMTP_URL",
    "SPECTR_MAIL_FROM",
    "SPECTR_WEBDRIVER_URL",
    ALLOW_TARGETS,
    "SPECTR_REGION",
    "SPECTR_OPERATOR",
    "SPECTR_CONTACT",
    "SPECTR_METRICS_ADDR",
    "SPECTR_LOG",
    "SPECTR_CONFIG",
    "SPECTR_DATABASE_PLAINTEXT",
];

/// Raw settings by name.
pub type Settings = BTreeMap<String, String>;

impl Config {
    /// Reads the process environment and the file that `SPECTR_CONFIG` names.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_settings(&sources::settings(std::env::vars_os())?)
    }

    /// Checks settings however they were obtained; tests call it directly.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let get = |name: &str| settings.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let addr = address(get("SPECTR_ADDR"), get("PORT"))?;
        let public_url = origin(get("SPECTR_PUBLIC_URL"), addr)?;
        let https = public_url.scheme() == "https";
        let data_dir = PathBuf::from(get("SPECTR_DATA_DIR").unwrap_or("./data"));
        let sqlite = |file: &str| sqlite_url(&data_dir.join(file));
        let database_url = get("DATABASE_URL").map_or_else(|| sqlite("spectr.db"), str::to_owned);
        let keystore_url = match get("SPECTR_KEYSTORE_URL") {
            Some(url) => url.to_owned(),
            None if database_url.starts_with("postgres") => database_url.clone(),
            None => sqlite("keystore.db"),
        };
        let database_migrate_url = get("DATABASE_MIGRATE_URL").unwrap_or(&database_url).to_owned();
        let accepts_plaintext = get("SPECTR_DATABASE_PLAINTEXT") == Some("accept");
        if !accepts_plaintext {
            database_tls("DATABASE_URL", &database_url)?;
            database_tls("DATABASE_MIGRATE_URL", &database_migrate_url)?;
            database_tls("SPECTR_KEYSTORE_URL", &keystore_url)?;
        }
        let trusted_proxies: Vec<IpNet> = list(get("SPECTR_TRUSTED_PROXIES"))
            .map(|net| network("SPECTR_TRUSTED_PROXIES", net))
            .collect::<Result<_, _>>()?;
        let is_alone = is_alone(addr, &public_url);
        let required = |name: &'static str, default: &str| match get(name) {
            Some(value) => Ok(value.to_owned()),
            None if https => Err(ConfigError::Missing { name }),
            None => Ok(default.to_owned()),
        };
        Ok(Self {
            master_keys: match (get("SPECTR_MASTER_KEY"), get("SPECTR_MASTER_KEY_FILE")) {
                (Some(lines), _) => MasterKeys::Inline(SecretString::from(lines)),
                (None, Some(path)) => MasterKeys::File {
                    path: path.into(),
                    may_create: false,
                },
                (None, None) => MasterKeys::File {
                    path: data_dir.join("master.keys"),
                    may_create: true,
                },
            },
            trusted_proxies,
            provider_bases: provider_bases(settings)?,
            langsmith_base: base(settings, "SPECTR_LANGSMITH_BASE_URL", langsmith::BASE_URL)?,
            trial_keys: Provider::ALL
                .into_iter()
                .filter_map(|provider| {
                    let name = format!("SPECTR_TRIAL_{}_KEY", provider.id().to_uppercase());
                    Some((provider, SecretString::from(get(&name)?)))
                })
                .collect(),
            trial_calls_per_day: number("SPECTR_TRIAL_CALLS_PER_DAY", get("SPECTR_TRIAL_CALLS_PER_DAY"), 20)?,
            smtp_url: get("SPECTR_SMTP_URL").map(SecretString::from),
            mail_from: get("SPECTR_MAIL_FROM")
                .unwrap_or("Spectr <no-reply@localhost>")
                .to_owned(),
            allow_targets: allow_targets(settings.get(ALLOW_TARGETS).map(String::as_str), is_alone)?,
            region: required("SPECTR_REGION", "local")?,
            operator: required("SPECTR_OPERATOR", "The operator of this server")?,
            contact: required("SPECTR_CONTACT", "hello@localhost")?,
            metrics_addr: get("SPECTR_METRICS_ADDR")
                .map(|text| socket("SPECTR_METRICS_ADDR", text))
                .transpose()?,
            log: log_filter(get("SPECTR_LOG").unwrap_or("info"))?,
            addr,
            public_url,
            data_dir,
            database_url,
            database_migrate_url,
            accepts_plaintext,
            keystore_url,
        })
    }

    /// Under which URL the keystore is migrated: by the owner's role where it shares the database.
    #[must_use]
    pub fn keystore_migrate_url(&self) -> &str {
        if self.keystore_url == self.database_url {
            &self.database_migrate_url
        } else {
            &self.keystore_url
        }
    }

    /// Whether people reach the server over TLS: Secure cookies, `__Host-`, HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether only people of this machine come: they reach it by an address that leads to themselves.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_alone(self.addr, &self.public_url) && !self.is_https()
    }

    /// Whether mails only go into files of this machine, so that pages may show their links.
    #[must_use]
    pub fn shows_links(&self) -> bool {
        self.is_local() && self.smtp_url.is_none()
    }

    /// Names in the environment that begin with `SPECTR_` but mean nothing.
    #[must_use]
    pub fn unknown_variables() -> Vec<String> {
        sources::unknown(std::env::vars_os())
    }
}

/// Whether it listens for this machine only and nothing passes on to it what comes from others: it has no
/// address that they could use.
fn is_alone(addr: SocketAddr, public_url: &Url) -> bool {
    addr.ip().is_loopback() && is_this_machine(public_url)
}

fn invalid(name: &'static str, value: &str, why: impl ToString) -> ConfigError {
    ConfigError::Invalid {
        name,
        value: value.to_owned(),
        why: why.to_string(),
    }
}

#[cfg(test)]
mod tests;
