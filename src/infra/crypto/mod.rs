//! Keys, sealing and password hashing.
//!
//! ```text
//! master ring (file or environment; lines `kid:base64`, the first seals)
//!   ├─ wraps → root secret (one per keystore) ─ HKDF → cookie, password pepper, blind indexes, ledger, receipts
//!   └─ wraps → data key (one per owner)       ─ HKDF per value → one-use key + commitment → AES-256-GCM
//! ```
//!
//! Key ids stand on wrapped keys only. Nothing here prints, serialises or logs a secret; every
//! buffer that held one is zeroed when dropped, and the process' allocator zeroes what libraries
//! free. Destroying a data key makes everything sealed under it unreadable for good.

pub mod copy;
mod keys;
mod keystore;
pub mod memory;
pub mod open_erasures;
pub mod password;
pub mod receipts;
mod ring;
mod rotate;
mod seal;

pub use keys::{Keys, KeysError};
pub use password::{Busy, Passwords};
pub use receipts::PublicKey;
pub use ring::RingError;
pub use rotate::{Check, Retired, Rotation};
pub use seal::{DataKey, OVERHEAD as SEAL_OVERHEAD, Place, SealError, VERSION as SEAL_VERSION};

/// Fills a buffer from the operating system's random source.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random<const N: usize>() -> Result<[u8; N], rand::rngs::SysError> {
    use rand::TryRng;
    let mut bytes = [0; N];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes)
}
