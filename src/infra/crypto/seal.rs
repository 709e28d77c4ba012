//! Sealing of single values: AES-256-GCM under a one-use key, bound to the place where the value
//! lives, and committed to its data key.
//!
//! ```text
//! version 1 | salt 16 | nonce 12 | commitment 32 | ciphertext | tag 16
//! ```
//!
//! The one-use key and the commitment come from HKDF-SHA-256 (data key, salt, label). The
//! commitment makes it impossible to craft one sealed value that opens under two keys. The
//! associated data holds the place, so that a value copied to another column, row or owner does not
//! open there.

use super::random;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Key, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The first byte of every sealed value.
pub const VERSION: u8 = 1;
const SALT: usize = 16;
const NONCE: usize = 12;
const COMMITMENT: usize = 32;
const TAG: usize = 16;
const HEAD: usize = 1 + SALT + NONCE + COMMITMENT;
/// How many bytes a sealed value is longer than what it holds.
pub const OVERHEAD: usize = HEAD + TAG;

const LABEL_KEY: &[u8] = b"spectr sealed value 1: key";
const LABEL_COMMITMENT: &[u8] = b"spectr sealed value 1: commitment";

/// Where a sealed value lives. It opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub table: &'static str,
    pub column: &'static str,
    pub row: Uuid,
    pub owner: Uuid,
}

impl Place {
    /// Every part with its length before it, so that no two places read the same.
    fn associated_data(&self) -> Vec<u8> {
        let parts: [&[u8]; 5] = [
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row.as_bytes(),
            self.owner.as_bytes(),
            &[VERSION],
        ];
        let mut data = Vec::with_capacity(128);
        for part in parts {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

/// Why a value was not sealed or opened. Says nothing more on purpose: which check failed would
/// help only an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the value could not be sealed")]
    Seal,
    #[error("the sealed value does not open here")]
    Open,
    /// The value opened, but was not written as text.
    #[error("the sealed value is not text")]
    NotText,
}

/// A 256-bit key under which values are sealed. Zeroed when dropped; cannot be copied, and prints as nothing.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(..)")
    }
}

impl DataKey {
    pub(super) const fn from_bytes(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A fresh key of 256 random bits.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn generate() -> Result<Self, SealError> {
        let bytes = random().map_err(|_| SealError::Seal)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Seals another key under this one: who destroys this one destroys that one too.
    ///
    /// # Errors
    /// As [`DataKey::seal`].
    pub fn seal_key(&self, place: Place, key: &Self) -> Result<Vec<u8>, SealError> {
        self.seal(place, key.bytes())
    }

    /// Opens what [`DataKey::seal_key`] made for this place.
    ///
    /// # Errors
    /// As [`DataKey::open`], and when it is no key.
    pub fn open_key(&self, place: Place, sealed: &[u8]) -> Result<Self, SealError> {
        let bytes = <[u8; 32]>::try_from(self.open(place, sealed)?.as_slice()).map_err(|_| SealError::Open)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Seals `plain` for exactly this place.
    ///
    /// # Errors
    /// When the machine has no randomness, or the value is longer than AES-GCM takes (64 GiB).
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let salt: [u8; SALT] = random().map_err(|_| SealError::Seal)?;
        let nonce: [u8; NONCE] = random().map_err(|_| SealError::Seal)?;
        let (cipher, commitment) = self.one_use(&salt).ok_or(SealError::Seal)?;
        // Exactly as long as needed: a vector that grows would leave a copy behind.
        let mut sealed = Vec::with_capacity(OVERHEAD + plain.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&salt);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&commitment);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(HEAD..).ok_or(SealError::Seal)?;
        let tag = cipher
            .encrypt_inout_detached(&Nonce::from(nonce), &place.associated_data(), body.into())
            .map_err(|_| SealError::Seal)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens what [`DataKey::seal`] made for this place.
    ///
    /// # Errors
    /// [`SealError::Open`] when a bit was changed, the place or the key is another one.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.try_open(place, sealed).ok_or(SealError::Open)
    }

    /// Opens a value that was sealed from text.
    ///
    /// # Errors
    /// As [`DataKey::open`], and when the bytes are not UTF-8.
    pub fn open_text(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<String>, SealError> {
        let mut bytes = self.open(place, sealed)?;
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(SealError::NotText)
            }
        }
    }

    fn try_open(&self, place: Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&version, rest) = sealed.split_first()?;
        let (salt, rest) = rest.split_first_chunk::<SALT>()?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>()?;
        let (commitment, rest) = rest.split_first_chunk::<COMMITMENT>()?;
        let (body, tag) = rest.split_last_chunk::<TAG>()?;
        if version != VERSION {
            return None;
        }
        let (cipher, expected) = self.one_use(salt)?;
        if !bool::from(expected.ct_eq(commitment)) {
            return None;
        }
        let mut plain = Zeroizing::new(body.to_vec());
        cipher
            .decrypt_inout_detached(
                &Nonce::from(*nonce),
                &place.associated_data(),
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(plain)
    }

    /// The cipher for one value and the commitment that stands before it.
    fn one_use(&self, salt: &[u8; SALT]) -> Option<(Aes256Gcm, [u8; COMMITMENT])> {
        let hkdf = Hkdf::<Sha256>::new(Some(salt), &*self.0);
        let mut key = Zeroizing::new([0; 32]);
        let mut commitment = [0; COMMITMENT];
        hkdf.expand(LABEL_KEY, &mut *key).ok()?;
        hkdf.expand(LABEL_COMMITMENT, &mut commitment).ok()?;
        let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(&*key));
        Some((cipher, commitment))
    }
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
