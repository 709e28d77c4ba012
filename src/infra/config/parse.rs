//! Texts of settings read into what they mean: addresses, networks, origins, database URLs.
//! Each error names the setting and what was expected.

use super::{AllowTargets, ConfigError, Settings, invalid};
use crate::domain::providers::Provider;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::SocketAddr;
use url::Url;

pub(super) fn socket(name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse()
        .map_err(|_| invalid(name, text, "expected ADDRESS:PORT, for example 127.0.0.1:3000"))
}

pub(super) fn address(addr: Option<&str>, port: Option<&str>) -> Result<SocketAddr, ConfigError> {
    match (addr, port) {
        (Some(text), _) => socket("SPECTR_ADDR", &text.replace("localhost:", "127.0.0.1:")),
        (None, Some(port)) => {
            let port = port
                .parse()
                .map_err(|_| invalid("PORT", port, "expected a number from 1 to 65535"))?;
            Ok(SocketAddr::from(([0, 0, 0, 0], port)))
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
    let url = Url::parse(text).map_err(|error| invalid(NAME, text, error))?;
    if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || url.query().is_some() {
        return Err(invalid(NAME, text, "expected https://HOST without a path"));
    }
    Ok(url)
}

pub(super) fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default()
        .split([',', ' '])
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

pub(super) fn network(name: &'static str, text: &str) -> Result<IpNet, ConfigError> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
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
    let url = Url::parse(text).map_err(|error| invalid(name, text, error))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(invalid(name, text, "expected http://HOST or https://HOST"));
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

pub(super) fn allow_targets(text: Option<&str>, addr: SocketAddr) -> AllowTargets {
    let mut allow = AllowTargets {
        loopback: text.is_none() && addr.ip().is_loopback(),
        ..AllowTargets::default()
    };
    for item in list(text) {
        match network("SPECTR_ALLOW_TARGETS", item) {
            Ok(net) => allow.networks.push(net),
            Err(_) => allow.hosts.push(item.to_lowercase()),
        }
    }
    allow
}

/// A PostgreSQL server on another machine is spoken to only over verified TLS.
pub(super) fn database_tls(name: &'static str, url: &str) -> Result<(), ConfigError> {
    if !url.starts_with("postgres") {
        return Ok(());
    }
    let parsed = Url::parse(url).map_err(|error| ConfigError::InvalidSecret {
        name,
        why: error.to_string(),
    })?;
    let host = parsed.host_str().unwrap_or_default();
    let local = host.is_empty()
        || host == "localhost"
        || host.starts_with("%2F")
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    let verified = parsed
        .query_pairs()
        .any(|(key, value)| key == "sslmode" && value == "verify-full");
    if local || verified {
        Ok(())
    } else {
        Err(ConfigError::DatabaseTls {
            name,
            host: host.to_owned(),
        })
    }
}
