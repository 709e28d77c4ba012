//! Sealing and opening of `provider_keys` columns, and what of a key may be looked at.

use super::error::VaultError;
use super::queries::{KeyRow, Sealed};
use crate::domain::ids::{ProviderKeyId, UserId};
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use crate::domain::vault::{self, Check};
use crate::infra::crypto::{DataKey, Place};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// A key as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    pub id: ProviderKeyId,
    pub provider: Provider,
    pub label: Option<String>,
    /// `sk-…9f3a`.
    pub hint: String,
    pub base_url: Option<String>,
    pub created_at: Timestamp,
    pub rotated_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub check: Check,
}

impl KeyView {
    /// The label, else the provider's name: what a person calls the key.
    #[must_use]
    pub fn name(&self) -> &str {
        self.label.as_deref().unwrap_or_else(|| self.provider.name())
    }
}

/// A key opened for one call; its secret is wiped when this is dropped.
#[derive(Debug)]
pub struct OpenedKey {
    pub id: ProviderKeyId,
    secret: SecretString,
    /// The person's own address, to be dialled through the egress guard; else the operator's.
    pub base_url: Option<Url>,
}

impl OpenedKey {
    /// What goes into the request's header; `None` where the server asks for no key.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretString> {
        Some(&self.secret).filter(|secret| !secret.expose_secret().is_empty())
    }
}

/// Where a sealed value stands; a value moved elsewhere does not open.
fn place(column: &'static str, id: ProviderKeyId, user: UserId) -> Place {
    Place {
        table: "provider_keys",
        column,
        row: id.0,
        owner: user.0,
    }
}

pub fn seal_label(
    data_key: &DataKey,
    user: UserId,
    id: ProviderKeyId,
    label: Option<&str>,
) -> Result<Option<Vec<u8>>, VaultError> {
    let seal = |label: &str| data_key.seal(place("label", id, user), label.as_bytes());
    Ok(label.map(seal).transpose()?)
}

pub fn seal(
    data_key: &DataKey,
    user: UserId,
    id: ProviderKeyId,
    (secret, base_url): (&SecretString, Option<&Url>),
) -> Result<Sealed, VaultError> {
    let secret = secret.expose_secret();
    let seal = |column, text: &str| data_key.seal(place(column, id, user), text.as_bytes());
    Ok(Sealed {
        secret: seal("secret", secret)?,
        base_url: base_url.map(|url| seal("base_url", url.as_str())).transpose()?,
        hint: seal("hint", &vault::hint(secret))?,
    })
}

pub fn open(data_key: &DataKey, user: UserId, row: &KeyRow) -> Result<OpenedKey, VaultError> {
    let id = ProviderKeyId(row.id);
    let secret = data_key.open_text(place("secret", id, user), &row.secret)?;
    let base_url = match &row.base_url {
        Some(sealed) => {
            let text = data_key.open_text(place("base_url", id, user), sealed)?;
            // Never fall back to another address: the key is for this one.
            Some(Url::parse(&text).map_err(|_| VaultError::Damaged)?)
        }
        None => None,
    };
    Ok(OpenedKey {
        id,
        secret: SecretString::from(secret.as_str()),
        base_url,
    })
}

/// The view of a row; `None` for a provider that this version does not know.
pub fn view(data_key: &DataKey, user: UserId, row: &KeyRow) -> Result<Option<KeyView>, VaultError> {
    let Some(provider) = Provider::from_id(&row.provider) else {
        return Ok(None);
    };
    let id = ProviderKeyId(row.id);
    let text = |column, sealed: &[u8]| {
        let text = data_key.open_text(place(column, id, user), sealed);
        text.map(|text| text.to_string())
    };
    let optional = |column, sealed: Option<&[u8]>| sealed.map(|sealed| text(column, sealed)).transpose();
    Ok(Some(KeyView {
        id,
        provider,
        label: optional("label", row.label.as_deref())?,
        hint: text("hint", &row.hint)?,
        base_url: optional("base_url", row.base_url.as_deref())?,
        created_at: Timestamp(row.created_at),
        rotated_at: row.rotated_at.map(Timestamp),
        last_used_at: row.last_used_at.map(Timestamp),
        check: row.check(),
    }))
}
