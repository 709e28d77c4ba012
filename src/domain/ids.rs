//! Identifiers: one newtype per kind of row, so that a key's id cannot be passed as a user's.
//!
//! All are UUIDv7 (RFC 9562), made on the server by `infra::clock`-driven constructors; here they
//! are only carried, compared and printed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
    )+};
}

ids! {
    /// A person's account.
    UserId,
    /// One row of the session list that the user sees (not the secret in the cookie).
    SessionId,
    /// A sealed provider key in the vault.
    ProviderKeyId,
    /// A key with which a person's own programs ask this server.
    PlatformKeyId,
    /// A service of others that a person has connected.
    IntegrationId,
    /// A test report that a person saved.
    SavedReportId,
    /// One call to a provider; also the request id that the user sees.
    CallId,
    /// A mail in the outbox.
    MailId,
    /// A request sent by the contact page or entered by the operator.
    RequestId,
    /// One export of a person's data.
    ExportId,
    /// One event of a user's security log.
    SecurityEventId,
    /// One record of a consent.
    ConsentId,
}
