//! Settings as they are written, and what becomes of them.

use super::*;

fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_settings(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
}

/// What is said of a setting that is refused.
#[track_caller]
fn refusal(name: &str, value: &str) -> String {
    config(&[(name, value)]).unwrap_err().to_string()
}

#[test]
fn no_variable_is_needed() {
    let config = config(&[]).unwrap();
    assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
    assert_eq!(config.database_url, "sqlite://./data/spectr.db");
    assert!(config.shows_links() && config.allow_targets.loopback);
}

#[test]
fn port_alone_listens_everywhere() {
    let config = config(&[("PORT", "8080")]).unwrap();
    assert_eq!(config.addr.to_string(), "0.0.0.0:8080");
    assert!(!config.is_local() && !config.allow_targets.loopback);
}

#[test]
fn links_are_shown_only_where_nobody_else_can_come() {
    let shows = |pairs: &[(&str, &str)]| config(pairs).unwrap().shows_links();
    for url in [
        "http://localhost:3000",
        "http://spectr.localhost",
        "http://127.0.0.2",
        "http://[::1]:3000",
    ] {
        assert!(shows(&[("SPECTR_PUBLIC_URL", url)]), "{url}");
        assert!(!shows(&[("SPECTR_PUBLIC_URL", url), ("PORT", "3000")]), "{url}");
    }
    for url in [
        "http://spectr.intranet.example",
        "http://192.0.2.1",
        "http://localhost.example",
    ] {
        assert!(!shows(&[("SPECTR_PUBLIC_URL", url)]), "{url}");
    }
    assert!(!shows(&[("SPECTR_SMTP_URL", "smtp://mail.example")]));
}

#[test]
fn under_a_public_address_loopback_is_no_target_unless_it_is_named() {
    let allowed = |pairs: &[(&str, &str)]| config(pairs).unwrap().allow_targets;
    let public = ("SPECTR_PUBLIC_URL", "http://spectr.intranet.example");
    assert_eq!(allowed(&[public]), AllowTargets::default());
    assert_eq!(
        allowed(&[public, ("SPECTR_ALLOW_TARGETS", "127.0.0.1")]).networks,
        ["127.0.0.1/32".parse().unwrap()]
    );
}

#[test]
fn no_targets_at_all_can_be_asked_for() {
    for nothing in ["", " ", "none", "NONE"] {
        let config = config(&[("SPECTR_ALLOW_TARGETS", nothing)]).unwrap();
        assert_eq!(config.allow_targets, AllowTargets::default(), "{nothing:?}");
    }
}

#[test]
fn targets_are_names_and_networks_and_nothing_that_would_never_match() {
    let config = config(&[(
        "SPECTR_ALLOW_TARGETS",
        "Ollama.internal, 10.1.0.0/16 [fd00::1] bücher.example",
    )])
    .unwrap();
    assert_eq!(config.allow_targets.hosts, ["ollama.internal", "xn--bcher-kva.example"]);
    let networks = ["10.1.0.0/16", "fd00::1/128"].map(|net| net.parse::<IpNet>().unwrap());
    assert_eq!(config.allow_targets.networks, networks);
    for bad in [
        "10.0.0.0/99",
        "fd00::/129",
        "http://ollama",
        "ollama:11434",
        "*.internal",
        "none,10.0.0.0/8",
    ] {
        let why = refusal("SPECTR_ALLOW_TARGETS", bad);
        assert!(why.contains("10.0.0.0/8") && why.contains("models.internal"), "{why}");
    }
}

#[test]
fn a_remote_postgres_without_verified_tls_is_refused() {
    for name in ["DATABASE_URL", "DATABASE_MIGRATE_URL", "SPECTR_KEYSTORE_URL"] {
        let why = refusal(name, "postgres://u:secret@localhost/x?host=192.0.2.2");
        assert!(
            why.contains("192.0.2.2") && why.contains(name) && !why.contains("secret"),
            "{why}"
        );
    }
    assert!(config(&[("DATABASE_URL", "postgres://u:p@db.example/x?sslmode=verify-full")]).is_ok());
    assert!(config(&[("DATABASE_URL", "postgres://u:p@127.0.0.1/x")]).is_ok());
    let why = refusal("DATABASE_URL", "postgres://u:secret@localhost/x?sslmode=on");
    assert!(
        why.contains("DATABASE_URL is not valid") && !why.contains("secret"),
        "{why}"
    );
}

#[test]
fn https_requires_region_operator_and_contact() {
    assert!(matches!(
        config(&[("SPECTR_PUBLIC_URL", "https://spectr.example")]),
        Err(ConfigError::Missing { name: "SPECTR_REGION" })
    ));
}

#[test]
fn a_public_address_is_an_origin_and_a_password_in_it_is_not_repeated() {
    for bad in [
        "http://x.example/a",
        "http://x.example?a",
        "http://x.example#a",
        "ftp://x.example",
    ] {
        let why = refusal("SPECTR_PUBLIC_URL", bad);
        assert!(why.contains(bad) && why.contains("https://HOST"), "{why}");
    }
    for bad in [
        "http://ada@x.example",
        "http://ada:secret@x.example",
        "http://ada:secret@x.example:99999",
    ] {
        let why = refusal("SPECTR_PUBLIC_URL", bad);
        assert!(why.contains("SPECTR_PUBLIC_URL") && !why.contains("secret"), "{why}");
    }
    let why = refusal("SPECTR_OPENAI_BASE_URL", "ftp://ada:secret@x.example");
    assert!(!why.contains("secret"), "{why}");
}

#[test]
fn port_0_is_no_port() {
    assert!(refusal("PORT", "0").contains("1 to 65535"));
    assert!(refusal("SPECTR_ADDR", "127.0.0.1:0").contains("1 to 65535"));
    assert!(refusal("SPECTR_METRICS_ADDR", "127.0.0.1:0").contains("1 to 65535"));
}

#[test]
fn a_log_filter_that_would_silence_everything_by_mistake_is_refused() {
    for bad in ["junk==", "loud", " , ", "info,spectr", "spectr=loud", "[x"] {
        let why = refusal("SPECTR_LOG", bad);
        assert!(why.contains("info,spectr=debug"), "{why}");
    }
    for good in [
        "off",
        "WARN",
        "info,spectr=debug",
        "info, spectr::web=trace",
        "warn,[call]=debug",
    ] {
        assert_eq!(config(&[("SPECTR_LOG", good)]).unwrap().log, good.replace(' ', ""));
    }
}
