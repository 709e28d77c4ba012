//! `keys check` and `keys rotate`: what the keystore holds, and putting all of it under the first
//! key of the ring while the server runs.
//!
//! Rotation changes wrapping only: sub-keys, passwords, indexes, receipts and sealed values stay as
//! they are. It can be interrupted anywhere and run again. Old lines stay in the ring until
//! [`Keys::retire`] finds that nothing needs them; backups of the keystore may still do.

use super::keys::{Keys, KeysError, data_key_place, root_place, unwrap, wrap};
use super::keystore::{self, OwnedKey, Wrapped};
use super::ring::{self, Ring, RingError};
use crate::infra::config::MasterKeys;
use crate::infra::db::Db;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Data keys rewrapped in one transaction.
const BATCH: i64 = 200;

/// What [`Keys::check`] found: every wrapped key opens.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Ids of the ring, the sealing one first.
    pub ring: Vec<String>,
    /// The master key that wraps the root secret.
    pub root: String,
    /// Data keys by the master key that wraps them.
    pub data_keys: Vec<(String, i64)>,
}

/// What [`Keys::rotate`] did.
#[derive(Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key that wraps everything now.
    pub kid: String,
    /// Whether that key was made by this rotation.
    pub made: bool,
    pub root_rewrapped: bool,
    pub data_keys_rewrapped: u64,
}

/// Ids that [`Keys::retire`] removed from the ring.
#[derive(Debug, PartialEq, Eq)]
pub struct Retired(pub Vec<String>);

impl Keys {
    /// Opens every wrapped key with the ring.
    ///
    /// # Errors
    /// The first key that does not open.
    pub async fn check(master: &MasterKeys, keystore: &Db) -> Result<Check, KeysError> {
        let ring = Ring::load(master, false)?;
        let mut conn = keystore.acquire().await?;
        let root = keystore::find_root(&mut conn).await?.ok_or(KeysError::KeystoreLost)?;
        unwrap(&ring, root_place(), &root)?;
        let mut after = Uuid::nil();
        loop {
            let keys = keystore::list_data_keys(&mut conn, after, BATCH).await?;
            let Some(last) = keys.last() else { break };
            after = last.owner;
            for OwnedKey { owner, kid, wrapped } in keys {
                unwrap(&ring, data_key_place(owner), &Wrapped { kid, wrapped })?;
            }
        }
        Ok(Check {
            ring: ring.kids().map(str::to_owned).collect(),
            root: root.kid,
            data_keys: keystore::count_by_kid(&mut conn).await?,
        })
    }

    /// Puts the root secret and all data keys under the first key of the ring. When they are there
    /// already, makes a new first key in the ring file and goes on with that.
    ///
    /// # Errors
    /// When a key does not open, or the ring comes from the environment and has no new first key.
    pub async fn rotate(master: &MasterKeys, keystore: &Db) -> Result<Rotation, KeysError> {
        let current = Self::check(master, keystore).await?;
        let needs = current.needed();
        let done = current
            .ring
            .first()
            .is_some_and(|first| needs.iter().all(|kid| kid == first));
        if done {
            let MasterKeys::File { path, .. } = master else {
                return Err(RingError::NothingNew.into());
            };
            let old = ring::read(path).map_err(|error| ring::unreadable(path, &error))?;
            let line = ring::new_line()?;
            ring::replace(path, &Zeroizing::new([line.as_str(), old.as_str()].concat()))?;
        }
        let ring = Ring::load(master, false)?;
        let first = ring.first()?;
        let root_rewrapped = rewrap_root(&ring, keystore).await?;
        let mut data_keys_rewrapped = 0;
        let mut after = Uuid::nil();
        loop {
            let mut conn = keystore.begin().await?;
            let keys = keystore::list_data_keys(&mut conn, after, BATCH).await?;
            let Some(last) = keys.last() else { break };
            after = last.owner;
            for OwnedKey { owner, kid, wrapped } in keys.into_iter().filter(|key| key.kid != first.kid) {
                let place = data_key_place(owner);
                let from = kid.clone();
                let key = unwrap(&ring, place, &Wrapped { kid, wrapped })?;
                let Wrapped { kid, wrapped } = wrap(first, place, &key)?;
                let fresh = OwnedKey { owner, kid, wrapped };
                data_keys_rewrapped += keystore::rewrap_data_key(&mut conn, &from, &fresh).await?;
            }
            conn.commit().await?;
        }
        keystore::forget_deleted(keystore).await?;
        Ok(Rotation {
            kid: first.kid.clone(),
            made: done,
            root_rewrapped,
            data_keys_rewrapped,
        })
    }

    /// Removes the lines from the ring file that nothing in the keystore needs, except the first.
    ///
    /// # Errors
    /// When a key does not open, or the ring does not come from a file.
    pub async fn retire(master: &MasterKeys, keystore: &Db) -> Result<Retired, KeysError> {
        let check = Self::check(master, keystore).await?;
        let MasterKeys::File { path, .. } = master else {
            return Err(RingError::NotAFile.into());
        };
        let needed = check.needed();
        let unused = |kid: &String| !needed.contains(kid);
        let retired: Vec<String> = check.ring.iter().skip(1).filter(|kid| unused(kid)).cloned().collect();
        if !retired.is_empty() {
            let old = ring::read(path).map_err(|error| ring::unreadable(path, &error))?;
            ring::replace(path, &ring::without(&old, &retired))?;
        }
        Ok(Retired(retired))
    }
}

impl Check {
    /// Ids of the master keys that wrap something.
    fn needed(&self) -> Vec<String> {
        let data = self.data_keys.iter().map(|(kid, _)| kid.clone());
        std::iter::once(self.root.clone()).chain(data).collect()
    }
}

async fn rewrap_root(ring: &Ring, keystore: &Db) -> Result<bool, KeysError> {
    let first = ring.first()?;
    let mut conn = keystore.begin().await?;
    let root = keystore::find_root(&mut conn).await?.ok_or(KeysError::KeystoreLost)?;
    if root.kid == first.kid {
        return Ok(false);
    }
    let key = unwrap(ring, root_place(), &root)?;
    let fresh = wrap(first, root_place(), &key)?;
    let changed = keystore::rewrap_root(&mut conn, &root.kid, &fresh).await?;
    conn.commit().await?;
    Ok(changed == 1)
}

#[cfg(test)]
#[path = "rotate_tests.rs"]
mod tests;
