//! Facts about the client of a request: its address and its browser. Both are personal data; they
//! are handed to services that seal them and are never logged.

use super::serve::Peer;
use crate::domain::accounts::device;
use crate::features::App;
use crate::features::accounts::Caller;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use std::net::{IpAddr, Ipv4Addr};

/// Who sends a request, as far as the network and the browser tell.
#[must_use]
pub fn caller(app: &App, parts: &Parts) -> Caller {
    let user_agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Caller {
        ip: ip(app, &parts.headers, &parts.extensions),
        device: device::describe(user_agent),
    }
}

/// The client's address: the peer's, or what trusted proxies say, read from the right.
#[must_use]
pub fn ip(app: &App, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = peer(extensions);
    let mut client = peer;
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(app, client) {
            break;
        }
        let Ok(ip) = hop.trim().parse() else { break };
        client = ip;
    }
    client.to_canonical()
}

/// Whether a trusted proxy says that it was asked without TLS.
#[must_use]
pub fn came_in_clear(app: &App, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let said = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    // The proxy next to us speaks last.
    let last = said.and_then(|said| said.rsplit(',').next()).map(str::trim);
    last.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) && is_trusted(app, peer(extensions))
}

fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<Peer>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())
}

fn is_trusted(app: &App, ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    app.config.trusted_proxies.iter().any(|net| net.contains(&ip))
}
