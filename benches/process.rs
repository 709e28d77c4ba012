//! Processes that the benchmark starts, and what the kernel says of them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Clock ticks per second in `/proc`, fixed on Linux for user space.
const TICKS: f64 = 100.0;

/// A process that ends with this value.
pub struct Started {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

impl Drop for Started {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Started {
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

/// Starts this program again in another role; it prints its address first.
pub fn start_role(arguments: &[&str]) -> Started {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut address)
        .unwrap();
    Started {
        child,
        address: address.trim().to_owned(),
    }
}

/// Starts the real server on the prepared data folder.
pub fn start_server(folder: &Path, upstream: &str) -> Started {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("127.0.0.1:{port}");
    let child = Command::new(env!("CARGO_BIN_EXE_spectr"))
        .env_clear()
        .env("SPECTR_ADDR", &address)
        .env("SPECTR_DATA_DIR", folder.join("data"))
        .env("SPECTR_OPENAI_BASE_URL", format!("http://{upstream}"))
        .env("SPECTR_LOG", "error")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let started = Started { child, address };
    for _ in 0..200 {
        if std::net::TcpStream::connect(&started.address).is_ok() {
            return started;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the server does not listen");
}

/// CPU seconds that a process has used, all threads.
pub fn cpu_seconds(id: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
}

/// Resident memory of a process in bytes.
pub fn resident(id: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}
