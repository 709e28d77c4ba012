//! Budgets: money (and trial calls) are held before a call leaves the house and settled after it.
//!
//! One process with SQLite keeps the books in memory, seeded from the database: nothing is written
//! before the first token. PostgreSQL may serve several processes and keeps a row in `reservations`
//! per running call, made under a lock of that person; a row that a crash leaves behind expires.
//!
//! A call is let in only if what it may cost fits into what is left. Its price unknown, it holds
//! [`UNPRICED_HOLD`]. Where the caller set no limit of tokens, the call gets a usual amount or all
//! that is left, and a limit of tokens to match: what is held is also the most it can cost.

mod book;
mod shared;

pub(super) use book::Book;
pub(super) use shared::forget_stale;

use crate::domain::chat::{ChatRequest, Credential, Tokens};
use crate::domain::ids::{CallId, UserId};
use crate::domain::meter;
use crate::domain::pricing::{self, Price};
use crate::domain::problem::{Code, Problem};
use crate::domain::timestamp::{SECOND_MS, Timestamp};
use crate::features::App;
use crate::features::engine::ledger::{self, Entry, Ledger};
use crate::features::usage::budgets::{self, Budget};
use crate::infra::db::Db;
use std::sync::Arc;

/// Held for a call whose price is not known: one cent.
const UNPRICED_HOLD: i64 = 10_000_000;
/// Output that is held for where the caller set no limit, in tokens; less where the model gives less.
const USUAL_OUTPUT: u64 = 8_192;
/// The shortest answer that is asked for where little is left, in tokens: a budget can be spent to
/// its end, and the answer says that it was cut.
const LEAST_OUTPUT: u64 = 1;
/// Seconds after which running calls have probably settled.
const RUNNING_RETRY_SECONDS: u64 = 5;

/// What was spent and what is held, as one moment sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub spent_today: i64,
    pub spent_this_month: i64,
    pub held: i64,
    pub trials_today: u32,
    pub trials_running: u32,
}

/// What a call asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Money { budget: Budget, least: i64, most: i64 },
    Trial { per_day: u32 },
}

/// What a call got: an amount of money, or one trial call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    Money(i64),
    Trial,
}

impl Ask {
    /// The rule, the same for both ways of keeping the books.
    pub(super) fn judge(&self, standing: &Standing, now: Timestamp) -> Result<Grant, Problem> {
        match *self {
            Self::Trial { per_day } => {
                if standing.trials_today.saturating_add(standing.trials_running) < per_day {
                    return Ok(Grant::Trial);
                }
                Err(Problem::new(Code::TrialExhausted).retry_after(seconds_until(now, next_day(now))))
            }
            Self::Money { budget, least, most } => {
                let left_today = budget.daily.map(|limit| limit - standing.spent_today);
                let left_this_month = budget.monthly.map(|limit| limit - standing.spent_this_month);
                let left = left_today.unwrap_or(i64::MAX).min(left_this_month.unwrap_or(i64::MAX));
                let free = left.saturating_sub(standing.held);
                if free >= least {
                    return Ok(Grant::Money(most.min(free)));
                }
                let problem = Problem::new(Code::BudgetExhausted);
                if left >= least {
                    return Err(problem
                        .detail("Answers that are still running hold the rest of it.")
                        .retry_after(RUNNING_RETRY_SECONDS));
                }
                let month = left_this_month.is_some_and(|left| left < least);
                let renews = if month { next_month(now) } else { next_day(now) };
                let span = if month { "monthly" } else { "daily" };
                Err(problem
                    .detail(format!("What is left of the {span} one does not cover this call."))
                    .retry_after(seconds_until(now, renews)))
            }
        }
    }
}

fn next_day(now: Timestamp) -> Timestamp {
    now.start_of_day().plus(crate::domain::timestamp::DAY_MS)
}

fn next_month(now: Timestamp) -> Timestamp {
    now.start_of_month()
        .plus(31 * crate::domain::timestamp::DAY_MS + 1)
        .start_of_month()
}

fn seconds_until(now: Timestamp, then: Timestamp) -> u64 {
    u64::try_from((then.0 - now.0) / SECOND_MS + 1).unwrap_or(1)
}

/// What a call may cost.
#[derive(Clone, Debug)]
struct Quote {
    price: Option<Price>,
    input: u64,
    /// The caller's own limit.
    max_tokens: Option<u32>,
    /// Output that is held for without one.
    usual: u64,
}

impl Quote {
    fn new(request: &ChatRequest, price: Option<Price>) -> Self {
        Self {
            price,
            input: meter::input_tokens_at_most(request),
            max_tokens: request.params.max_tokens,
            usual: pricing::facts(request.provider, &request.model)
                .map_or(USUAL_OUTPUT, |facts| facts.max_output.min(USUAL_OUTPUT)),
        }
    }

    fn cost(&self, output: u64) -> Option<i64> {
        let price = self.price.as_ref()?;
        Some(price.cost(&Tokens {
            input: self.input,
            output,
            ..Tokens::default()
        }))
    }

    fn ask(&self, budget: Budget) -> Ask {
        let most = self.max_tokens.map_or(self.usual, u64::from);
        let least = self.max_tokens.map_or(LEAST_OUTPUT, u64::from);
        Ask::Money {
            budget,
            least: self.cost(least).unwrap_or(1).max(1),
            most: self.cost(most).unwrap_or(UNPRICED_HOLD).max(1),
        }
    }

    /// The limit of tokens that keeps a call without a limit of its own inside its grant.
    fn limit(&self, granted: i64) -> Option<u32> {
        if self.max_tokens.is_some() {
            return None;
        }
        let nothing = self.cost(0)?;
        if granted >= self.cost(self.usual)? {
            return u32::try_from(self.usual).ok();
        }
        let per_million = self.cost(1_000_000)?.saturating_sub(nothing).max(1);
        let tokens = i128::from(granted - nothing) * 1_000_000 / i128::from(per_million);
        u32::try_from(tokens.max(1)).ok()
    }
}

/// Money or a trial call that is held for one call; let go when dropped, on whatever path.
#[derive(Debug)]
pub(super) struct Hold(Option<Held>);

#[derive(Debug)]
struct Held {
    call: CallId,
    user: UserId,
    grant: Grant,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Book(Arc<Book>),
    /// The row goes in the transaction that writes the call.
    Row(Ledger),
}

impl Hold {
    /// Nothing is held: no budget, or nothing that costs.
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    const fn of(asker: Asker, grant: Grant, place: Place) -> Self {
        Self(Some(Held {
            call: asker.call,
            user: asker.user,
            grant,
            place,
        }))
    }

    /// Whether a budget stands behind the call.
    pub(super) const fn is_money(&self) -> bool {
        matches!(
            self.0,
            Some(Held {
                grant: Grant::Money(_),
                ..
            })
        )
    }

    /// The call is over and its row is on its way to the ledger.
    pub(super) fn settle(&mut self, cost: Option<i64>) {
        if let Some(held) = self.0.take()
            && let Place::Book(book) = held.place
        {
            book.settle(held.user, held.grant, cost.unwrap_or(0));
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(held) = self.0.take() else { return };
        match held.place {
            Place::Book(book) => book.release(held.user, held.grant),
            Place::Row(ledger) => ledger.push(Entry::Release(held.call)),
        }
    }
}

/// Who asks, and for which call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub user: UserId,
    pub call: CallId,
    pub credential: Credential,
}

/// Holds what the call may cost. Answers the hold and, where little was left, the limit of tokens
/// that the call must be given.
///
/// # Errors
/// `budget_exhausted`, `trial_exhausted`, or `unavailable` where the books cannot be read.
pub(super) async fn hold(
    app: &App,
    asker: Asker,
    request: &ChatRequest,
    price: Option<Price>,
) -> Result<(Hold, Option<u32>), Problem> {
    let (ask, quote) = match asker.credential {
        Credential::None => return Ok((Hold::nothing(), None)),
        Credential::Trial => {
            let per_day = app.config.trial_calls_per_day;
            (Ask::Trial { per_day }, None)
        }
        Credential::Byok => {
            let budget = budgets::find(app, asker.user).await?;
            if budget == Budget::default() {
                return Ok((Hold::nothing(), None));
            }
            let quote = Quote::new(request, price);
            (quote.ask(budget), Some(quote))
        }
    };
    let refused = |problem: &Problem| tell_if_spent(app, asker.user, &ask, problem);
    let now = app.clock.now();
    let book = Arc::clone(&app.engine.book);
    let (grant, hold) = match &app.db {
        Db::Sqlite { .. } => {
            if !book.knows(asker.user) {
                let standing = shared::spent(app, asker.user, now).await?;
                book.seed(asker.user, standing, now);
            }
            let grant = book.hold(asker.user, &ask, now).inspect_err(refused)?;
            (grant, Hold::of(asker, grant, Place::Book(book)))
        }
        Db::Postgres(_) => {
            // Dropped while the row is on its way, the hold takes the row back.
            let mut hold = Hold::of(asker, Grant::Trial, Place::Row(app.engine.ledger(app)));
            match shared::hold(app, asker, &ask).await? {
                Ok(grant) => {
                    hold.0 = hold.0.take().map(|held| Held { grant, ..held });
                    (grant, hold)
                }
                Err(problem) => {
                    hold.0 = None;
                    refused(&problem);
                    return Err(problem);
                }
            }
        }
    };
    let limit = match grant {
        Grant::Money(granted) => quote.and_then(|quote| quote.limit(granted)),
        Grant::Trial => None,
    };
    Ok((hold, limit))
}

/// A budget is also spent when no call fits into its rest: nothing is settled then that would tell the person.
fn tell_if_spent(app: &App, user: UserId, ask: &Ask, refused: &Problem) {
    if let (Ask::Money { least, .. }, Code::BudgetExhausted) = (ask, refused.code) {
        let (task, wanted) = (app.clone(), *least);
        app.background
            .spawn(async move { ledger::alert(&task, user, wanted).await });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_767_268_800_000); // 2026-01-01T12:00:00Z

    fn money(least: i64, most: i64) -> Ask {
        Ask::Money {
            budget: Budget {
                daily: Some(100),
                monthly: Some(1_000),
            },
            least,
            most,
        }
    }

    #[test]
    fn a_call_gets_what_it_may_cost_or_what_is_left() {
        let standing = Standing {
            spent_today: 50,
            spent_this_month: 50,
            held: 20,
            ..Standing::default()
        };
        assert_eq!(money(10, 25).judge(&standing, NOON), Ok(Grant::Money(25)));
        assert_eq!(money(10, 40).judge(&standing, NOON), Ok(Grant::Money(30)));
        assert_eq!(
            money(31, 40).judge(&standing, NOON).unwrap_err().code,
            Code::BudgetExhausted
        );
    }

    #[test]
    fn a_spent_day_renews_at_midnight_and_a_spent_month_on_the_first() {
        let day = Standing {
            spent_today: 100,
            spent_this_month: 100,
            ..Standing::default()
        };
        assert_eq!(
            money(1, 1).judge(&day, NOON).unwrap_err().retry_after,
            Some(12 * 3_600 + 1)
        );
        let month = Standing {
            spent_this_month: 1_000,
            ..Standing::default()
        };
        let wait = money(1, 1).judge(&month, NOON).unwrap_err().retry_after;
        assert_eq!(wait, Some(30 * 86_400 + 12 * 3_600 + 1));
    }

    #[test]
    fn money_that_only_running_calls_hold_is_worth_a_retry_soon() {
        let standing = Standing {
            held: 100,
            ..Standing::default()
        };
        let refused = money(1, 1).judge(&standing, NOON).unwrap_err();
        assert_eq!(refused.retry_after, Some(RUNNING_RETRY_SECONDS));
    }

    #[test]
    fn running_trial_calls_count() {
        let ask = Ask::Trial { per_day: 3 };
        let standing = Standing {
            trials_today: 1,
            trials_running: 1,
            ..Standing::default()
        };
        assert_eq!(ask.judge(&standing, NOON), Ok(Grant::Trial));
        let standing = Standing {
            trials_running: 2,
            ..standing
        };
        assert_eq!(ask.judge(&standing, NOON).unwrap_err().code, Code::TrialExhausted);
    }
}
