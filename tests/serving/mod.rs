//! The built server as a process: how it begins, how it ends, and what it refuses to begin with.

use crate::support::command::{Server, refuse, spectr, succeed};
use rustix::process::Signal;
use spectr::infra::config::Settings;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

/// The settings of a server with its data in this folder.
fn settings(data: &Path) -> Settings {
    Settings::from([("SPECTR_DATA_DIR".to_owned(), data.display().to_string())])
}

fn connect(server: &Server) -> std::io::Result<TcpStream> {
    TcpStream::connect(server.url.strip_prefix("http://").unwrap())
}

/// A request that keeps a server from ending: its body never comes.
fn unfinished(server: &Server) -> TcpStream {
    let mut stream = connect(server).unwrap();
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 9\r\nExpect: 100-continue\r\n\r\n",
        server.url
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100", "it waits for the body");
    stream
}

#[test]
fn a_second_signal_ends_a_server_at_once_and_the_exit_code_tells() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(&settings(folder.path()));
        let waiting = unfinished(&server);
        server.tell(Signal::TERM);
        server.hear("stopping");
        server.tell(signal);
        server.hear("stopped at once");
        assert_eq!(server.end().code(), Some(code));
        drop(waiting);
    }
}

#[test]
fn one_signal_ends_a_server_in_peace() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&settings(folder.path()));
    server.tell(Signal::INT);
    assert_eq!(server.end().code(), Some(0));
}

#[test]
fn a_server_that_waits_for_another_one_takes_no_connections() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Server::start(&settings(folder.path()));
    let second = Server::begin(&settings(folder.path()));
    second.hear("waiting for it to end");
    assert!(connect(&second).is_err());
    first.tell(Signal::TERM);
    first.end();
    second.hear("listening");
    connect(&second).unwrap();
}

#[test]
fn a_server_says_that_it_listens_only_when_it_has_all_its_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut all = settings(folder.path());
    all.insert("SPECTR_ADDR".to_owned(), free.to_string());
    let metrics = taken.local_addr().unwrap().to_string();
    all.insert("SPECTR_METRICS_ADDR".to_owned(), metrics);
    let why = refuse(&spectr(&all, &["serve"]));
    assert!(
        why.contains("SPECTR_METRICS_ADDR") && !why.contains("\"listening\""),
        "{why}"
    );
}

#[test]
fn a_data_folder_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("50% sure? #1 %3F");
    let server = Server::start(&settings(&data));
    for file in ["spectr.db", "keystore.db"] {
        assert!(data.join(file).is_file(), "{file}");
    }
    drop(server);
    let backup = folder.path().join("100%25?");
    let target = backup.display().to_string();
    succeed(&spectr(&settings(&data), &["backup", &target]));
    assert!(backup.join("keystore.backup").is_file());
    assert!(succeed(&spectr(&settings(&data), &["keys", "check"])).contains("data keys"));
}

#[test]
fn the_database_that_the_environment_of_postgresql_names_needs_verified_tls_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = settings(folder.path());
    all.insert("DATABASE_URL".to_owned(), "postgres:///x".to_owned());
    all.insert("PGHOST".to_owned(), "db.example".to_owned());
    let why = refuse(&spectr(&all, &["migrate"]));
    assert!(
        why.contains("db.example") && why.contains("sslmode=verify-full"),
        "{why}"
    );
}
