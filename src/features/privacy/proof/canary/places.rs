//! Everything that this server can read: databases by file or by row, keystore, mails, the data
//! folder, its log, temporary files.

use super::Marks;
use super::needles::Needles;
use super::server::{Files, Mark};
use crate::domain::privacy::inventory::Store;
use crate::features::App;
use crate::infra::db::{self, Db, Held};
use crate::infra::log_tail;
use futures::StreamExt;
use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// How deep folders of temporary files are looked into.
const TEMPORARY_DEPTH: usize = 4;

/// One place and how much of it was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub name: &'static str,
    pub files: u64,
    pub bytes: u64,
    pub rows: u64,
    /// Why it could not be searched whole.
    pub problem: Option<String>,
}

impl Place {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}

/// A place, and the names of what in it holds the string.
type Searched = (Place, Vec<String>);

pub(super) struct Search {
    pub app: App,
    pub needles: Needles,
    /// When the run began, by the clock that stamps files.
    pub since: SystemTime,
    /// Where the log was then.
    pub log: u64,
    /// Where the logs of the databases were then.
    pub marks: Marks,
}

impl Search {
    /// Searches place after place; each is told when it is through.
    pub(super) async fn all(self, mut told: impl FnMut(Place, Vec<String>)) {
        let search = Arc::new(self);
        for (db, store, name, files) in [
            (&search.app.db, Store::Main, "Database", "Files of the database"),
            (
                &search.app.keystore,
                Store::Keystore,
                "Keystore",
                "Files of the keystore",
            ),
        ] {
            let (place, found) = match db {
                Db::Sqlite { .. } => search.clone().apart(move |it| it.sqlite(store, name)).await,
                Db::Postgres(_) => search.rows(db, store, name).await,
            };
            told(place, found);
            if let Some((place, found)) = search.server(db, store, files).await {
                told(place, found);
            }
        }
        let parts: [fn(&Self) -> Searched; 4] = [Self::mails, Self::data, Self::logs, Self::temporary];
        for part in parts {
            let (place, found) = search.clone().apart(part).await;
            told(place, found);
        }
    }

    /// Files are read on a thread that may block.
    async fn apart(self: Arc<Self>, part: impl FnOnce(&Self) -> Searched + Send + 'static) -> Searched {
        let searched = tokio::task::spawn_blocking(move || part(&self)).await;
        searched.unwrap_or_else(|_| {
            let mut place = Place::new("A place");
            place.problem = Some("the search of it broke off".to_owned());
            (place, Vec::new())
        })
    }

    fn file_of(&self, store: Store) -> Option<PathBuf> {
        db::sqlite_file(match store {
            Store::Main => &self.app.config.database_url,
            Store::Keystore => &self.app.config.keystore_url,
        })
    }

    /// The database's file with its write-ahead log.
    fn sqlite(&self, store: Store, name: &'static str) -> Searched {
        let mut searched = (Place::new(name), Vec::new());
        for path in self.file_of(store).iter().flat_map(|path| with_companions(path)) {
            // Closing a descriptor of its own would take SQLite's locks away.
            self.search(
                &path,
                Held::open(&path).and_then(|file| Ok((file.size()?, file))),
                &mut searched,
            );
        }
        searched
    }

    /// Every row of every table, as text: bytes show in hexadecimal.
    async fn rows(&self, db: &Db, store: Store, name: &'static str) -> Searched {
        let mut searched = (Place::new(name), Vec::new());
        if let Err(error) = self.read_rows(db, store, &mut searched).await {
            tracing::warn!(%error, "a canary could not search the database");
            searched.0.problem = Some("a table could not be read".to_owned());
        }
        searched
    }

    /// The files of a server that lets our role read them.
    async fn server(&self, db: &Db, store: Store, name: &'static str) -> Option<Searched> {
        let Db::Postgres(pool) = db else { return None };
        let mark: Mark = match store {
            Store::Main => self.marks.main,
            Store::Keystore => self.marks.keystore,
        }?;
        let mut files = Files {
            pool,
            needles: &self.needles,
            place: Place::new(name),
            found: Vec::new(),
        };
        // Two stores of one server share its log.
        let config = &self.app.config;
        if store == Store::Main || db::server(&config.database_url) != db::server(&config.keystore_url) {
            files.log(mark).await;
        }
        files.tables(store).await;
        Some((files.place, files.found))
    }

    async fn read_rows(&self, db: &Db, store: Store, (place, found): &mut Searched) -> db::Result<()> {
        const TABLES: &str = "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables \
             WHERE schemaname = $1 ORDER BY 1";
        let Db::Postgres(pool) = db else { return Ok(()) };
        let schema = if store == Store::Main { "public" } else { "keystore" };
        let tables: Vec<String> = sqlx::query_scalar(TABLES).bind(schema).fetch_all(pool).await?;
        for table in tables {
            // Quoted by the database itself.
            let sql = sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} AS t"));
            let mut rows = sqlx::query_scalar::<_, String>(sql).fetch(pool);
            let mut holds = false;
            while let Some(row) = rows.next().await {
                let row = row?;
                place.rows += 1;
                place.bytes += row.len() as u64;
                holds |= self.needles.are_in(row.as_bytes());
            }
            if holds {
                found.push(format!("table {table}"));
            }
        }
        Ok(())
    }

    fn mails(&self) -> Searched {
        let mut searched = (Place::new("Mail folder"), Vec::new());
        self.folder(&self.app.config.data_dir.join("outbox"), &mut searched);
        searched
    }

    /// What is in the data folder besides databases and mails.
    fn data(&self) -> Searched {
        let mut searched = (Place::new("Data folder"), Vec::new());
        let folder = &self.app.config.data_dir;
        let databases: Vec<PathBuf> = [Store::Main, Store::Keystore]
            .into_iter()
            .filter_map(|store| self.file_of(store))
            .flat_map(|path| with_companions(&path))
            .collect();
        match entries(folder) {
            Ok(paths) => {
                for path in paths {
                    if path != folder.join("outbox") && !databases.contains(&path) {
                        self.folder(&path, &mut searched);
                    }
                }
            }
            Err(_) => searched.0.problem = Some("the folder could not be read".to_owned()),
        }
        searched
    }

    /// The end of the log that is kept in memory and, where the output goes to a file, that file.
    fn logs(&self) -> Searched {
        let mut searched = (Place::new("Log"), Vec::new());
        let (lines, is_whole) = log_tail::since(self.log);
        searched.0.bytes += lines.len() as u64;
        if self.needles.are_in(&lines) {
            searched.1.push("the log of this server".to_owned());
        }
        if !is_whole {
            searched.0.problem = Some("more was logged meanwhile than is kept".to_owned());
        }
        for stream in ["/proc/self/fd/1", "/proc/self/fd/2"] {
            if let Ok(path) = fs::read_link(stream)
                && fs::metadata(&path).is_ok_and(|file| file.is_file())
            {
                self.file(&path, &mut searched);
            }
        }
        searched
    }

    /// Temporary files of this user that changed since the run began.
    fn temporary(&self) -> Searched {
        let mut searched = (Place::new("Temporary files"), Vec::new());
        let own = fs::metadata("/proc/self").map(|it| it.uid()).ok();
        let is_ours =
            |file: &Metadata| Some(file.uid()) == own && file.modified().is_ok_and(|changed| changed >= self.since);
        self.changed(&std::env::temp_dir(), TEMPORARY_DEPTH, &is_ours, &mut searched);
        searched
    }

    fn changed(&self, folder: &Path, depth: usize, wanted: &dyn Fn(&Metadata) -> bool, searched: &mut Searched) {
        // Others' folders may be closed to us, and files may go while we look.
        for path in entries(folder).unwrap_or_default() {
            if path == self.app.config.data_dir {
                continue;
            }
            match fs::symlink_metadata(&path) {
                Ok(file) if file.is_dir() && depth > 0 => self.changed(&path, depth - 1, wanted, searched),
                Ok(file) if file.is_file() && wanted(&file) => self.file(&path, searched),
                _ => {}
            }
        }
    }

    /// A file, or a folder with all below it.
    fn folder(&self, path: &Path, searched: &mut Searched) {
        match fs::symlink_metadata(path) {
            Ok(file) if file.is_dir() => {
                for path in entries(path).unwrap_or_default() {
                    self.folder(&path, searched);
                }
            }
            Ok(file) if file.is_file() => self.file(path, searched),
            _ => {}
        }
    }

    fn file(&self, path: &Path, searched: &mut Searched) {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        self.search(path, opened, searched);
    }

    fn search(&self, path: &Path, opened: io::Result<(u64, impl Read)>, (place, found): &mut Searched) {
        let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = opened.and_then(|(bytes, file)| Ok((bytes, self.needles.are_in_stream(BufReader::new(file))?)));
        match read {
            Ok((bytes, holds)) => {
                place.files += 1;
                place.bytes += bytes;
                if holds {
                    found.push(name());
                }
            }
            // It went meanwhile, as a write-ahead log and a delivered mail's draft do.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => place.problem = Some(format!("{} could not be read", name())),
        }
    }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// An SQLite file and what SQLite keeps beside it.
fn with_companions(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}
