//! The books of one process, in memory: what each person spent and what their running calls hold.

use super::{Ask, Grant, Standing};
use crate::domain::ids::UserId;
use crate::domain::problem::Problem;
use crate::domain::timestamp::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Everybody who made a call lately.
#[derive(Debug, Default)]
pub(in crate::features::engine) struct Book(Mutex<HashMap<UserId, Page>>);

#[derive(Debug)]
struct Page {
    standing: Standing,
    /// The moment of the last look: a new day or month begins with nothing spent.
    as_of: Timestamp,
}

impl Page {
    /// Time that runs backwards starts nothing anew.
    fn turn(&mut self, now: Timestamp) {
        if now.start_of_day() > self.as_of.start_of_day() {
            self.standing.spent_today = 0;
            self.standing.trials_today = 0;
        }
        if now.start_of_month() > self.as_of.start_of_month() {
            self.standing.spent_this_month = 0;
        }
        self.as_of = self.as_of.max(now);
    }
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, HashMap<UserId, Page>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn knows(&self, user: UserId) -> bool {
        self.pages().contains_key(&user)
    }

    /// Opens a page with what the database says; a page that is there already knows better.
    pub(super) fn seed(&self, user: UserId, standing: Standing, now: Timestamp) {
        self.pages().entry(user).or_insert(Page { standing, as_of: now });
    }

    /// Judges and holds in one step.
    pub(super) fn hold(&self, user: UserId, ask: &Ask, now: Timestamp) -> Result<Grant, Problem> {
        let mut pages = self.pages();
        let page = pages.entry(user).or_insert_with(|| Page {
            standing: Standing::default(),
            as_of: now,
        });
        page.turn(now);
        let grant = ask.judge(&page.standing, now)?;
        match grant {
            Grant::Money(amount) => page.standing.held += amount,
            Grant::Trial => page.standing.trials_running += 1,
        }
        Ok(grant)
    }

    pub(super) fn release(&self, user: UserId, grant: Grant) {
        if let Some(page) = self.pages().get_mut(&user) {
            match grant {
                Grant::Money(amount) => page.standing.held -= amount,
                Grant::Trial => page.standing.trials_running = page.standing.trials_running.saturating_sub(1),
            }
        }
    }

    /// What was held becomes what was spent, in one step.
    pub(super) fn settle(&self, user: UserId, grant: Grant, cost: i64) {
        if let Some(page) = self.pages().get_mut(&user) {
            match grant {
                Grant::Money(amount) => {
                    page.standing.held -= amount;
                    page.standing.spent_today = page.standing.spent_today.saturating_add(cost);
                    page.standing.spent_this_month = page.standing.spent_this_month.saturating_add(cost);
                }
                Grant::Trial => {
                    page.standing.trials_running = page.standing.trials_running.saturating_sub(1);
                    page.standing.trials_today = page.standing.trials_today.saturating_add(1);
                }
            }
        }
    }

    /// A call that held nothing was made by somebody who has a page: their budget is younger than the call.
    pub(in crate::features::engine) fn add(&self, user: UserId, cost: i64) {
        if let Some(page) = self.pages().get_mut(&user) {
            page.standing.spent_today = page.standing.spent_today.saturating_add(cost);
            page.standing.spent_this_month = page.standing.spent_this_month.saturating_add(cost);
        }
    }

    /// Forgets pages of earlier days on which nothing is held: the database knows them.
    pub(in crate::features::engine) fn sweep(&self, now: Timestamp) {
        self.pages().retain(|_, page| {
            page.standing.held != 0
                || page.standing.trials_running != 0
                || page.as_of.start_of_day() >= now.start_of_day()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::Budget;
    use super::*;
    use crate::domain::timestamp::DAY_MS;
    use uuid::Uuid;

    const NOON: Timestamp = Timestamp(1_767_268_800_000); // 2026-01-01T12:00:00Z
    const USER: UserId = UserId(Uuid::from_u128(7));

    fn ask(amount: i64) -> Ask {
        Ask::Money {
            budget: Budget {
                daily: Some(100),
                monthly: Some(150),
            },
            least: amount,
            most: amount,
        }
    }

    #[test]
    fn two_hundred_threads_never_hold_more_than_the_budget() {
        let book = Book::default();
        let granted = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..200 {
                scope.spawn(|| {
                    if book.hold(USER, &ask(10), NOON).is_ok() {
                        granted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        book.settle(USER, Grant::Money(10), 10);
                    }
                });
            }
        });
        assert_eq!(granted.into_inner(), 10);
    }

    #[test]
    fn a_released_hold_can_be_held_again() {
        let book = Book::default();
        let grant = book.hold(USER, &ask(100), NOON).unwrap();
        book.hold(USER, &ask(1), NOON).unwrap_err();
        book.release(USER, grant);
        book.hold(USER, &ask(100), NOON).unwrap();
    }

    #[test]
    fn a_new_day_begins_with_nothing_spent_but_the_month_remembers() {
        let book = Book::default();
        let grant = book.hold(USER, &ask(100), NOON).unwrap();
        book.settle(USER, grant, 100);
        book.hold(USER, &ask(1), NOON).unwrap_err();
        let tomorrow = NOON.plus(DAY_MS);
        book.hold(USER, &ask(51), tomorrow).unwrap_err();
        book.hold(USER, &ask(50), tomorrow).unwrap();
    }

    #[test]
    fn a_clock_that_runs_backwards_gives_nothing_back() {
        let book = Book::default();
        let grant = book.hold(USER, &ask(100), NOON).unwrap();
        book.settle(USER, grant, 100);
        book.hold(USER, &ask(1), NOON.minus(DAY_MS)).unwrap_err();
    }

    #[test]
    fn pages_with_running_calls_are_kept() {
        let book = Book::default();
        let grant = book.hold(USER, &ask(100), NOON).unwrap();
        book.sweep(NOON.plus(3 * DAY_MS));
        assert!(book.knows(USER));
        book.settle(USER, grant, 100);
        book.sweep(NOON.plus(3 * DAY_MS));
        assert!(!book.knows(USER));
    }
}
