//! A platform key in memory: made, hashed, shown once, wiped.

use super::error::Error;
use crate::domain::platform;
use crate::infra::crypto::random;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A key that was just made; the only time that its text exists. Wiped with its last copy.
#[derive(Clone)]
pub struct FreshKey(Arc<Zeroizing<String>>);

impl FreshKey {
    pub(super) fn new() -> Result<Self, Error> {
        let secret = Zeroizing::new(random::<32>().map_err(|_| Error::Randomness)?);
        Ok(Self(Arc::new(Zeroizing::new(platform::encode(&secret)))))
    }

    /// The text, for the page that shows it once.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }
}

/// Prints nothing of the key.
impl std::fmt::Debug for FreshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FreshKey")
    }
}

/// What is kept of a key. No salt and no slow hash: there is nothing to guess in 256 random bits.
pub(super) fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}
