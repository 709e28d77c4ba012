//! The parts of the product that call models.

use serde::{Deserialize, Serialize};

/// Which part of the product made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// JARVIS.
    Assistant,
    /// Explain of the report analyzer.
    Reports,
    /// The proof page's canary, answered by a server of our own.
    Canary,
}

impl Feature {
    pub const ALL: [Self; 3] = [Self::Assistant, Self::Reports, Self::Canary];

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Reports => "reports",
            Self::Canary => "canary",
        }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "JARVIS",
            Self::Reports => "Report Analyzer",
            Self::Canary => "Privacy canary",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.id() == id)
    }
}
