//! The clock guard: notices when the wall clock jumps against the time that really passed.
//!
//! A wall clock that jumps ahead by months would make every purge delete what people still expect to
//! be there. So a jump of more than 24 hours within one process pauses the jobs that delete, until
//! the next start or until an operator ran them by hand. A restart is no jump: then nothing is known
//! about the time between.

use crate::domain::timestamp::{DAY_MS, Timestamp};
use std::time::Duration;

/// Differences up to this are summer time, slow clocks and corrections.
const TOLERANCE_MS: i64 = DAY_MS;

/// Wall clock and machine time at a moment when they were taken to agree.
#[derive(Debug)]
pub struct ClockGuard {
    wall: Timestamp,
    uptime: Duration,
    /// The wall clock when the jump was first seen.
    jumped_at: Option<Timestamp>,
}

/// Time since the machine started, suspension included, whatever the wall clock says.
#[must_use]
pub fn uptime() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

impl ClockGuard {
    #[must_use]
    pub const fn new(wall: Timestamp, uptime: Duration) -> Self {
        Self {
            wall,
            uptime,
            jumped_at: None,
        }
    }

    /// Whether the wall clock moved like the machine's time. Once it did not, it stays so until
    /// [`ClockGuard::confirm`], unless the clock comes back.
    pub fn is_steady(&mut self, wall: Timestamp, uptime: Duration) -> bool {
        let passed = uptime.saturating_sub(self.uptime).as_millis();
        let expected = self.wall.plus(i64::try_from(passed).unwrap_or(i64::MAX));
        let is_steady = wall.0.saturating_sub(expected.0).saturating_abs() <= TOLERANCE_MS;
        match (is_steady, self.jumped_at) {
            (false, None) => {
                self.jumped_at = Some(wall);
                tracing::error!(
                    "the clock jumped by more than a day: jobs that delete are paused. Check the clock, then run \
                     `spectr jobs run` or restart the server"
                );
            }
            (true, Some(_)) => {
                self.jumped_at = None;
                tracing::info!("the clock is back: jobs that delete run again");
            }
            _ => {}
        }
        is_steady
    }

    /// Takes the new time as right when a deleting job ran to its end since the jump.
    pub fn confirm(&mut self, last_ok: Option<Timestamp>, wall: Timestamp, uptime: Duration) -> bool {
        let Some(jumped_at) = self.jumped_at else { return false };
        let is_confirmed = last_ok.is_some_and(|at| at >= jumped_at && at <= wall);
        if is_confirmed {
            *self = Self::new(wall, uptime);
        }
        is_confirmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::HOUR_MS;

    const START: Timestamp = Timestamp(1_800_000_000_000);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn time_that_passes_is_no_jump() {
        let mut guard = ClockGuard::new(START, HOUR);
        assert!(guard.is_steady(START.plus(90 * DAY_MS), HOUR + 24 * 90 * HOUR));
        assert!(guard.is_steady(START.plus(91 * DAY_MS - HOUR_MS), HOUR + 24 * 90 * HOUR));
    }

    #[test]
    fn a_jump_in_either_direction_pauses_until_the_clock_comes_back() {
        let mut guard = ClockGuard::new(START, HOUR);
        assert!(!guard.is_steady(START.plus(DAY_MS + 1), HOUR));
        assert!(guard.is_steady(START.plus(1), HOUR));
        assert!(!guard.is_steady(START.minus(DAY_MS + 1), HOUR));
    }

    #[test]
    fn an_operators_run_after_the_jump_confirms_the_new_time() {
        let mut guard = ClockGuard::new(START, HOUR);
        let later = START.plus(91 * DAY_MS);
        assert!(!guard.is_steady(later, HOUR));
        assert!(!guard.confirm(None, later, HOUR));
        assert!(
            !guard.confirm(Some(START), later, HOUR),
            "a run before the jump says nothing"
        );
        assert!(guard.confirm(Some(later), later, HOUR));
        assert!(guard.is_steady(later, HOUR));
    }
}
