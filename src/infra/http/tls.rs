//! TLS for outgoing connections: the machine's trusted roots together with Mozilla's as they were
//! when this was built, so that a bare machine without any certificates works too.

use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// A client configuration; also makes ring the process' provider for libraries that ask for one.
///
/// # Errors
/// When the provider offers no protocol version (it always does).
pub fn config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    if CryptoProvider::install_default(ring::default_provider()).is_err() {
        tracing::trace!("the TLS provider was installed before");
    }
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "a root certificate of this machine was left out");
    }
    roots.add_parsable_certificates(native.certs);
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
