//! The built binary beside a running test server: the same data folder, the same databases.

use super::TestApp;
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};
use spectr::infra::clock::{Clock, SystemClock};
use spectr::infra::config::Settings;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// Commands ask the machine's clock; from here on the test's clock shows the same.
pub fn by_the_wall_clock(app: &TestApp) {
    app.clock.advance(SystemClock.now().0 - app.clock_now().0);
}

/// The settings of the running test server with a data folder of its own, for a command beside it.
pub fn settings(app: &TestApp, data: &Path) -> Settings {
    let mut all = Settings::from([
        ("SPECTR_ADDR".to_owned(), "127.0.0.1:1".to_owned()),
        ("SPECTR_DATA_DIR".to_owned(), data.display().to_string()),
        ("SPECTR_LOG".to_owned(), "off".to_owned()),
        (
            "SPECTR_MASTER_KEY_FILE".to_owned(),
            app.data_dir().join("master.keys").display().to_string(),
        ),
    ]);
    if app.app.config.database_url.starts_with("postgres") {
        all.insert("DATABASE_URL".to_owned(), app.app.config.database_url.clone());
    }
    all
}

/// Runs `spectr` with these settings and nothing else in its environment.
pub fn spectr(settings: &Settings, arguments: &[&str]) -> Output {
    spectr_with(settings, arguments, "")
}

/// As [`spectr`], with this on its standard input.
pub fn spectr_with(settings: &Settings, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spectr"));
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .envs(settings)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may have ended already.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

/// What it said; fails the test unless it succeeded.
#[track_caller]
pub fn succeed(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Why it refused; fails the test unless it ended with 2 and said nothing else.
#[track_caller]
pub fn refuse(output: &Output) -> String {
    let (said, why) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!((output.status.code(), &*said), (Some(2), ""), "{why}");
    why.into_owned()
}

/// `spectr serve` as a process of its own; it ends with this.
pub struct Server {
    child: Child,
    log: Receiver<String>,
    pub url: String,
}

impl Server {
    /// Answers when it listens, on a free port.
    pub fn start(settings: &Settings) -> Self {
        let server = Self::begin(settings);
        server.hear("listening");
        server
    }

    /// Answers at once; it will listen on a port that was free a moment ago.
    pub fn begin(settings: &Settings) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // With the signal ignored, a file that may not grow fails the write, as a full disk does.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_spectr")])
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(settings)
            .env("SPECTR_ADDR", format!("127.0.0.1:{port}"))
            .env("SPECTR_LOG", "info")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (said, log) = channel();
        // Read to the end whether or not somebody listens: a full pipe would hold the server up.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(said.send(line))));
        let url = format!("http://127.0.0.1:{port}");
        Self { child, log, url }
    }

    /// Waits until its log says this.
    #[track_caller]
    pub fn hear(&self, text: &str) {
        assert!(
            self.log.iter().any(|line| line.contains(text)),
            "it ended without \"{text}\""
        );
    }

    pub fn tell(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.id().cast_signed()).unwrap(), signal).unwrap();
    }

    /// Waits until it has ended.
    pub fn end(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// From now on no file of the server grows beyond so many bytes, or again without a limit. Works for root and
    /// for everybody else.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = Rlimit {
            current: bytes,
            maximum: getrlimit(Resource::Fsize).maximum,
        };
        prlimit(Pid::from_raw(self.id().cast_signed()), Resource::Fsize, limit).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
