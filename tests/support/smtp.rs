//! A real SMTP server on this machine, with STARTTLS, TLS, authentication and moods.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Ends with the test that started it.
pub struct SmtpServer {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub port: u64,
}

/// Name and password that the server takes; `+` and `@` must survive the URL.
pub const LOGIN: (&str, &str) = ("mailer@spectr", "p+w:1/2 ü");

impl SmtpServer {
    /// Starts the server; `settings` are environment variables of `tests/support/smtp/server.mjs`.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new("node")
            .arg(folder().join("server.mjs"))
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js runs; `cargo xtask test` sets it up");
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, lines, port: 0 };
        server.port = server.next()["port"].as_u64().unwrap();
        server
    }

    /// What the server says next: a mail that it took.
    pub fn next(&mut self) -> Value {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).unwrap();
        assert_ne!(
            read, 0,
            "the SMTP server ended; `cargo xtask test` installs the npm package it needs"
        );
        serde_json::from_str(&line).unwrap()
    }

    /// The certificate authority that signed the server's certificate.
    pub fn ca() -> String {
        folder().join("ca.pem").display().to_string()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp")
}
