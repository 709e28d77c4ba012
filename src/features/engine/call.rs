//! One call's accounts: its slot, its hold, its counts, and the one row it leaves.
//!
//! Whatever happens to a call (finished, failed, stopped, dropped, panicked), [`Call`] settles
//! exactly once: dropped unsettled, it was aborted. Holds counts and codes, never text.

use super::budget::Hold;
use super::ledger::Entry;
use super::limits::Slot;
use super::measure;
use crate::domain::chat::{Credential, Stop, Tokens, Usage};
use crate::domain::ids::{CallId, ProviderKeyId, UserId};
use crate::domain::meter::{self, Meter};
use crate::domain::pricing::Price;
use crate::domain::problem::Code;
use crate::domain::providers::{Output, Provider};
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{CallStatus, Feature, OTHER_MODEL};
use crate::features::{App, usage, vault};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long the row of a call waits for the name of its model to be found in a models list.
const MODEL_LOOKUP: Duration = Duration::from_secs(5);

/// What is known of a call before it is sent.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub id: CallId,
    pub user: UserId,
    pub provider: Provider,
    /// As it was asked for; recorded only where a models list or the price table names it.
    pub model: String,
    pub feature: Feature,
    pub credential: Credential,
    pub key_id: Option<ProviderKeyId>,
    pub price: Option<Price>,
    pub input: u64,
    pub started_at: Timestamp,
    pub began: Instant,
}

/// A call that has left the house, or is about to.
#[derive(Debug)]
pub(super) struct Call {
    app: App,
    facts: Facts,
    hold: Hold,
    /// Given back with the call.
    slot: Option<Slot>,
    is_accepted: bool,
    given: Option<Tokens>,
    answer: Meter,
    reasoning: Meter,
    first_output_ms: Option<i64>,
    stop: Option<Stop>,
    is_settled: bool,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Finished,
    Aborted,
    Failed(Code),
}

/// What a settled call used, and the news that its row is written.
#[derive(Debug)]
pub(super) struct Settled {
    pub usage: Usage,
    pub written: oneshot::Receiver<()>,
}

impl Call {
    pub(super) const fn new(app: App, facts: Facts, hold: Hold, slot: Slot) -> Self {
        Self {
            app,
            facts,
            hold,
            slot: Some(slot),
            is_accepted: false,
            given: None,
            answer: Meter::new(),
            reasoning: Meter::new(),
            first_output_ms: None,
            stop: None,
            is_settled: false,
        }
    }

    pub(super) const fn user(&self) -> UserId {
        self.facts.user
    }

    /// The provider has taken the request: from here on it may bill.
    pub(super) const fn accept(&mut self) {
        self.is_accepted = true;
    }

    /// Counts what an output holds.
    pub(super) fn count(&mut self, output: &Output) {
        match output {
            Output::Text(text) => {
                self.answer.add(text);
                self.mark_first_output();
            }
            Output::Reasoning(text) => {
                self.reasoning.add(text);
                self.mark_first_output();
            }
            Output::Tool(tool) => {
                self.answer.add(&tool.arguments);
                self.mark_first_output();
            }
            Output::Usage(tokens) => self.given = Some(*tokens),
            Output::Stop(stop) => self.stop = Some(*stop),
            Output::Error(_) | Output::End => {}
        }
    }

    fn mark_first_output(&mut self) {
        if self.first_output_ms.is_none() {
            self.first_output_ms = Some(self.elapsed_ms());
        }
    }

    pub(super) const fn has_output(&self) -> bool {
        self.first_output_ms.is_some()
    }

    pub(super) fn stop(&self) -> Stop {
        self.stop.unwrap_or(Stop::Other)
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.facts.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The one settlement: budget, slot and row. A second one changes nothing and repeats the figures.
    pub(super) fn settle(&mut self, ending: Ending) -> Settled {
        let (tokens, is_estimated) = self.used(ending);
        let cost = self.facts.price.as_ref().map(|price| price.cost(&tokens));
        let (written, wait) = oneshot::channel();
        let settled = Settled {
            usage: Usage {
                tokens,
                cost_nano_usd: cost,
                estimated: is_estimated,
            },
            written: wait,
        };
        if std::mem::replace(&mut self.is_settled, true) {
            return settled;
        }
        let record = Box::new(self.record(ending, settled.usage));
        measure::settled(&record);
        let is_budgeted = self.hold.is_money();
        if self.facts.credential == Credential::Byok && !is_budgeted {
            self.app.engine.book.add(self.facts.user, cost.unwrap_or(0));
        }
        self.hold.settle(cost);
        self.slot = None;
        self.write(Entry::Call {
            record,
            written,
            is_budgeted,
        });
        settled
    }

    /// Hands the row to the ledger. A model that is in no price table may have to be looked up in the
    /// provider's list first: outside the stream, and for a bounded time.
    fn write(&self, mut entry: Entry) {
        let ledger = self.app.engine.ledger(&self.app);
        let Entry::Call { record, .. } = &mut entry else {
            return;
        };
        if self.facts.price.is_some() {
            return ledger.push(entry);
        }
        // Without a runtime the process is at its very end, and the row with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let app = self.app.clone();
        let asked = std::mem::replace(&mut record.model, OTHER_MODEL.to_owned());
        if self.facts.feature == Feature::Canary {
            // Its server is our own and has no list.
            return ledger.push(entry);
        }
        let (user, provider) = (record.user, record.provider);
        let credential = (record.credential, record.key_id);
        let lookup = async move {
            let named = vault::recorded_model(&app, user, provider, credential, &asked);
            if let Ok(model) = tokio::time::timeout(MODEL_LOOKUP, named).await
                && let Entry::Call { record, .. } = &mut entry
            {
                record.model = model;
            }
            ledger.push(entry);
        };
        self.app.background.spawn_on(lookup, &runtime);
    }

    /// A call that was refused before acceptance used nothing; one that was stopped while it waited
    /// may have been read by the provider already.
    fn used(&self, ending: Ending) -> (Tokens, bool) {
        if !self.is_accepted && matches!(ending, Ending::Failed(_)) {
            return (Tokens::default(), false);
        }
        let reasoning = self.reasoning.tokens();
        let counted = Tokens {
            input: self.facts.input,
            output: self.answer.tokens() + reasoning,
            reasoning,
            ..Tokens::default()
        };
        meter::settle(self.given, counted, ending == Ending::Finished)
    }

    fn record(&self, ending: Ending, used: Usage) -> usage::CallRecord {
        let (status, problem) = match ending {
            Ending::Finished => (CallStatus::Ok, None),
            Ending::Aborted => (CallStatus::Aborted, None),
            Ending::Failed(code) => (CallStatus::Error, Some(code)),
        };
        let price = self.facts.price.as_ref().zip(used.cost_nano_usd);
        usage::CallRecord {
            id: self.facts.id,
            user: self.facts.user,
            started_at: self.facts.started_at,
            provider: self.facts.provider,
            model: self.facts.model.clone(),
            feature: self.facts.feature,
            key_id: self.facts.key_id,
            credential: self.facts.credential,
            tokens: used.tokens,
            estimated: used.estimated,
            price: price.map(|(price, cost_nano_usd)| usage::Price {
                cost_nano_usd,
                source: price.source.url.to_owned(),
                date: price.source.date.to_owned(),
            }),
            latency_ms: self.elapsed_ms(),
            ttft_ms: self.first_output_ms,
            status,
            problem,
            stop: self.stop,
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_settled {
            self.settle(Ending::Aborted);
        }
    }
}
