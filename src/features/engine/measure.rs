//! What `/metrics` tells of calls. Labels name providers, statuses and problem codes, which are short
//! fixed lists; never a person, a model, a key or an address.

use crate::domain::problem::Code;
use crate::features::usage::CallRecord;
use metrics::{counter, histogram};
use std::time::Duration;

/// A call was settled: one more by provider, credential and status, and its times.
pub(super) fn settled(call: &CallRecord) {
    let provider = call.provider.id();
    counter!("spectr_calls_total", "provider" => provider, "credential" => call.credential.id(), "status" => call.status.id())
        .increment(1);
    if let Some(code) = call.problem {
        counter!("spectr_call_errors_total", "provider" => provider, "code" => code.code()).increment(1);
    }
    if let Some(ttft) = call.ttft_ms {
        histogram!("spectr_call_first_output_seconds", "provider" => provider).record(seconds(ttft));
    }
    histogram!("spectr_call_seconds", "provider" => provider).record(seconds(call.latency_ms));
}

/// A call was refused before it reached a provider, and leaves no row.
pub(super) fn refused(code: Code) {
    counter!("spectr_calls_refused_total", "code" => code.code()).increment(1);
}

/// The row of a call was given up.
pub(super) fn lost() {
    counter!("spectr_call_rows_lost_total").increment(1);
}

fn seconds(ms: i64) -> f64 {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0)).as_secs_f64()
}
