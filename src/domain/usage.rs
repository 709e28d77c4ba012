//! Usage in words and numbers: what a call can be for, how it can end, and how money and counts are
//! written. Pure; money is integer nano-USD everywhere and is never a float.

use serde::{Deserialize, Serialize};

/// A billionth of a US dollar, the unit of every amount.
pub const NANO_USD: i64 = 1_000_000_000;

/// The name under which calls are recorded whose model stands in no list: a model's name is text of
/// the caller otherwise, and text of people is not kept.
pub const OTHER_MODEL: &str = "other";

/// Which part of the product made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// JARVIS, through `POST /stream/chat`.
    Assistant,
}

impl Feature {
    pub const ALL: [Self; 1] = [Self::Assistant];

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "JARVIS",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.id() == id)
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    Ok,
    /// Stopped by the person, or their browser went away.
    Aborted,
    Error,
}

impl CallStatus {
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Aborted => "aborted",
            Self::Error => "error",
        }
    }
}
