//! [`Keys`]: the root secret with its sub-keys, and the owners' data keys in the keystore.
//!
//! Sub-keys come from the root secret by HKDF with a label of their own each, so that they survive
//! the rotation of the master ring. Data keys are unwrapped for each use and kept nowhere: a destroyed
//! key is gone at once. On SQLite they stay in memory as they lie in the keystore, wrapped, until
//! anything is written there ([`Rows`]).

use super::keystore::{self, OwnedKey, Wrapped};
use super::random;
use super::ring::{Master, Ring, RingError};
use super::seal::{DataKey, Place};
use crate::domain::problem::{Code, Problem};
use crate::infra::config::MasterKeys;
use crate::infra::db::{self, Db, Rows};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Sha256, Sha384};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;
use zeroize::Zeroizing;

const LABEL_COOKIE: &[u8] = b"spectr root 1: session cookie";
const LABEL_PASSWORD: &[u8] = b"spectr root 1: password pepper";
const LABEL_INDEX: &[u8] = b"spectr root 1: blind indexes";
const LABEL_LEDGER: &[u8] = b"spectr root 1: erasure ledger";
const LABEL_RECEIPTS: &[u8] = b"spectr root 1: receipts, Ed25519 seed";

/// Why keys cannot be had, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The owner's key was destroyed or never made: what is sealed under it is unreadable.
    #[error("the data key of this owner does not exist")]
    Gone,
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error("the keystore cannot be used: {0}")]
    Db(#[from] db::Error),
    #[error(
        "the master key does not open this data folder's keystore; it was sealed with another key under the id \
         \"{kid}\". Give the server the master keys that belong to this data, by SPECTR_MASTER_KEY_FILE or \
         SPECTR_MASTER_KEY"
    )]
    WrongMasterKey { kid: String },
    #[error(
        "the master key does not open this data folder's keystore; it was sealed with the master key \"{kid}\", which \
         is not among the master keys given. Add its line, by SPECTR_MASTER_KEY_FILE or SPECTR_MASTER_KEY"
    )]
    MissingMasterKey { kid: String },
    #[error(
        "the keystore is empty, but the database already holds accounts that need it. Restore the keystore that \
         belongs to this database, or name it by SPECTR_KEYSTORE_URL"
    )]
    KeystoreLost,
    #[error(
        "the database is empty, but the keystore already holds the keys of accounts. Restore the database that belongs \
         to it, or name it by DATABASE_URL; to begin anew, move the keystore away too"
    )]
    DatabaseLost,
    #[error("the operating system has no randomness to give")]
    Randomness,
}

/// What a person is told of it; the log is told why.
impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Db(error) => error.into(),
            error => {
                tracing::error!(%error, "a data key cannot be had");
                Self::new(Code::Unavailable)
            }
        }
    }
}

/// The open keys of this data folder. Cheap to clone; never printed.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    sub: SubKeys,
    source: MasterKeys,
    ring: RwLock<Arc<Ring>>,
    keystore: Db,
    wrapped: Rows<Uuid, Wrapped>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Loads the master ring and the root secret, making both at the first start, and checks that
    /// the ring opens what the keystore holds.
    ///
    /// # Errors
    /// When the ring cannot be read or does not belong to this keystore.
    pub async fn open(master: &MasterKeys, keystore: Db) -> Result<Self, KeysError> {
        Self::load(master, keystore, true).await
    }

    /// As [`Keys::open`], for a database that already holds accounts: makes nothing new.
    ///
    /// # Errors
    /// Also [`KeysError::KeystoreLost`] when the keystore is empty.
    pub async fn open_existing(master: &MasterKeys, keystore: Db) -> Result<Self, KeysError> {
        Self::load(master, keystore, false).await
    }

    /// For a database in which nothing was ever made.
    ///
    /// # Errors
    /// [`KeysError::DatabaseLost`] when the keystore already holds somebody's key.
    pub async fn require_none(keystore: &Db) -> Result<(), KeysError> {
        let owned = keystore::count_by_kid(&mut keystore.acquire().await?).await?;
        if owned.is_empty() {
            Ok(())
        } else {
            Err(KeysError::DatabaseLost)
        }
    }

    async fn load(master: &MasterKeys, keystore: Db, may_start: bool) -> Result<Self, KeysError> {
        let stored = keystore::find_root(&mut keystore.acquire().await?).await?;
        let is_first_start = stored.is_none();
        if is_first_start && !may_start {
            return Err(KeysError::KeystoreLost);
        }
        // A lost master key file is never replaced by a new one that opens nothing.
        let may_create = is_first_start && matches!(master, MasterKeys::File { may_create: true, .. });
        let ring = Ring::load(master, may_create)?;
        let stored = match stored {
            Some(root) => root,
            None => make_root(&ring, &keystore).await?,
        };
        let root = unwrap(&ring, root_place(), &stored)?;
        for sample in keystore::list_samples(&mut keystore.acquire().await?).await? {
            let OwnedKey { owner, kid, wrapped } = sample;
            unwrap(&ring, data_key_place(owner), &Wrapped { kid, wrapped })?;
        }
        Ok(Self(Arc::new(Inner {
            sub: SubKeys::derive(&root).map_err(|_| KeysError::Randomness)?,
            source: master.clone(),
            ring: RwLock::new(Arc::new(ring)),
            keystore,
            wrapped: Rows::default(),
        })))
    }

    /// Key that signs the session cookie.
    #[must_use]
    pub fn cookie_key(&self) -> [u8; 64] {
        *self.0.sub.cookie
    }

    /// HMAC-SHA-384 of the password in base64: 64 characters, which is what bcrypt can take whole.
    #[must_use]
    pub fn pepper_password(&self, password: &SecretString) -> Zeroizing<String> {
        let mac = Hmac::<Sha384>::new(&(*self.0.sub.password).into()).chain_update(password.expose_secret());
        let digest = Zeroizing::new(<[u8; 48]>::from(mac.finalize().into_bytes()));
        Zeroizing::new(STANDARD.encode(*digest))
    }

    /// Under which an address is found without being readable. The caller normalises it.
    #[must_use]
    pub fn email_index(&self, normalised_email: &str) -> [u8; 32] {
        self.blind_index("email", normalised_email)
    }

    /// A keyed index of any value; indexes with different labels cannot be compared.
    #[must_use]
    pub fn blind_index(&self, label: &'static str, value: &str) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new(&(*self.0.sub.index).into())
            .chain_update((label.len() as u64).to_be_bytes())
            .chain_update(label)
            .chain_update(value);
        mac.finalize().into_bytes().into()
    }

    /// Key of the erasure ledger: `HMAC(ledger key, user id)`.
    #[must_use]
    pub fn ledger_key(&self) -> Zeroizing<[u8; 32]> {
        self.0.sub.ledger.clone()
    }

    /// Seed of the Ed25519 key that signs receipts and exports.
    #[must_use]
    pub fn receipt_seed(&self) -> Zeroizing<[u8; 32]> {
        self.0.sub.receipts.clone()
    }

    /// Makes the data key of a new owner (a user's or a contact request's id).
    /// An owner that already has one keeps it.
    ///
    /// # Errors
    /// When the keystore cannot be written or the ring cannot be read any more.
    pub async fn create_data_key(&self, owner: Uuid) -> Result<DataKey, KeysError> {
        // The ring may have been rotated since the start, and an old key may be about to retire.
        let ring = self.reload()?;
        let key = fresh_key()?;
        let Wrapped { kid, wrapped } = wrap(ring.first()?, data_key_place(owner), &key)?;
        let mut conn = self.0.keystore.begin().await?;
        let inserted = keystore::insert_data_key(&mut conn, &OwnedKey { owner, kid, wrapped }).await?;
        conn.commit().await?;
        if inserted == 1 {
            Ok(key)
        } else {
            self.data_key(owner).await
        }
    }

    /// The data key of an owner.
    ///
    /// # Errors
    /// [`KeysError::Gone`] when it was destroyed or never made.
    pub async fn data_key(&self, owner: Uuid) -> Result<DataKey, KeysError> {
        let wrapped = self.wrapped(owner).await?;
        let place = data_key_place(owner);
        match unwrap(&self.ring(), place, &wrapped) {
            // Rotated since the start: the new key stands in the file by now.
            Err(KeysError::MissingMasterKey { .. }) => unwrap(&*self.reload()?, place, &wrapped),
            other => other,
        }
    }

    /// Whether an owner still has a data key: one that was erased has none. Opens nothing.
    ///
    /// # Errors
    /// When the keystore cannot be read.
    pub async fn has_data_key(&self, owner: Uuid) -> Result<bool, KeysError> {
        match self.wrapped(owner).await {
            Err(KeysError::Gone) => Ok(false),
            found => found.map(|_| true),
        }
    }

    async fn wrapped(&self, owner: Uuid) -> Result<Wrapped, KeysError> {
        let stamp = self.0.keystore.stamp();
        if let Some(wrapped) = self.0.wrapped.get(stamp, &owner) {
            return Ok(wrapped);
        }
        let found = keystore::find_data_key(&mut self.0.keystore.acquire().await?, owner).await?;
        let wrapped = found.ok_or(KeysError::Gone)?;
        self.0.wrapped.put(stamp, owner, wrapped.clone());
        Ok(wrapped)
    }

    /// Destroys the data key of an owner: all that is sealed under it is unreadable from now on.
    /// Destroying a key that is not there is no error.
    ///
    /// # Errors
    /// When the keystore cannot be written; the key is then still there.
    pub async fn destroy_data_key(&self, owner: Uuid) -> Result<(), KeysError> {
        let mut conn = self.0.keystore.begin().await?;
        keystore::delete_data_key(&mut conn, owner).await?;
        conn.commit().await?;
        self.0.wrapped.forget(&owner);
        keystore::forget_deleted(&self.0.keystore).await?;
        Ok(())
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the ring again from where it came from.
    fn reload(&self) -> Result<Arc<Ring>, RingError> {
        if matches!(self.0.source, MasterKeys::Inline(_)) {
            return Ok(self.ring());
        }
        let ring = Arc::new(Ring::load(&self.0.source, false)?);
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&ring);
        Ok(ring)
    }
}

/// What comes from the root secret by HKDF, each under a label of its own.
struct SubKeys {
    cookie: Zeroizing<[u8; 64]>,
    password: Zeroizing<[u8; 128]>,
    index: Zeroizing<[u8; 64]>,
    ledger: Zeroizing<[u8; 32]>,
    receipts: Zeroizing<[u8; 32]>,
}

impl SubKeys {
    fn derive(root: &DataKey) -> Result<Self, hkdf::InvalidLength> {
        let root = Hkdf::<Sha256>::new(None, root.bytes());
        let mut keys = Self {
            cookie: Zeroizing::new([0; 64]),
            password: Zeroizing::new([0; 128]),
            index: Zeroizing::new([0; 64]),
            ledger: Zeroizing::new([0; 32]),
            receipts: Zeroizing::new([0; 32]),
        };
        root.expand(LABEL_COOKIE, &mut *keys.cookie)?;
        root.expand(LABEL_PASSWORD, &mut *keys.password)?;
        root.expand(LABEL_INDEX, &mut *keys.index)?;
        root.expand(LABEL_LEDGER, &mut *keys.ledger)?;
        root.expand(LABEL_RECEIPTS, &mut *keys.receipts)?;
        Ok(keys)
    }
}

/// Makes the root secret, or answers the one that another process made first.
async fn make_root(ring: &Ring, keystore: &Db) -> Result<Wrapped, KeysError> {
    let root = wrap(ring.first()?, root_place(), &fresh_key()?)?;
    let mut conn = keystore.begin().await?;
    keystore::insert_root(&mut conn, &root).await?;
    conn.commit().await?;
    let stored = keystore::find_root(&mut keystore.acquire().await?).await?;
    stored.ok_or(KeysError::KeystoreLost)
}

fn fresh_key() -> Result<DataKey, KeysError> {
    let bytes = random().map_err(|_| KeysError::Randomness)?;
    Ok(DataKey::from_bytes(Zeroizing::new(bytes)))
}

/// Seals a key under a master key.
pub(super) fn wrap(master: &Master, place: Place, key: &DataKey) -> Result<Wrapped, KeysError> {
    let wrapped = master.key.seal(place, key.bytes()).map_err(|_| KeysError::Randomness)?;
    Ok(Wrapped {
        kid: master.kid.clone(),
        wrapped,
    })
}

/// Opens a wrapped key with the master key it names.
pub(super) fn unwrap(ring: &Ring, place: Place, stored: &Wrapped) -> Result<DataKey, KeysError> {
    let kid = || stored.kid.clone();
    let master = ring
        .find(&stored.kid)
        .ok_or_else(|| KeysError::MissingMasterKey { kid: kid() })?;
    let plain = master.key.open(place, &stored.wrapped);
    let plain = plain.map_err(|_| KeysError::WrongMasterKey { kid: kid() })?;
    let bytes = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| KeysError::WrongMasterKey { kid: kid() })?;
    Ok(DataKey::from_bytes(Zeroizing::new(bytes)))
}

pub(super) const fn root_place() -> Place {
    Place {
        table: "root_secret",
        column: "wrapped",
        row: Uuid::nil(),
        owner: Uuid::nil(),
    }
}

pub(super) const fn data_key_place(owner: Uuid) -> Place {
    Place {
        table: "data_keys",
        column: "wrapped",
        row: owner,
        owner,
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
