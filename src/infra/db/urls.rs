//! What a database URL leads to, read by the very parsers that the drivers dial with: a second
//! reading of the same text would sooner or later differ from theirs. For PostgreSQL they also
//! look at `PGHOST` and its like.

use super::Result;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The URL of an SQLite file. In it `%` begins an escape and `?` ends the path.
#[must_use]
pub fn sqlite_url(path: &Path) -> String {
    let path = path.display().to_string();
    format!("sqlite://{}", path.replace('%', "%25").replace('?', "%3F"))
}

/// The file behind an SQLite URL.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let options = url
        .starts_with("sqlite:")
        .then(|| SqliteConnectOptions::from_str(url))?;
    Some(options.ok()?.get_filename().to_owned())
}

/// The role in a PostgreSQL URL.
#[must_use]
pub fn role(url: &str) -> Option<String> {
    Some(postgres(url)?.ok()?.get_username().to_owned())
}

/// Host, or folder of the socket, and port of a PostgreSQL server.
#[must_use]
pub fn server(url: &str) -> Option<(String, u16)> {
    let options = postgres(url)?.ok()?;
    let host = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => options.get_host().to_owned(),
    };
    Some((host, options.get_port()))
}

/// The PostgreSQL server on another machine that would be spoken to without verified TLS.
///
/// # Errors
/// When the URL cannot be read.
pub fn unverified_server(url: &str) -> Result<Option<String>> {
    let Some(options) = postgres(url).transpose()? else {
        return Ok(None);
    };
    let is_verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
    Ok((!is_verified && !is_here(&options)).then(|| options.get_host().to_owned()))
}

fn postgres(url: &str) -> Option<Result<PgConnectOptions>> {
    url.starts_with("postgres").then(|| PgConnectOptions::from_str(url))
}

/// A socket wins over a host, and a host that begins with a slash is the folder of one.
fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_leads_through_its_url_and_back() {
        for path in ["./data/spectr.db", "/a b/50%/x?.db", "/%2F/ü#.db"] {
            assert_eq!(sqlite_file(&sqlite_url(Path::new(path))), Some(path.into()), "{path}");
        }
        assert_eq!(sqlite_file("sqlite:///a/b.db?mode=rwc"), Some("/a/b.db".into()));
        assert_eq!(sqlite_file("postgres://h/x"), None);
    }

    #[test]
    fn what_is_dialled_counts_and_not_what_stands_first_in_the_url() {
        for (url, open) in [
            ("postgres://u:p@db.example/x", Some("db.example")),
            ("postgres://u:p@db.example/x?sslmode=require", Some("db.example")),
            ("postgres://u:p@localhost/x?host=192.0.2.2", Some("192.0.2.2")),
            ("postgres://u:p@localhost/x?hostaddr=192.0.2.7", Some("192.0.2.7")),
            ("postgres://u:p@db/x?sslmode=verify-full&sslmode=disable", Some("db")),
            ("postgres://u:p@db/x?sslmode=verify-full&ssl-mode=disable", Some("db")),
            ("postgres://u:p@db/x?sslmode=disable&sslmode=verify-full", None),
            ("postgres://u:p@db/x?host=127.0.0.1", None),
            ("postgres://u:p@LOCALHOST/x", None),
            ("postgres://u:p@[::1]/x", None),
            ("postgres://u:p@%2Frun%2Fpostgresql/x", None),
            ("postgres:///x?host=/run/postgresql", None),
            ("sqlite://x", None),
        ] {
            assert_eq!(unverified_server(url).unwrap().as_deref(), open, "{url}");
        }
        assert!(unverified_server("postgres://u:p@localhost/x?sslmode=on").is_err());
    }

    #[test]
    fn a_server_is_its_host_and_port_wherever_they_stand() {
        assert_eq!(server("postgres://u@a/x?host=b&port=7"), Some(("b".to_owned(), 7)));
        assert_eq!(server("postgres://u@%2Frun/x?port=7"), Some(("/run".to_owned(), 7)));
        assert_eq!(server("sqlite://x"), None);
    }
}
