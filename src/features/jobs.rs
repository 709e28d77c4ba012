//! The table of jobs: what happens by itself, how often, and which feature does it.
//!
//! Adding a job: an idempotent function in the feature that owns the rows, and a row here.

use super::{App, accounts, outbox, platform, privacy, usage};
use crate::domain::timestamp::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::infra::jobs::{Job, Runner};

pub const JOBS: &[Job<App>] = &[
    Job {
        name: "usage_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(usage::purge(&app).await?) }),
    },
    Job {
        name: "session_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(accounts::jobs::purge_sessions(&app).await?) }),
    },
    Job {
        name: "token_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(accounts::jobs::purge_tokens(&app).await?) }),
    },
    Job {
        name: "security_event_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(accounts::jobs::purge_security_events(&app).await?) }),
    },
    Job {
        name: "unverified_account_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(accounts::jobs::purge_unverified(&app).await?) }),
    },
    Job {
        name: "platform_key_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(platform::purge(&app).await?) }),
    },
    Job {
        name: "outbox_purge",
        every: DAY_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(outbox::purge(&app).await?) }),
    },
    Job {
        name: "policy_announce",
        every: HOUR_MS,
        is_destructive: false,
        run: |app| Box::pin(async move { Ok(privacy::policy::announce(&app).await?) }),
    },
    Job {
        name: "erasures_due",
        every: MINUTE_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(privacy::erasure::run_due(&app).await?) }),
    },
    Job {
        name: "closed_request_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(privacy::requests::purge(&app).await?) }),
    },
    Job {
        name: "export_purge",
        every: HOUR_MS,
        is_destructive: true,
        run: |app| Box::pin(async move { Ok(privacy::export::purge(&app).await?) }),
    },
    Job {
        name: "request_alarm",
        every: HOUR_MS,
        is_destructive: false,
        run: |app| Box::pin(async move { Ok(privacy::requests::alarms::run(&app).await?) }),
    },
    Job {
        name: "disclosure_notice",
        every: HOUR_MS,
        is_destructive: false,
        run: |app| Box::pin(async move { Ok(privacy::disclosures::tell_due(&app).await?) }),
    },
    // Last, so that one pass clears what the others deleted.
    Job {
        name: "disk_wipe",
        every: HOUR_MS,
        is_destructive: false,
        run: |app| Box::pin(async move { Ok(privacy::wipe::run(&app).await?) }),
    },
];

/// The runner of all jobs.
#[must_use]
pub fn runner(app: &App) -> Runner<App> {
    Runner {
        context: app.clone(),
        db: app.db.clone(),
        clock: app.clock.clone(),
        jobs: JOBS,
    }
}
