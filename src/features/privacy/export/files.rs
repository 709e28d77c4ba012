//! The folder of finished and growing bundles: `exports/` of the data folder, one sealed file each.
//!
//! Whoever builds a bundle holds a lock on its file; the kernel drops it with the process, so that a
//! file whose lock is free and whose row is not complete was left behind by a crash.

use crate::domain::ids::ExportId;
use crate::features::App;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

/// Ending of the files.
const ENDING: &str = "sealed";

fn folder(app: &App) -> PathBuf {
    app.config.data_dir.join("exports")
}

pub fn path(app: &App, id: ExportId) -> PathBuf {
    folder(app).join(format!("{id}.{ENDING}"))
}

/// Makes the file of a new bundle and locks it.
pub fn create(app: &App, id: ExportId) -> io::Result<File> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder(app));
    made?;
    let file = crate::infra::spool::create(&path(app, id))?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(file)
}

/// A file without a name: it is gone with its last reader, however the process ends.
pub fn unnamed(app: &App, id: uuid::Uuid) -> io::Result<File> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder(app))?;
    let path = folder(app).join(format!("{id}.upload"));
    let file = crate::infra::spool::create(&path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

/// Deletes the file; one that is not there is no error.
pub fn remove(app: &App, id: ExportId) -> io::Result<()> {
    match std::fs::remove_file(path(app, id)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether somebody, here or in another process, is still writing the file.
pub fn is_growing(app: &App, id: ExportId) -> bool {
    let Ok(file) = File::open(path(app, id)) else {
        return false;
    };
    flock(&file, FlockOperation::NonBlockingLockShared).is_err()
}

/// The exports whose files lie in the folder.
pub fn list(app: &App) -> io::Result<Vec<ExportId>> {
    let entries = match std::fs::read_dir(folder(app)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(ENDING)) else {
            continue;
        };
        found.extend(name.trim_end_matches('.').parse::<ExportId>());
    }
    Ok(found)
}
