//! Rotation: everything still opens, nothing else changes, and it can be interrupted.

use super::*;
use crate::infra::db::Schema;
use std::path::Path;

async fn keystore(folder: &Path) -> Db {
    let url = format!("sqlite://{}", folder.join("keystore.db").display());
    let db = Db::open(&url, Schema::Keystore).await.unwrap();
    db.migrate(Schema::Keystore).await.unwrap();
    db
}

fn source(folder: &Path) -> MasterKeys {
    MasterKeys::File {
        path: folder.join("master.keys"),
        may_create: true,
    }
}

#[tokio::test]
async fn a_rotation_rewraps_everything_under_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let (store, source) = (keystore(folder.path()).await, source(folder.path()));
    let keys = Keys::open(&source, store.clone()).await.unwrap();
    for owner in 1..=450_u128 {
        drop(keys.create_data_key(Uuid::from_u128(owner)).await.unwrap());
    }
    let before = (
        keys.cookie_key(),
        *keys.data_key(Uuid::from_u128(9)).await.unwrap().bytes(),
    );
    let rotation = Keys::rotate(&source, &store).await.unwrap();
    assert!(rotation.made && rotation.root_rewrapped);
    assert_eq!(rotation.data_keys_rewrapped, 450);
    let check = Keys::check(&source, &store).await.unwrap();
    assert_eq!(check.root, rotation.kid);
    assert_eq!(check.data_keys, [(rotation.kid.clone(), 450)]);
    // The server that runs all along finds the new key by itself.
    assert_eq!(*keys.data_key(Uuid::from_u128(9)).await.unwrap().bytes(), before.1);
    drop(keys.create_data_key(Uuid::from_u128(451)).await.unwrap());
    assert_eq!(
        Keys::check(&source, &store).await.unwrap().data_keys,
        [(rotation.kid, 451)]
    );
    let restarted = Keys::open(&source, store).await.unwrap();
    assert_eq!(restarted.cookie_key(), before.0);
}

#[tokio::test]
async fn a_rotation_that_was_interrupted_goes_on_with_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let (store, source) = (keystore(folder.path()).await, source(folder.path()));
    let keys = Keys::open(&source, store.clone()).await.unwrap();
    for owner in 1..=3_u128 {
        drop(keys.create_data_key(Uuid::from_u128(owner)).await.unwrap());
    }
    // The state right after the new line was written and nothing was rewrapped.
    let path = folder.path().join("master.keys");
    let old = ring::read(&path).unwrap();
    let line = ring::new_line().unwrap();
    ring::replace(&path, &[line.as_str(), old.as_str()].concat()).unwrap();
    let rotation = Keys::rotate(&source, &store).await.unwrap();
    assert!(!rotation.made && line.starts_with(&rotation.kid));
    assert_eq!(rotation.data_keys_rewrapped, 3);
}

#[tokio::test]
async fn only_lines_that_nothing_needs_are_retired() {
    let folder = tempfile::tempdir().unwrap();
    let (store, source) = (keystore(folder.path()).await, source(folder.path()));
    let keys = Keys::open(&source, store.clone()).await.unwrap();
    drop(keys.create_data_key(Uuid::from_u128(1)).await.unwrap());
    let old = Keys::check(&source, &store).await.unwrap().root;
    assert_eq!(Keys::retire(&source, &store).await.unwrap(), Retired(vec![]));
    let new = Keys::rotate(&source, &store).await.unwrap().kid;
    assert_eq!(Keys::retire(&source, &store).await.unwrap(), Retired(vec![old]));
    assert_eq!(Keys::check(&source, &store).await.unwrap().ring, [new]);
    assert!(keys.data_key(Uuid::from_u128(1)).await.is_ok());
}

#[tokio::test]
async fn a_destroyed_key_stays_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, source) = (keystore(folder.path()).await, source(folder.path()));
    let keys = Keys::open(&source, store.clone()).await.unwrap();
    let owner = Uuid::from_u128(1);
    drop(keys.create_data_key(owner).await.unwrap());
    keys.destroy_data_key(owner).await.unwrap();
    assert_eq!(Keys::rotate(&source, &store).await.unwrap().data_keys_rewrapped, 0);
    assert!(matches!(keys.data_key(owner).await, Err(KeysError::Gone)));
}

#[tokio::test]
async fn keys_from_the_environment_are_rotated_by_putting_a_line_first() {
    use base64::Engine;
    let folder = tempfile::tempdir().unwrap();
    let store = keystore(folder.path()).await;
    let line = |kid: &str, fill: u8| {
        format!(
            "{kid}:{}\n",
            base64::engine::general_purpose::STANDARD.encode([fill; 32])
        )
    };
    let old = MasterKeys::Inline(line("a", 1).into());
    drop(Keys::open(&old, store.clone()).await.unwrap());
    assert!(matches!(
        Keys::rotate(&old, &store).await,
        Err(KeysError::Ring(RingError::NothingNew))
    ));
    let new = MasterKeys::Inline((line("b", 2) + &line("a", 1)).into());
    assert!(Keys::rotate(&new, &store).await.unwrap().root_rewrapped);
    assert_eq!(Keys::check(&new, &store).await.unwrap().root, "b");
}
