//! Texts of settings read into what they mean: addresses, networks, origins, database URLs.
//! Each error names the setting and what was expected.

use super::{ALLOW_TARGETS, AllowTargets, ConfigError, Settings, invalid};
use crate::domain::providers::Provider;
use crate::infra::db;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use url::{Host, Url};

pub(super) fn socket(name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    let parsed = text.parse().ok().filter(|addr: &SocketAddr| addr.port() != 0);
    parsed.ok_or_else(|| {
        let why = "expected ADDRESS:PORT with a port from 1 to 65535, for example 127.0.0.1:3000";
        invalid(name, text, why)
    })
}

pub(super) fn address(addr: Option<&str>, port: Option<&str>) -> Result<SocketAddr, ConfigError> {
    match (addr, port) {
        (Some(text), _) => socket("SPECTR_ADDR", &text.replace("localhost:", "127.0.0.1:")),
        (None, Some(port)) => {
            let port: NonZeroU16 = port
                .parse()
                .map_err(|_| invalid("PORT", port, "expected a number from 1 to 65535"))?;
            Ok(SocketAddr::from(([0, 0, 0, 0], port.get())))
        }
        (None, None) => Ok(SocketAddr::from(([127, 0, 0, 1], 3000))),
    }
}

pub(super) fn origin(text: Option<&str>, addr: SocketAddr) -> Result<Url, ConfigError> {
    const NAME: &str = "SPECTR_PUBLIC_URL";
    let Some(text) = text else {
        let host = if addr.ip().is_unspecified() {
            format!("127.0.0.1:{}", addr.port())
        } else {
            addr.to_string()
        };
        return Url::parse(&format!("http://{host}")).map_err(|error| invalid("SPECTR_ADDR", &host, error));
    };
    let url = Url::parse(text).map_err(|error| invalid_url(NAME, text, error))?;
    let names_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    let has_user = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || names_more || has_user {
        let why = "expected https://HOST without a user name, a path, a query or a fragment";
        return Err(invalid_url(NAME, text, why));
    }
    Ok(url)
}

/// As [`invalid`]; a value that may hold a password is not repeated.
fn invalid_url(name: &'static str, text: &str, why: impl ToString) -> ConfigError {
    if text.contains('@') {
        let why = why.to_string();
        return ConfigError::InvalidSecret { name, why };
    }
    invalid(name, text, why)
}

/// Whether an address leads each machine to itself.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        None => false,
    }
}

pub(super) fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default()
        .split([',', ' '])
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

pub(super) fn network(name: &'static str, text: &str) -> Result<IpNet, ConfigError> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| invalid(name, text, "expected networks such as 10.0.0.0/8"))
}

pub(super) fn number(name: &'static str, text: Option<&str>, default: u32) -> Result<u32, ConfigError> {
    text.map_or(Ok(default), |text| {
        text.parse().map_err(|_| invalid(name, text, "expected a whole number"))
    })
}

/// The operator's override of a vendor's address, else the vendor's own.
pub(super) fn base(settings: &Settings, name: &'static str, default: &str) -> Result<Url, ConfigError> {
    let given = settings.get(name).map(String::as_str).filter(|text| !text.is_empty());
    let text = given.unwrap_or(default);
    let url = Url::parse(text).map_err(|error| invalid_url(name, text, error))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(invalid_url(name, text, "expected http://HOST or https://HOST"));
    }
    Ok(url)
}

pub(super) fn provider_bases(settings: &Settings) -> Result<HashMap<Provider, Url>, ConfigError> {
    const BASES: [(Provider, &str); 5] = [
        (Provider::Anthropic, "SPECTR_ANTHROPIC_BASE_URL"),
        (Provider::OpenAi, "SPECTR_OPENAI_BASE_URL"),
        (Provider::Google, "SPECTR_GOOGLE_BASE_URL"),
        (Provider::Mistral, "SPECTR_MISTRAL_BASE_URL"),
        (Provider::Groq, "SPECTR_GROQ_BASE_URL"),
    ];
    let mut bases = HashMap::new();
    for (provider, name) in BASES {
        if let Some(default) = provider.default_base_url() {
            bases.insert(provider, base(settings, name, default)?);
        }
    }
    Ok(bases)
}

/// `loopback` is the answer where nothing is set: a server that is reached by others must not lead them to what
/// listens on its own machine only.
pub(super) fn allow_targets(text: Option<&str>, loopback: bool) -> Result<AllowTargets, ConfigError> {
    let mut allow = AllowTargets::default();
    let Some(text) = text else {
        allow.loopback = loopback;
        return Ok(allow);
    };
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(allow);
    }
    for item in list(Some(text)) {
        match (network(ALLOW_TARGETS, item), Host::parse(item)) {
            (Ok(net), _) => allow.networks.push(net),
            (_, Ok(Host::Ipv4(ip))) => allow.networks.push(IpAddr::from(ip).into()),
            (_, Ok(Host::Ipv6(ip))) => allow.networks.push(IpAddr::from(ip).into()),
            (_, Ok(Host::Domain(name))) if is_host_name(&name) => allow.hosts.push(name),
            _ => {
                let why = "expected networks such as 10.0.0.0/8 (at most /32, for IPv6 /128), host names such as \
                           models.internal without scheme and port, or the one word none";
                return Err(invalid(ALLOW_TARGETS, item, why));
            }
        }
    }
    Ok(allow)
}

/// `none` beside others contradicts them.
fn is_host_name(name: &str) -> bool {
    name != "none" && name.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
}

/// A PostgreSQL server on another machine is spoken to only over verified TLS.
pub(super) fn database_tls(name: &'static str, url: &str) -> Result<(), ConfigError> {
    match db::unverified_server(url) {
        Ok(None) => Ok(()),
        Ok(Some(host)) => Err(ConfigError::DatabaseTls { name, host }),
        Err(error) => Err(ConfigError::InvalidSecret {
            name,
            why: error.to_string(),
        }),
    }
}

/// A lone word that is no level would be taken for the one part of the program that may still log.
pub(super) fn log_filter(text: &str) -> Result<String, ConfigError> {
    let is_meant = |part: &&str| part.contains(['=', '[']) || part.parse::<LevelFilter>().is_ok();
    // The filter's own parser reads what follows a space as another name.
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let filter = parts.join(",");
    if !parts.is_empty() && parts.iter().all(is_meant) && EnvFilter::try_new(&filter).is_ok() {
        return Ok(filter);
    }
    let why = "expected off, error, warn, info, debug or trace, and TARGET=LEVEL for parts, such as info,spectr=debug";
    Err(invalid("SPECTR_LOG", text, why))
}
