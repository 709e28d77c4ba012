//! A private PostgreSQL for the tests: a folder and a port of its own, gone afterwards.
//!
//! The server refuses to run as root, so root gives it to an ordinary user. It dies with this process
//! even when that is killed (`setpriv --pdeathsig`), so it must be started by the main thread.

use crate::workspace::find_program;
use crate::{cargo, setup};
use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PREFIX: &str = "spectr-test-postgres-";
const USER: &str = "spectr";
/// Linux keeps what lies here in memory.
const MEMORY: &str = "/dev/shm";
/// Kilobytes that have to be free there; the server takes up to half a gigabyte.
const ROOM: u64 = 2 * 1024 * 1024;
const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(15);

/// A running server; dropping it stops it and removes its folder.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    owner: Option<Owner>,
    password: String,
    port: u16,
    server: Option<Child>,
}

/// Whom root gives the server to.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Makes a cluster with the programs in `bin` and starts it.
    ///
    /// # Errors
    /// With what PostgreSQL said.
    pub fn start(bin: &Path) -> Result<Self, String> {
        remove_leftovers();
        let folder = parent().join(format!("{PREFIX}{}", std::process::id()));
        let mut this = Self {
            bin: bin.to_owned(),
            folder,
            owner: if setup::is_root()? { Some(unprivileged()?) } else { None },
            password: random_password()?,
            port: 0,
            server: None,
        };
        this.create().map_err(|error| format!("PostgreSQL: {error}"))?;
        this.serve().map_err(|error| format!("PostgreSQL: {error}"))?;
        Ok(this)
    }

    /// The address of the maintenance database, for a superuser.
    #[must_use]
    pub fn url(&self) -> String {
        self.database_url("postgres")
    }

    /// Makes an empty database: its address.
    ///
    /// # Errors
    /// With what PostgreSQL said.
    pub fn create_database(&self, name: &str) -> Result<String, String> {
        let mut command = self.program("createdb");
        command
            .args([
                "--host=127.0.0.1",
                "--username",
                USER,
                "--port",
                &self.port.to_string(),
                name,
            ])
            .env("PGPASSWORD", &self.password);
        cargo::succeed(&mut command)?;
        Ok(self.database_url(name))
    }

    fn database_url(&self, name: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{name}", self.password, self.port)
    }

    fn create(&self) -> Result<(), String> {
        let password = self.folder.join("password");
        let made = fs::create_dir(&self.folder)
            .and_then(|()| fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700)))
            .and_then(|()| fs::write(&password, &self.password))
            .and_then(|()| fs::set_permissions(&password, fs::Permissions::from_mode(0o600)));
        made.map_err(|error| format!("{}: {error}", self.folder.display()))?;
        if let Some(Owner { user, group }) = self.owner {
            for path in [&self.folder, &password] {
                chown(path, Some(user), Some(group)).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        let mut command = self.program("initdb");
        command
            .args([
                "--username",
                USER,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .args(["--pwfile=password", "--pgdata=data"]);
        cargo::text(&mut command).map(drop)
    }

    /// A free port may be taken by another process before the server has it: then the next one.
    fn serve(&mut self) -> Result<(), String> {
        let mut last = String::new();
        for _ in 0..3 {
            self.port = free_port()?;
            let child = self.server_command().spawn().map_err(|error| error.to_string())?;
            self.server = Some(child);
            match self.wait_until_ready() {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(format!("{last}\n{}", self.log()))
    }

    fn server_command(&self) -> Command {
        let port = self.port.to_string();
        let folder = self.folder.to_string_lossy();
        let mut command = self.program("postgres");
        command
            .args(["-D", "data", "-p", &port, "-h", "127.0.0.1", "-k", &folder])
            // Nothing here must survive a crash, and every test has a pool of its own.
            .args([
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "max_wal_size=256MB",
            ])
            .args([
                "-c",
                "max_connections=300",
                "-c",
                "logging_collector=on",
                "-c",
                "log_directory=..",
            ])
            .args(["-c", "log_filename=server.log"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let end = Instant::now() + START;
        while Instant::now() < end {
            let ended = self.server.as_mut().map(Child::try_wait);
            if let Some(Ok(Some(status))) = ended {
                return Err(format!("the server ended with {status}"));
            }
            let mut ask = self.program("pg_isready");
            ask.args(["--quiet", "--host=127.0.0.1", "--port", &self.port.to_string()]);
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("the server was not ready after {} s", START.as_secs()))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// A command in the server's folder, as its owner, that ends when this process ends.
    fn program(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        let mut command = match find_program(&["setpriv"]) {
            None => Command::new(&path),
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                if let Some(Owner { user, group }) = self.owner {
                    command.args([
                        format!("--reuid={user}"),
                        format!("--regid={group}"),
                        "--clear-groups".into(),
                    ]);
                }
                command.args(["--pdeathsig", "INT", "--"]).arg(&path);
                command
            }
        };
        command.current_dir(&self.folder);
        command
    }

    fn stop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // SIGQUIT: at once, without a checkpoint.
        let quit = Command::new("sh")
            .args(["-c", &format!("kill -QUIT {}", server.id())])
            .status();
        let end = Instant::now() + STOP;
        while quit.is_ok() && Instant::now() < end {
            if let Ok(Some(_)) = server.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        server.kill().ok();
        server.wait().ok();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Folders of runs that were killed.
fn remove_leftovers() {
    let parents = [PathBuf::from(MEMORY), std::env::temp_dir()];
    for entry in parents
        .iter()
        .filter_map(|it| fs::read_dir(it).ok())
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        if process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists() {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// Where the folder is made: in memory where there is plenty, because each test makes a database of some hundred files and
/// drops it, which takes a disk longer than the test itself.
fn parent() -> PathBuf {
    let has_room = || {
        let told = cargo::text(Command::new("df").args(["-Pk", MEMORY])).ok()?;
        Some(free_kilobytes(&told)? >= ROOM)
    };
    if Path::new(MEMORY).is_dir() && has_room() == Some(true) {
        PathBuf::from(MEMORY)
    } else {
        std::env::temp_dir()
    }
}

/// The fourth column of the last line that `df -Pk` prints (POSIX).
fn free_kilobytes(told: &str) -> Option<u64> {
    told.lines().last()?.split_whitespace().nth(3)?.parse().ok()
}

/// PostgreSQL's own user, else `nobody`.
fn unprivileged() -> Result<Owner, String> {
    if find_program(&["setpriv"]).is_none() {
        return Err("root cannot start PostgreSQL without setpriv (util-linux): run as an ordinary user".into());
    }
    let users = fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| owner(&users, name))
        .ok_or_else(|| "this system has neither a user `postgres` nor `nobody` to run PostgreSQL as".into())
}

fn owner(users: &str, name: &str) -> Option<Owner> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    Some(Owner {
        user: numbers.next()?.ok()?,
        group: numbers.next()?.ok()?,
    })
}

fn random_password() -> Result<String, String> {
    let mut bytes = [0u8; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let users = "postgres2:x:1:1::/:/bin/sh\npostgres:x:101:104:P,,,:/var:/bin/bash\n";
        let found = owner(users, "postgres").unwrap();
        assert_eq!((found.user, found.group), (101, 104));
        assert!(owner(users, "nobody").is_none());
    }

    #[test]
    fn free_room_is_read_from_the_line_of_the_file_system() {
        let told =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\ntmpfs 25165824 13000 25152824 1% /dev/shm\n";
        assert_eq!(free_kilobytes(told), Some(25_152_824));
        assert_eq!(free_kilobytes(""), None);
    }

    #[test]
    fn passwords_differ() {
        assert_ne!(random_password().unwrap(), random_password().unwrap());
        assert_eq!(random_password().unwrap().len(), 32);
    }
}
