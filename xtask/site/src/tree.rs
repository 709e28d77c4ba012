//! Folders as maps from relative path to content.

use crate::Result;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Path below the folder, `/`-separated, and content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Everything below the folder; a missing folder is empty.
pub fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    if folder.exists() {
        collect(folder, "", &mut files)?;
    }
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') && name != ".well-known" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else {
            files.insert(format!("{prefix}{name}"), fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Leaves the folder with exactly these files; what stands there with the same content is not touched.
pub fn write(folder: &Path, files: &Files) -> Result {
    fs::create_dir_all(folder)?;
    for (name, content) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == *content) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
    }
    for stale in read(folder)?.keys().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(folder.join(stale))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_leaves_exactly_the_given_files_and_does_not_touch_equal_ones() {
        let dir = std::env::temp_dir().join(format!("spectr-tree-{}", std::process::id()));
        let first = Files::from([("a".to_owned(), b"1".to_vec()), ("b/c".to_owned(), b"2".to_vec())]);
        write(&dir, &first).unwrap();
        let before = fs::metadata(dir.join("a")).unwrap().modified().unwrap();
        let second = Files::from([("a".to_owned(), b"1".to_vec()), ("d".to_owned(), b"3".to_vec())]);
        write(&dir, &second).unwrap();
        assert_eq!(read(&dir).unwrap(), second);
        assert_eq!(fs::metadata(dir.join("a")).unwrap().modified().unwrap(), before);
        fs::remove_dir_all(&dir).unwrap();
    }
}
