//! The clock of requests: a reminder before one is due, an alarm each day after. To the operator by mail,
//! by the log and by metrics; the queue's own memory of what was sent keeps each to once.

use super::{reference, rows};
use crate::domain::accounts::Email;
use crate::domain::privacy::request_letters::{self as letters, About};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::outbox::{self, Mail};
use crate::features::privacy::error::Result;
use crate::infra::crypto::KeysError;

/// A reminder goes out when less than this is left, or less than a third of the whole time.
const REMIND_MS: i64 = 7 * DAY_MS;

/// Tells the operator what is due soon and what is overdue; answers how many requests that concerns.
///
/// # Errors
/// When a database cannot be used.
pub async fn run(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut told = 0;
    for line in rows::list(app, false).await? {
        let Some(stage) = stage(line.created_at, line.due_at, now) else {
            continue;
        };
        told += 1;
        let reference = reference(line.id);
        let about = About {
            kind: line.kind,
            reference: &reference,
            due: line.due_at,
        };
        let (kind, letter, dedupe) = match stage {
            Stage::Soon => (
                "request_reminder",
                letters::due_soon(&about),
                format!("request_reminder:{}:{}", line.id, line.due_at.0),
            ),
            Stage::Overdue { days } => {
                tracing::error!(reference, days, kind = line.kind.id(), "a request is overdue");
                (
                    "request_overdue",
                    letters::overdue(&about),
                    format!("request_overdue:{}:{days}", line.id),
                )
            }
        };
        // The operator's contact may be something else than an address.
        if Email::parse(&app.config.contact).is_err() {
            continue;
        }
        let mail = Mail {
            owner: line.id.0,
            to: &app.config.contact,
            kind,
            letter,
            dedupe,
        };
        let mut conn = app.db.begin().await?;
        match outbox::enqueue(&mut conn, app, mail).await {
            // Erased at this moment.
            Err(outbox::Error::Keys(KeysError::Gone)) => continue,
            queued => queued?,
        }
        conn.commit().await?;
    }
    Ok(told)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Soon,
    /// For so many whole days.
    Overdue {
        days: i64,
    },
}

fn stage(created: Timestamp, due: Timestamp, now: Timestamp) -> Option<Stage> {
    let left = due.0 - now.0;
    if left < 0 {
        return Some(Stage::Overdue { days: -left / DAY_MS });
    }
    let remind = REMIND_MS.min((due.0 - created.0) / 3);
    (left <= remind).then_some(Stage::Soon)
}

/// How many requests are open, and how many of them overdue; for the operator's eyes.
///
/// # Errors
/// When the database cannot be read.
pub async fn backlog(app: &App) -> Result<(i64, i64)> {
    let (now, lines) = (app.clock.now(), rows::list(app, false).await?);
    let overdue = lines.iter().filter(|line| line.due_at < now).count();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Ok((count(lines.len()), count(overdue)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::HOUR_MS;

    #[test]
    fn a_reminder_comes_in_the_last_week_or_the_last_third() {
        let (made, days) = (Timestamp(0), |days: i64| Timestamp(days * DAY_MS));
        assert_eq!(stage(made, days(30), days(22)), None);
        assert_eq!(stage(made, days(30), days(23)), Some(Stage::Soon));
        assert_eq!(stage(made, days(3), days(2).minus(HOUR_MS)), None);
        assert_eq!(stage(made, days(3), days(2)), Some(Stage::Soon));
    }

    #[test]
    fn what_is_overdue_counts_its_days() {
        let due = Timestamp(30 * DAY_MS);
        assert_eq!(stage(Timestamp(0), due, due), Some(Stage::Soon));
        assert_eq!(stage(Timestamp(0), due, due.plus(1)), Some(Stage::Overdue { days: 0 }));
        assert_eq!(
            stage(Timestamp(0), due, due.plus(DAY_MS)),
            Some(Stage::Overdue { days: 1 })
        );
    }
}
