//! Ed25519 signatures under receipts and exports, and the public keys that check them.
//!
//! What is signed is the document's own bytes, so that any tool can check it (`openssl pkeyutl
//! -verify -rawin`). One key signs documents of several kinds: each must say in its bytes what it
//! is (`"kind"`), and whoever checks one must look at that first.

use super::Keys;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// What stands before the 32 bytes of an Ed25519 key in the DER form of RFC 8410.
const DER_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl Keys {
    /// Signs a document as this server. The document says in its own bytes of which kind it is.
    #[must_use]
    pub fn sign(&self, document: &[u8]) -> [u8; SIGNATURE_BYTES] {
        SigningKey::from_bytes(&self.receipt_seed()).sign(document).to_bytes()
    }

    /// The key that checks what [`Keys::sign`] signs.
    #[must_use]
    pub fn verifying_key(&self) -> PublicKey {
        PublicKey(SigningKey::from_bytes(&self.receipt_seed()).verifying_key().to_bytes())
    }
}

/// An Ed25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a key as people pass it on: 64 hexadecimal digits, base64 (either alphabet), or PEM.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("-----BEGIN PUBLIC KEY-----") {
            let body: String = rest.split("-----END").next()?.split_whitespace().collect();
            let der = STANDARD.decode(body).ok()?;
            return der.strip_prefix(&DER_PREFIX)?.try_into().ok().map(Self);
        }
        let bytes = match text.len() {
            64 => hex::decode(text).ok()?,
            _ => URL_SAFE_NO_PAD
                .decode(text.trim_end_matches('=').replace('+', "-").replace('/', "_"))
                .ok()?,
        };
        bytes.try_into().ok().map(Self)
    }

    /// A short name: the first 16 hexadecimal digits of the key's SHA-256.
    #[must_use]
    pub fn id(&self) -> String {
        let mut id = hex::encode(Sha256::digest(self.0));
        id.truncate(16);
        id
    }

    /// 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// As `x` of a JSON Web Key (RFC 8037).
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// As a file that openssl reads.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut der = DER_PREFIX.to_vec();
        der.extend_from_slice(&self.0);
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(der)
        )
    }

    /// Whether this key's owner signed exactly these bytes.
    #[must_use]
    pub fn verifies(&self, document: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| key.verify_strict(document, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn a_signature_holds_for_its_document_and_key_only() {
        let (signer, document) = (key(), b"{\"kind\":\"test\"}");
        let public = PublicKey(signer.verifying_key().to_bytes());
        let signature = signer.sign(document).to_bytes();
        assert!(public.verifies(document, &signature));
        assert!(!public.verifies(b"{\"kind\":\"tesT\"}", &signature));
        let mut bent = signature;
        bent[3] ^= 1;
        assert!(!public.verifies(document, &bent));
        assert!(!public.verifies(document, &signature[..63]));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert!(!PublicKey(other.to_bytes()).verifies(document, &signature));
    }

    #[test]
    fn a_key_is_read_back_from_every_form_in_which_it_is_published() {
        let public = PublicKey(key().verifying_key().to_bytes());
        for text in [
            public.to_hex(),
            public.to_base64url(),
            public.to_pem(),
            STANDARD.encode(public.0),
        ] {
            assert_eq!(PublicKey::parse(&text), Some(public), "{text}");
        }
        for text in ["", "zz", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
            assert_eq!(PublicKey::parse(text), None, "{text}");
        }
    }
}
