//! The live list of models behind a picker, read from `GET /stream/models`.

use crate::domain::ids::ProviderKeyId;
use crate::domain::pricing::Rates;
use crate::domain::providers::{Model, Provider};
use crate::islands::stream::{Refusal, get};
use serde::{Deserialize, Serialize};

/// Nano-USD for so many plain tokens: enough for a rough figure; the server prices calls in full.
#[must_use]
pub fn rough_cost(rates: Rates, input: u64, output: u64) -> i64 {
    let pico = |tokens: u64, rate: u64| tokens.saturating_mul(rate);
    let nano = pico(input, rates.input).saturating_add(pico(output, rates.output)) / 1_000;
    i64::try_from(nano).unwrap_or(i64::MAX)
}

/// Body of `GET /stream/models`.
#[derive(Deserialize)]
struct Models {
    models: Vec<Model>,
}

/// Who pays for calls with a source of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    OwnKey,
    Trial,
    Nobody,
}

/// A key, trial or guide that the person can use now; decided on the server, without any secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub provider: Provider,
    pub key_id: Option<ProviderKeyId>,
    /// The key's label; empty for trial and guide.
    pub label: String,
    pub payer: Payer,
}

/// Asks the server, which asks the provider or its own short-lived memory.
///
/// # Errors
/// [`Refusal`], in words for the person who opened the picker.
pub async fn list(source: &Source) -> Result<Vec<Model>, Refusal> {
    let mut address = ["/stream/models?provider=", source.provider.id()].concat();
    if let Some(key) = source.key_id {
        address.push_str("&key_id=");
        address.push_str(&key.to_string());
    }
    let text = get(&address).await?;
    let list: Models = serde_json::from_str(&text).map_err(|_| Refusal::unreadable(200))?;
    Ok(list.models.into_iter().filter(|model| model.chats).collect())
}
