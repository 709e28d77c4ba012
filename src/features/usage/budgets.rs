//! Budgets: what a person allows themselves per day and per month, how much of it is gone, and the
//! alerts at 50, 80 and 100 percent. Spending is held back and settled by the engine.

use super::queries;
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::mail::{self, BudgetStand};
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{ALERT_PERCENTS, Span, spent_percent, usd};
use crate::features::App;
use crate::features::accounts::{self, Caller, Notification, SecurityEvent};
use crate::infra::db::{self, Conn, Rows};
use crate::{execute, on};

/// Budgets by their person, as they lie in the table; people without one too.
pub type Budgets = Rows<UserId, Budget>;

crate::row! {
    /// Limits in nano-USD; `None` is no limit.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Budget {
        pub daily: Option<i64>,
        pub monthly: Option<i64>,
    }
}

impl Budget {
    #[must_use]
    pub const fn limit(&self, span: Span) -> Option<i64> {
        match span {
            Span::Day => self.daily,
            Span::Month => self.monthly,
        }
    }
}

/// What becomes of one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It was not spoken of.
    Unchanged,
    /// Nano-USD; `None` removes it.
    To(Option<i64>),
}

impl Limit {
    const fn over(self, before: Option<i64>) -> Option<i64> {
        match self {
            Self::Unchanged => before,
            Self::To(limit) => limit,
        }
    }
}

/// Nano-USD that were spent since midnight and since the first of the month (UTC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub day: i64,
    pub month: i64,
}

impl Spent {
    #[must_use]
    pub const fn of(&self, span: Span) -> i64 {
        match span {
            Span::Day => self.day,
            Span::Month => self.month,
        }
    }
}

/// Where one budget stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub span: Span,
    pub limit: Option<i64>,
    pub spent: i64,
    pub renews_at: Timestamp,
}

impl State {
    /// What is spent of the limit, in percent; `None` without a limit.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        self.limit.map(|limit| spent_percent(self.spent, limit))
    }
}

const GET: &str = "SELECT daily_nano_usd AS daily, monthly_nano_usd AS monthly FROM budgets WHERE user_id = $1";

/// The person's limits; none where nothing was set.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(conn: &mut Conn, user: UserId) -> db::Result<Budget> {
    let row: Option<Budget> = on!(conn, c => sqlx::query_as(GET).bind(user.0).fetch_optional(c).await)?;
    Ok(row.unwrap_or_default())
}

/// As [`get`], from memory while nothing was written since it was read.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(app: &App, user: UserId) -> db::Result<Budget> {
    let stamp = app.db.stamp();
    if let Some(budget) = app.budgets.get(stamp, &user) {
        return Ok(budget);
    }
    let budget = get(&mut app.db.acquire().await?, user).await?;
    app.budgets.put(stamp, user, budget);
    Ok(budget)
}

/// What the settled calls of the running day and month cost; calls that still run are not in it.
///
/// # Errors
/// When the database cannot be read.
pub async fn spent(conn: &mut Conn, user: UserId, now: Timestamp) -> db::Result<Spent> {
    let (day, month) = queries::spent(conn, user, Span::Month.start(now), Span::Day.start(now)).await?;
    Ok(Spent { day, month })
}

/// Both budgets as they stand.
///
/// # Errors
/// When the database cannot be read.
pub async fn states(app: &App, user: UserId) -> db::Result<[State; 2]> {
    let now = app.clock.now();
    let mut conn = app.db.acquire().await?;
    let budget = get(&mut conn, user).await?;
    let spent = spent(&mut conn, user, now).await?;
    Ok(Span::ALL.map(|span| State {
        span,
        limit: budget.limit(span),
        spent: spent.of(span),
        renews_at: span.end(now),
    }))
}

const SET: &str = "
    INSERT INTO budgets (user_id, daily_nano_usd, monthly_nano_usd, updated_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (user_id) DO UPDATE SET daily_nano_usd = excluded.daily_nano_usd,
        monthly_nano_usd = excluded.monthly_nano_usd, updated_at = excluded.updated_at";

const FORGET_ALERTS: &str = "DELETE FROM budget_alerts WHERE user_id = $1 AND span = $2 AND starts_at = $3";

/// Sets both limits, in the caller's transaction. Alerts of a limit that changed are forgotten, so
/// that the new one alerts anew.
///
/// # Errors
/// When the database cannot be written.
pub async fn set(conn: &mut Conn, user: UserId, budget: Budget, now: Timestamp) -> db::Result<()> {
    let before = get(conn, user).await?;
    execute!(conn, SET, user.0, budget.daily, budget.monthly, now.0)?;
    for span in Span::ALL {
        if before.limit(span) != budget.limit(span) {
            execute!(conn, FORGET_ALERTS, user.0, span.id(), span.start(now).0)?;
        }
    }
    Ok(())
}

/// Changes the daily and the monthly limit on behalf of the person, noted in the security log.
///
/// # Errors
/// When the database cannot be written.
pub async fn save(app: &App, caller: &Caller, user: UserId, [daily, monthly]: [Limit; 2]) -> accounts::Result<()> {
    let mut conn = app.db.begin().await?;
    let before = get(&mut conn, user).await?;
    let budget = Budget {
        daily: daily.over(before.daily),
        monthly: monthly.over(before.monthly),
    };
    set(&mut conn, user, budget, app.clock.now()).await?;
    let event = SecurityEvent {
        kind: SecurityEventKind::BudgetChanged,
        caller: Some(caller),
        note: "",
    };
    accounts::security_log(&mut conn, app, user, event).await?;
    Ok(conn.commit().await?)
}

/// A threshold that was crossed and of which the person has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    pub state: State,
    /// 50, 80 or 100.
    pub percent: i64,
}

/// From how many percent on a rest is a small one.
const NEARLY_SPENT: i64 = 80;

const NOTE_ALERT: &str = "
    INSERT INTO budget_alerts (user_id, span, starts_at, percent, sent_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (user_id, span, starts_at, percent) DO NOTHING";

/// Notes which thresholds have been crossed since the last look, in the caller's transaction, and
/// answers the highest new one of each budget: a call that jumps from 40 to 90 percent alerts once.
/// `wanted` is what a call would have cost at least that was refused, else 0: a budget whose small rest
/// covers no call is spent.
///
/// # Errors
/// When the database cannot be written.
pub async fn take_alerts(conn: &mut Conn, user: UserId, wanted: i64, now: Timestamp) -> db::Result<Vec<Alert>> {
    let budget = get(conn, user).await?;
    if budget == Budget::default() {
        return Ok(Vec::new());
    }
    let spent = spent(conn, user, now).await?;
    let mut alerts = Vec::new();
    for span in Span::ALL {
        let Some(limit) = budget.limit(span) else { continue };
        let percent = spent_percent(spent.of(span), limit);
        let is_refused = wanted > 0 && spent.of(span).saturating_add(wanted) > limit;
        let reached = if is_refused && percent >= NEARLY_SPENT {
            100
        } else {
            percent
        };
        let mut newest = None;
        for percent in ALERT_PERCENTS.into_iter().filter(|percent| *percent <= reached) {
            if execute!(conn, NOTE_ALERT, user.0, span.id(), span.start(now).0, percent, now.0)? == 1 {
                newest = Some(percent);
            }
        }
        alerts.extend(newest.map(|percent| Alert {
            state: State {
                span,
                limit: Some(limit),
                spent: spent.of(span),
                renews_at: span.end(now),
            },
            percent,
        }));
    }
    Ok(alerts)
}

/// Tells the person by mail of thresholds that were crossed, in the caller's transaction: call it
/// after [`super::record`] of a call that cost something, and when one was refused (see [`take_alerts`]).
///
/// # Errors
/// When the account is gone or the database refuses.
pub async fn alert(conn: &mut Conn, app: &App, user: UserId, wanted: i64) -> accounts::Result<()> {
    let link = accounts::tokens::link(app, "/settings/budgets");
    for Alert { state, percent } in take_alerts(conn, user, wanted, app.clock.now()).await? {
        let notification = Notification {
            kind: "budget_alert",
            dedupe: format!("budget_alert:{}", app.clock.new_id()),
        };
        let (spent, limit) = (usd(state.spent), usd(state.limit.unwrap_or_default()));
        let renews = state.renews_at.human();
        let stand = BudgetStand {
            percent,
            span: state.span.id(),
            spent: &spent,
            limit: &limit,
            renews: &renews,
        };
        accounts::notify(conn, app, user, notification, |name| {
            mail::budget_reached(name, &stand, &link)
        })
        .await?;
    }
    Ok(())
}
