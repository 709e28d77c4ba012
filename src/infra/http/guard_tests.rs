//! The guard's table, its exceptions, and the forms in which addresses hide.

use super::*;
use proptest::prelude::*;

fn guard(settings: &[(&str, &str)]) -> Guard {
    let settings = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Guard::new(&Config::from_settings(&settings.collect()).unwrap())
}

/// A server that other machines reach: no exceptions by default.
fn public() -> Guard {
    guard(&[
        ("SPECTR_ADDR", "0.0.0.0:3131"),
        ("SPECTR_PUBLIC_URL", "https://spectr.example"),
        ("SPECTR_REGION", "EU"),
        ("SPECTR_OPERATOR", "x"),
        ("SPECTR_CONTACT", "x@spectr.example"),
    ])
}

fn refused(guard: &Guard, text: &str) -> Denied {
    guard
        .parse(text)
        .err()
        .unwrap_or_else(|| panic!("{text} was let through"))
}

#[test]
fn public_https_addresses_pass() {
    for text in [
        "https://api.example.com/v1",
        "https://8.8.8.8",
        "https://[2606:4700:4700::1111]:8443/v1",
        "https://192.0.66.1",
        "https://172.32.0.1",
        "https://100.128.0.1",
        "https://MODELS.example./",
    ] {
        assert!(public().parse(text).is_ok(), "{text}");
    }
}

#[test]
fn every_range_that_is_not_public_is_refused() {
    for text in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::8.8.8.8]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::8.8.8.8]",
        "[64:ff9b:1::1]",
        "[100::1]",
        "[2001::1]",
        "[2001:2::1]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[2002:808:808::]",
        "[3fff::1]",
        "[4000::1]",
        "[5f00::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fdff::1]",
        "[fe80::1]",
        "[febf::1]",
        "[fec0::1]",
        "[ff02::1]",
    ] {
        let denied = refused(&public(), &format!("https://{text}/v1"));
        assert!(matches!(denied, Denied::Address(_)), "{text}: {denied:?}");
    }
}

#[test]
fn odd_spellings_of_loopback_are_loopback() {
    for text in [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "017700000001",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.０.０.１",
        "127。0。0。1",
    ] {
        let denied = refused(&public(), &format!("https://{text}/"));
        assert_eq!(denied, Denied::Address(Kind::Loopback), "{text}");
    }
}

#[test]
fn forms_that_are_no_plain_address_are_refused_with_the_mend() {
    for (text, denied) in [
        ("models", Denied::Unreadable),
        ("", Denied::Unreadable),
        ("//models.example", Denied::Unreadable),
        ("https://", Denied::Unreadable),
        ("https://999.1.1.1", Denied::Unreadable),
        ("ftp://models.example", Denied::Scheme),
        ("file:///etc/passwd", Denied::Scheme),
        ("gopher://models.example", Denied::Scheme),
        ("javascript:alert(1)", Denied::Scheme),
        ("https://user@models.example", Denied::Userinfo),
        ("https://user:secret@models.example", Denied::Userinfo),
        ("https://:secret@models.example", Denied::Userinfo),
        ("https://models.example/?a=b", Denied::Query),
        ("https://models.example/#x", Denied::Query),
        ("https://models.example:0", Denied::Port),
        ("https://metadata.google.internal/", Denied::Address(Kind::Metadata)),
        ("http://8.8.8.8/", Denied::PlainHttp),
        ("https://spectr.example/v1", Denied::Own),
        ("https://SPECTR.example.:8443/v1", Denied::Own),
    ] {
        assert_eq!(refused(&public(), text), denied, "{text}");
        assert!(denied.message().ends_with('.'));
    }
    assert_eq!(
        refused(&public(), &format!("https://a.example/{}", "x".repeat(2000))),
        Denied::TooLong
    );
}

#[test]
fn one_bad_address_among_good_ones_refuses_the_name() {
    let mode = public()
        .check_url(&Url::parse("https://models.example").unwrap())
        .unwrap();
    let addr = |text: &str| text.parse::<SocketAddr>().unwrap();
    let mixed = vec![addr("8.8.8.8:0"), addr("10.0.0.1:0")];
    assert_eq!(
        public().check_all("models.example", mixed, mode),
        Err(Denied::Address(Kind::Private))
    );
    let good = vec![addr("8.8.8.8:0"), addr("[2606:4700::1]:0")];
    assert_eq!(public().check_all("models.example", good.clone(), mode), Ok(good));
}

#[test]
fn on_a_laptop_loopback_is_allowed_but_never_our_own_port() {
    let local = guard(&[
        ("SPECTR_ADDR", "127.0.0.1:3131"),
        ("SPECTR_METRICS_ADDR", "127.0.0.1:3132"),
    ]);
    for text in [
        "http://127.0.0.1:11434/v1",
        "http://localhost:11434/v1",
        "http://[::1]:11434",
        "https://127.9.9.9",
    ] {
        assert!(local.parse(text).is_ok(), "{text}");
    }
    for text in [
        "http://127.0.0.1:3131",
        "http://localhost:3131/v1",
        "http://x.localhost:3131",
        "http://LOCALHOST.:3131",
        "http://[::1]:3131",
        "http://127.8.8.8:3131",
        "http://0.0.0.0:3131",
        "http://2130706433:3131",
        "http://127.0.0.1:3132",
    ] {
        assert_eq!(refused(&local, text), Denied::Own, "{text}");
    }
    assert_eq!(refused(&local, "http://10.0.0.1"), Denied::Address(Kind::Private));
    assert_eq!(refused(&local, "http://[::ffff:127.0.0.1]:3131"), Denied::Own);
    let embedded = Denied::Address(Kind::Embedded);
    assert_eq!(refused(&local, "http://[::ffff:127.0.0.1]:11434"), embedded);
}

#[test]
fn the_ports_of_our_database_are_our_own() {
    let local = guard(&[("DATABASE_URL", "postgres://u:p@127.0.0.1:3133/x")]);
    assert_eq!(refused(&local, "http://127.0.0.1:3133"), Denied::Own);
}

#[test]
fn a_name_that_leads_to_our_own_port_is_refused_when_it_is_dialled() {
    let local = guard(&[
        ("SPECTR_ADDR", "127.0.0.1:3131"),
        ("SPECTR_ALLOW_TARGETS", "rebind.example 10.0.0.0/8"),
    ]);
    let mode = local
        .check_url(&Url::parse("http://rebind.example:3131").unwrap())
        .unwrap();
    let back = vec!["127.0.0.1:0".parse().unwrap()];
    assert_eq!(local.check_all("rebind.example", back, mode), Err(Denied::Own));
}

#[test]
fn the_operators_exceptions_hold_for_hosts_and_networks() {
    let allowing = guard(&[
        ("SPECTR_ADDR", "0.0.0.0:3131"),
        ("SPECTR_ALLOW_TARGETS", "Ollama.internal, 10.1.0.0/16 192.168.7.9"),
    ]);
    assert!(allowing.parse("http://10.1.2.3:8000").is_ok() && allowing.parse("http://192.168.7.9").is_ok());
    assert_eq!(refused(&allowing, "http://10.2.0.1"), Denied::Address(Kind::Private));
    assert_eq!(
        refused(&allowing, "http://127.0.0.1:11434"),
        Denied::Address(Kind::Loopback)
    );
    let mode = allowing
        .check_url(&Url::parse("http://ollama.internal:11434").unwrap())
        .unwrap();
    let inside: Vec<SocketAddr> = vec!["10.9.9.9:0".parse().unwrap()];
    assert!(allowing.check_all("ollama.internal", inside.clone(), mode).is_ok());
    assert!(allowing.check_all("other.internal", inside, mode).is_err());
    let outside = vec!["8.8.8.8:0".parse().unwrap()];
    assert_eq!(
        allowing.check_all("other.example", outside, mode),
        Err(Denied::PlainHttp)
    );
}

#[test]
fn a_list_of_exceptions_switches_the_default_for_loopback_off() {
    let local = guard(&[
        ("SPECTR_ADDR", "127.0.0.1:3131"),
        ("SPECTR_ALLOW_TARGETS", "10.0.0.0/8"),
    ]);
    assert!(local.parse("http://127.0.0.1:11434").is_err());
}

proptest! {
    #[test]
    fn what_the_standard_library_calls_special_never_passes(bits in any::<u32>()) {
        let ip = std::net::Ipv4Addr::from(bits);
        if ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || ip.is_broadcast()
            || ip.is_documentation() || ip.is_unspecified()
        {
            prop_assert!(kind(ip.into()).is_some(), "{}", ip);
        }
    }

    #[test]
    fn special_ipv4_blocks_are_refused_however_they_are_written(block in 0..7_usize, low in any::<u32>()) {
        let (first, bits) = [(0x0a00_0000, 24), (0x7f00_0000, 24), (0xa9fe_0000, 16), (0xac10_0000, 20), (0xc0a8_0000, 16), (0x6440_0000, 22), (0xe000_0000, 28)][block];
        let number = first | (low & ((1_u32 << bits) - 1));
        let [a, b, c, d] = number.to_be_bytes();
        for text in [format!("{number}"), format!("{number:#x}"), format!("0{number:o}"), format!("{a:#o}.{b}.{c}.{d}").replacen("0o", "0", 1), format!("{a}.{}", number & 0xff_ffff)] {
            prop_assert!(matches!(public().parse(&format!("https://{text}/")), Err(Denied::Address(_))), "{}", text);
        }
    }

    #[test]
    fn ipv6_outside_the_public_block_never_passes(bits in any::<u128>()) {
        let ip = std::net::Ipv6Addr::from(bits);
        if bits >> 125 != 1 {
            prop_assert!(kind(ip.into()).is_some());
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,60}") {
        let _ = public().parse(&text);
        let _ = public().parse(&format!("https://{text}"));
    }
}
