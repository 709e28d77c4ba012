//! The words and dates of an erasure, and its receipt. Nothing here holds personal data, and a
//! receipt never may: whoever has its link can read it.
//!
//! ```text
//!            mail link, 7 days      keys go       7 days, or at once
//! (active) ──► waiting ───────────► pending ─────────────────────► erasing ──► erased
//!                 └── called off ──────┴──► cancelled (the account is back, its keys are not)
//! ```

use super::constants::{BACKUP_RETENTION_DAYS, ERASURE_GRACE_DAYS, ERASURE_PURGE_DAYS, ERASURE_WAIT_DAYS};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a person types to confirm.
pub const CONFIRMATION: &str = "DELETE";

/// Where an erasure stands; the words stand in the table and in receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked for by a mailed link alone; nothing has happened yet.
    Waiting,
    /// Keys and links are gone; the rest follows on the date and can be called off until then.
    Pending,
    /// Runs. There is no way back.
    Erasing,
    /// Everything is gone.
    Erased,
    /// Called off in time.
    Cancelled,
}

impl State {
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Pending,
        Self::Erasing,
        Self::Erased,
        Self::Cancelled,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Pending => "pending",
            Self::Erasing => "erasing",
            Self::Erased => "erased",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the person can still call it off before the deadline.
    #[must_use]
    pub const fn is_reversible(self) -> bool {
        matches!(self, Self::Waiting | Self::Pending)
    }
}

/// By which way an erasure was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// In the settings, with password and, where there is one, second factor.
    Settings,
    /// By a link to the account's mailbox, without the second factor.
    MailLink,
    /// The operator, because the person asked in another way.
    Request,
    /// The operator, because the account is a child's.
    Child,
}

impl Reason {
    pub const ALL: [Self; 4] = [Self::Settings, Self::MailLink, Self::Request, Self::Child];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::MailLink => "mail_link",
            Self::Request => "request",
            Self::Child => "child",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// The line on the receipt.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Settings => "in the settings of the account",
            Self::MailLink => "by a link to the account's mailbox",
            Self::Request => "by a request to the operator",
            Self::Child => "by the operator, for a child",
        }
    }
}

/// When the rest is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After the days in which it can be called off.
    Grace,
    Now,
}

impl When {
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "grace" => Some(Self::Grace),
            "now" => Some(Self::Now),
            _ => None,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grace => "grace",
            Self::Now => "now",
        }
    }

    /// The moment at which everything else begins to go.
    #[must_use]
    pub const fn due(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Grace => now.plus(ERASURE_GRACE_DAYS * DAY_MS),
            Self::Now => now,
        }
    }
}

/// When a mailed request turns into a deletion.
#[must_use]
pub const fn wait_ends(now: Timestamp) -> Timestamp {
    now.plus(ERASURE_WAIT_DAYS * DAY_MS)
}

/// By when an account whose turn comes at `due` is gone from the databases at the latest.
#[must_use]
pub const fn gone_by(due: Timestamp) -> Timestamp {
    due.plus(ERASURE_PURGE_DAYS * DAY_MS)
}

/// By when backups that still hold rows of it are deleted.
#[must_use]
pub const fn backups_gone_by(due: Timestamp) -> Timestamp {
    gone_by(due).plus(BACKUP_RETENTION_DAYS * DAY_MS)
}

/// Rows by table.
pub type Counts = BTreeMap<String, u64>;

/// What is public about an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub id: Uuid,
    pub state: State,
    pub reason: Reason,
    pub asked_at: Timestamp,
    /// When the keys were deleted.
    pub began_at: Option<Timestamp>,
    /// When the next stage is due: of a waiting one the deletion of the keys, else everything else.
    pub due_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub counts: Counts,
}

impl Receipt {
    /// Whether it can still be called off at this moment.
    #[must_use]
    pub fn can_cancel(&self, now: Timestamp) -> bool {
        self.state.is_reversible() && now < self.due_at
    }

    /// When everything but the keys goes: known from the start.
    #[must_use]
    pub const fn erase_at(&self) -> Timestamp {
        match self.state {
            State::Waiting => When::Grace.due(self.due_at),
            _ => self.due_at,
        }
    }

    /// By when backups that hold its rows are deleted; none where it was called off.
    #[must_use]
    pub fn backups_gone_at(&self) -> Option<Timestamp> {
        match (self.state, self.ended_at) {
            (State::Cancelled, _) => None,
            (State::Erased, Some(at)) => Some(at.plus(BACKUP_RETENTION_DAYS * DAY_MS)),
            _ => Some(backups_gone_by(self.erase_at())),
        }
    }

    /// The receipt as JSON, with times as RFC 3339.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let open = !matches!(self.state, State::Cancelled);
        Facts {
            kind: "spectr erasure receipt",
            version: 1,
            receipt: self.id,
            state: self.state,
            asked: self.reason,
            asked_at: self.asked_at.rfc3339(),
            keys_deleted_at: self.began_at.map(Timestamp::rfc3339),
            cancel_until: self.state.is_reversible().then(|| self.erase_at().rfc3339()),
            erase_at: open.then(|| self.erase_at().rfc3339()),
            erased_at: (self.state == State::Erased)
                .then(|| self.ended_at.map(Timestamp::rfc3339))
                .flatten(),
            cancelled_at: (self.state == State::Cancelled)
                .then(|| self.ended_at.map(Timestamp::rfc3339))
                .flatten(),
            backups_gone_by: self.backups_gone_at().map(Timestamp::rfc3339),
            deleted: self.counts.clone(),
        }
    }
}

/// The receipt as it is published and signed.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    pub kind: &'static str,
    pub version: u8,
    pub receipt: Uuid,
    pub state: State,
    pub asked: Reason,
    pub asked_at: String,
    pub keys_deleted_at: Option<String>,
    pub cancel_until: Option<String>,
    pub erase_at: Option<String>,
    pub erased_at: Option<String>,
    pub cancelled_at: Option<String>,
    pub backups_gone_by: Option<String>,
    /// Rows that were deleted, by table.
    pub deleted: Counts,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(state: State) -> Receipt {
        Receipt {
            id: Uuid::nil(),
            state,
            reason: Reason::Settings,
            asked_at: Timestamp(0),
            began_at: Some(Timestamp(0)),
            due_at: Timestamp(ERASURE_GRACE_DAYS * DAY_MS),
            ended_at: None,
            counts: Counts::new(),
        }
    }

    #[test]
    fn words_come_back_as_what_they_were() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
        assert_eq!(State::parse("gone"), None);
    }

    #[test]
    fn it_can_be_called_off_until_the_deadline_and_not_at_it() {
        let pending = receipt(State::Pending);
        assert!(pending.can_cancel(pending.due_at.minus(1)));
        assert!(!pending.can_cancel(pending.due_at));
        for state in [State::Erasing, State::Erased, State::Cancelled] {
            assert!(!receipt(state).can_cancel(Timestamp(0)), "{state:?}");
        }
    }

    #[test]
    fn a_mailed_request_names_the_end_of_both_times() {
        let waiting = receipt(State::Waiting);
        assert_eq!(waiting.erase_at(), Timestamp(2 * ERASURE_GRACE_DAYS * DAY_MS));
        assert_eq!(waiting.facts().cancel_until, waiting.facts().erase_at);
    }

    #[test]
    fn one_that_was_called_off_promises_nothing() {
        let facts = receipt(State::Cancelled).facts();
        assert!(facts.erase_at.is_none() && facts.backups_gone_by.is_none() && facts.cancel_until.is_none());
    }
}
