//! The egress guard: which addresses a user may make the server dial.
//!
//! Without exceptions only public addresses over https. The name is resolved once, *every* address
//! it has must be allowed, and exactly those are dialled (the resolver below hands nothing else to
//! the client), so a name that changes its mind between check and use gains nothing. An operator's
//! exceptions (`SPECTR_ALLOW_TARGETS`) never reach back to this server's own ports.
//!
//! ```text
//! Url ── check_url: scheme, user name, port, literal addresses, own name ──► Mode
//!                                                                              │
//! name ── resolver(mode): every address ── check_address(mode) ──► dialled ◄───┘
//! ```

use super::Denied::{Address, Own, PlainHttp};
use crate::domain::problem::{Code, Problem};
use crate::infra::config::{AllowTargets, Config};
use crate::infra::db;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use url::{Host, Url};

use super::ranges::{Kind, kind};

/// Longest address that is taken from a user.
const MAX_URL: usize = 2_000;
/// Names under which clouds serve credentials to their machines.
const METADATA_NAMES: [&str; 4] = [
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Why an address is not dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("not an address")]
    Unreadable,
    #[error("too long")]
    TooLong,
    #[error("neither https nor http")]
    Scheme,
    #[error("plain http to an address that the operator does not allow")]
    PlainHttp,
    #[error("a user name or a password in the address")]
    Userinfo,
    #[error("a query or a fragment in the address")]
    Query,
    #[error("port 0")]
    Port,
    #[error("this server itself")]
    Own,
    #[error("{0}")]
    Address(Kind),
}

impl Denied {
    /// What is wrong and how it is mended, for the person who gave the address.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::Unreadable => "This is not a web address. Write it like https://models.example/v1.".to_owned(),
            Self::TooLong => format!("The address is longer than {MAX_URL} characters. Give a shorter one."),
            Self::Scheme => "The address must begin with https://.".to_owned(),
            PlainHttp => "Plain http is only for addresses that the operator allows (SPECTR_ALLOW_TARGETS). Use https."
                .to_owned(),
            Self::Userinfo => {
                "Remove the user name and password from the address; a key goes into its own field.".to_owned()
            }
            Self::Query => "Remove everything from ? or # on.".to_owned(),
            Self::Port => "Port 0 cannot be dialled. Give the port of the model server.".to_owned(),
            Own => "This address leads back to this server. Give the address of the model server.".to_owned(),
            Address(kind) => format!(
                "This address leads to {kind}. Give a public one, or ask the operator to allow it by \
                 SPECTR_ALLOW_TARGETS."
            ),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::new(Code::Unprocessable)
            .field("base_url")
            .detail(denied.message())
    }
}

/// What the scheme and the port of an address mean for the check of what its name resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Plain http: only to addresses that the operator allows.
    plain: bool,
    /// The port is one of our own: not to this machine.
    own_port: bool,
}

impl Mode {
    pub const ALL: [Self; 4] = {
        const fn mode(plain: bool, own_port: bool) -> Mode {
            Mode { plain, own_port }
        }
        [
            mode(false, false),
            mode(false, true),
            mode(true, false),
            mode(true, true),
        ]
    };
}

/// The rules of this server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    allow: AllowTargets,
    /// Ports of this server on this machine: its own, its metrics, its databases.
    own_ports: Vec<u16>,
    /// The name under which people reach this server; `None` on loopback, where ports tell.
    own_name: Option<String>,
}

impl Guard {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let mut own_ports = vec![config.addr.port()];
        own_ports.extend(config.metrics_addr.map(|addr| addr.port()));
        own_ports.extend(config.public_url.port());
        let databases = [&config.database_url, &config.database_migrate_url, &config.keystore_url];
        let servers = databases.into_iter().filter_map(|url| db::server(url));
        own_ports.extend(servers.map(|(_, port)| port));
        let own_name = match config.public_url.host() {
            Some(Host::Domain(name)) if !is_local_name(name) => Some(plain_name(name)),
            Some(Host::Ipv4(ip)) if !ip.is_loopback() => Some(ip.to_string()),
            Some(Host::Ipv6(ip)) if !ip.is_loopback() => Some(ip.to_string()),
            _ => None,
        };
        Self(Arc::new(Rules {
            allow: config.allow_targets.clone(),
            own_ports,
            own_name,
        }))
    }

    /// Reads an address that a user typed, and checks what can be checked without asking for names.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(&self, text: &str) -> Result<Url, Denied> {
        if text.len() > MAX_URL {
            return Err(Denied::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| Denied::Unreadable)?;
        self.check_url(&url)?;
        Ok(url)
    }

    /// Checks everything but what a name resolves to.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_url(&self, url: &Url) -> Result<Mode, Denied> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Denied::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Denied::Userinfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Denied::Query);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if port == 0 {
            return Err(Denied::Port);
        }
        let mode = Mode {
            plain: url.scheme() == "http",
            own_port: self.0.own_ports.contains(&port),
        };
        match url.host().ok_or(Denied::Unreadable)? {
            Host::Domain(name) => self.check_name(name, port)?,
            Host::Ipv4(ip) => self.check_address(&ip.to_string(), ip.into(), mode)?,
            Host::Ipv6(ip) => self.check_address(&ip.to_string(), ip.into(), mode)?,
        }
        Ok(mode)
    }

    fn check_name(&self, name: &str, port: u16) -> Result<(), Denied> {
        let name = plain_name(name);
        if self.0.own_name.as_ref() == Some(&name) {
            return Err(Own);
        }
        if METADATA_NAMES.contains(&name.as_str()) {
            return Err(Address(Kind::Metadata));
        }
        // `localhost` is ours whatever it resolves to.
        if is_local_name(&name) && self.0.own_ports.contains(&port) {
            return Err(Own);
        }
        Ok(())
    }

    /// Checks one address of a name (or a literal one).
    fn check_address(&self, name: &str, ip: IpAddr, mode: Mode) -> Result<(), Denied> {
        if self.0.own_name.as_deref() == Some(ip.to_string().as_str()) || (mode.own_port && is_own(ip)) {
            return Err(Own);
        }
        if self.is_allowed(name, ip) {
            return Ok(());
        }
        if let Some(kind) = kind(ip) {
            return Err(Address(kind));
        }
        if mode.plain { Err(PlainHttp) } else { Ok(()) }
    }

    /// Whether the operator made an exception.
    fn is_allowed(&self, name: &str, ip: IpAddr) -> bool {
        let allow = &self.0.allow;
        let name = plain_name(name);
        (allow.loopback && ip.is_loopback())
            || allow.networks.iter().any(|net| net.contains(&ip))
            || allow.hosts.iter().any(|host| plain_name(host) == name)
    }

    /// Checks all addresses of a name; answers them for dialling.
    ///
    /// # Errors
    /// What is wrong with the first address that is not allowed.
    pub fn check_all(&self, name: &str, found: Vec<SocketAddr>, mode: Mode) -> Result<Vec<SocketAddr>, Denied> {
        for addr in &found {
            self.check_address(name, addr.ip(), mode)?;
        }
        Ok(found)
    }

    /// The only source of addresses for a client that dials what users gave.
    pub(super) fn resolver(&self, mode: Mode) -> GuardedResolver {
        GuardedResolver {
            guard: self.clone(),
            mode,
        }
    }
}

/// Resolves a name, and hands its addresses out only if all of them are allowed.
pub(super) struct GuardedResolver {
    guard: Guard,
    mode: Mode,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, mode) = (self.guard.clone(), self.mode);
        Box::pin(async move {
            let name = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
            let checked = guard.check_all(name, found, mode)?;
            Ok(Box::new(checked.into_iter()) as Addrs)
        })
    }
}

/// Whether packets to this address stay on this machine: only then can a socket be bound to it.
fn is_own(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || UdpSocket::bind((ip, 0)).is_ok()
}

/// A name as it is compared: lower case, without the dot of the root.
fn plain_name(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

fn is_local_name(name: &str) -> bool {
    let name = plain_name(name);
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
