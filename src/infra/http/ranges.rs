//! Which addresses are not public, as a table.
//!
//! Sources: IANA's special-purpose address registries for IPv4 and IPv6 (RFC 6890 and what followed).
//! IPv6 is allowed only inside 2000::/3, the one block that is handed out for public use.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address that is not public is for. Displayed in sentences: "this address leads to …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Loopback,
    Private,
    LinkLocal,
    Metadata,
    Shared,
    Multicast,
    /// An address that carries another one inside (IPv4-mapped, NAT64, 6to4, Teredo).
    Embedded,
    Reserved,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Loopback => "the machine on which this server runs",
            Self::Private => "a private network",
            Self::LinkLocal => "the server's own network segment",
            Self::Metadata => "a cloud's metadata service",
            Self::Shared => "a provider's internal network",
            Self::Multicast => "a multicast group",
            Self::Embedded => "another address in disguise",
            Self::Reserved => "a reserved range",
        })
    }
}

/// First address, prefix length, kind. The first row that matches counts.
const V4: [(Ipv4Addr, u32, Kind); 19] = [
    (Ipv4Addr::new(169, 254, 169, 254), 32, Kind::Metadata),
    (Ipv4Addr::new(168, 63, 129, 16), 32, Kind::Metadata),
    (Ipv4Addr::new(100, 100, 100, 200), 32, Kind::Metadata),
    (Ipv4Addr::new(192, 0, 0, 192), 32, Kind::Metadata),
    (Ipv4Addr::new(0, 0, 0, 0), 8, Kind::Reserved),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Kind::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Kind::Shared),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Kind::Loopback),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Kind::LinkLocal),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Kind::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Kind::Reserved),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Kind::Reserved),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Kind::Embedded),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Kind::Private),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Kind::Reserved),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Kind::Reserved),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Kind::Reserved),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Kind::Multicast),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Kind::Reserved),
];

const V6: [(Ipv6Addr, u32, Kind); 16] = [
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, Kind::Metadata),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 1), 128, Kind::Loopback),
    (Ipv6Addr::UNSPECIFIED, 128, Kind::Reserved),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, Kind::Embedded),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 0), 96, Kind::Embedded),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 32, Kind::Embedded),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Kind::Embedded),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, Kind::Embedded),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Kind::Reserved),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Kind::Reserved),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Kind::Reserved),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Kind::Private),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, Kind::LinkLocal),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, Kind::Private),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, Kind::Multicast),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, Kind::Reserved),
];

/// `None` for a public address.
#[must_use]
pub fn kind(ip: IpAddr) -> Option<Kind> {
    match ip {
        IpAddr::V4(ip) => V4
            .iter()
            .find(|(first, prefix, _)| (u32::from(ip) ^ u32::from(*first)) >> (32 - prefix) == 0)
            .map(|(_, _, kind)| *kind),
        IpAddr::V6(ip) => V6
            .iter()
            .find(|(first, prefix, _)| (u128::from(ip) ^ u128::from(*first)) >> (128 - prefix) == 0)
            .map(|(_, _, kind)| *kind)
            .or((u128::from(ip) >> 125 != 1).then_some(Kind::Reserved)),
    }
}
