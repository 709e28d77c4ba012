//! The keystore's life: first start, wrong keys, lost files, destroyed owners.

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

fn place(owner: Uuid) -> Place {
    Place {
        table: "t",
        column: "c",
        row: owner,
        owner,
    }
}

#[tokio::test]
async fn keys_are_the_same_after_a_restart_and_differ_by_label() {
    let folder = tempfile::tempdir().unwrap();
    let first = Keys::open(&source(folder.path()), keystore(folder.path()).await)
        .await
        .unwrap();
    let again = Keys::open_existing(&source(folder.path()), keystore(folder.path()).await)
        .await
        .unwrap();
    assert_eq!(first.cookie_key(), again.cookie_key());
    assert_eq!(first.email_index("a@b.example"), again.email_index("a@b.example"));
    assert_ne!(first.email_index("a@b.example"), first.blind_index("ip", "a@b.example"));
    assert_ne!(first.blind_index("ab", "c"), first.blind_index("a", "bc"));
    assert_ne!(*first.ledger_key(), *first.receipt_seed());
    let password = SecretString::from("correct horse battery staple");
    let peppered = first.pepper_password(&password);
    assert_eq!(peppered.len(), 64);
    assert_eq!(*peppered, *again.pepper_password(&password));
}

#[tokio::test]
async fn two_first_starts_at_once_end_with_one_root() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (keystore(folder.path()).await, keystore(folder.path()).await);
    let source = source(folder.path());
    let (one, two) = tokio::join!(Keys::open(&source, one), Keys::open(&source, two));
    assert_eq!(one.unwrap().cookie_key(), two.unwrap().cookie_key());
}

#[tokio::test]
async fn a_destroyed_key_is_gone_and_so_is_what_it_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::open(&source(folder.path()), keystore(folder.path()).await)
        .await
        .unwrap();
    let owner = Uuid::from_u128(7);
    assert!(matches!(keys.data_key(owner).await, Err(KeysError::Gone)));
    let sealed = keys
        .create_data_key(owner)
        .await
        .unwrap()
        .seal(place(owner), b"x")
        .unwrap();
    let same = keys.create_data_key(owner).await.unwrap();
    assert_eq!(
        &*same.open(place(owner), &sealed).unwrap(),
        b"x",
        "an owner keeps the key it has"
    );
    assert!(keys.data_key(owner).await.unwrap().open(place(owner), &sealed).is_ok());
    keys.destroy_data_key(owner).await.unwrap();
    keys.destroy_data_key(owner).await.unwrap();
    assert!(matches!(keys.data_key(owner).await, Err(KeysError::Gone)));
    let fresh = keys.create_data_key(owner).await.unwrap();
    assert!(
        fresh.open(place(owner), &sealed).is_err(),
        "a new key does not open the old value"
    );
}

#[tokio::test]
async fn a_wrapped_key_that_was_moved_to_another_owner_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = keystore(folder.path()).await;
    let keys = Keys::open(&source(folder.path()), store.clone()).await.unwrap();
    drop(keys.create_data_key(Uuid::from_u128(1)).await.unwrap());
    let mut conn = store.begin().await.unwrap();
    const MOVE: &str = "UPDATE data_keys SET owner = $1";
    crate::execute!(&mut conn, MOVE, Uuid::from_u128(2)).unwrap();
    conn.commit().await.unwrap();
    assert!(matches!(
        keys.data_key(Uuid::from_u128(2)).await,
        Err(KeysError::WrongMasterKey { .. })
    ));
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = keystore(folder.path()).await;
    let line = |fill: u8| format!("k:{}", STANDARD.encode([fill; 32]));
    let inline = |text: String| MasterKeys::Inline(SecretString::from(text));
    drop(Keys::open(&inline(line(1)), store.clone()).await.unwrap());
    let error = Keys::open(&inline(line(2)), store.clone()).await.unwrap_err();
    assert!(matches!(error, KeysError::WrongMasterKey { .. }));
    assert!(error.to_string().contains("does not open this data folder's keystore"));
    let other = line(1).replace("k:", "other:");
    let error = Keys::open(&inline(other), store).await.unwrap_err();
    assert!(matches!(error, KeysError::MissingMasterKey { .. }), "{error}");
}

#[tokio::test]
async fn a_lost_master_key_file_is_not_replaced_by_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = keystore(folder.path()).await;
    let source = source(folder.path());
    drop(Keys::open(&source, store.clone()).await.unwrap());
    std::fs::remove_file(folder.path().join("master.keys")).unwrap();
    let error = Keys::open(&source, store).await.unwrap_err();
    assert!(matches!(error, KeysError::Ring(RingError::Missing { .. })), "{error}");
    assert!(!folder.path().join("master.keys").exists());
}

#[tokio::test]
async fn an_empty_keystore_under_existing_accounts_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = Keys::open_existing(&source(folder.path()), keystore(folder.path()).await)
        .await
        .unwrap_err();
    assert!(matches!(error, KeysError::KeystoreLost));
    assert!(!folder.path().join("master.keys").exists());
}

#[tokio::test]
async fn nothing_prints() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::open(&source(folder.path()), keystore(folder.path()).await)
        .await
        .unwrap();
    assert_eq!(format!("{keys:?}"), "Keys(..)");
}
