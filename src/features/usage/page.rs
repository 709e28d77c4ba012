//! Calls page by page, newest first, for programs that ask by the API.

use super::download::CallRow;
use super::queries::{self, Scope};
use super::summary::Filter;
use crate::domain::ids::UserId;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::domain::usage::{Breakdown, Period, Sums};
use crate::features::App;
use crate::infra::db;
use crate::on;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;
use uuid::Uuid;

/// UTC days, both included, within what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Midnight of the first day.
    pub from: Timestamp,
    /// Midnight of the last day.
    pub to: Timestamp,
}

impl Days {
    /// Everything that is kept: the last 90 days, today included.
    #[must_use]
    pub fn all(now: Timestamp) -> Self {
        Self {
            from: Period::All.start(now),
            to: now.start_of_day(),
        }
    }

    /// The part of these days that is kept.
    #[must_use]
    pub fn kept(self, now: Timestamp) -> Self {
        let all = Self::all(now);
        Self {
            from: self.from.max(all.from),
            to: self.to.min(all.to),
        }
    }

    const fn end(self) -> Timestamp {
        self.to.plus(DAY_MS)
    }
}

/// The last row of a page; the next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    started_at: i64,
    id: Uuid,
}

impl Cursor {
    const START: Self = Self {
        started_at: i64::MAX,
        id: Uuid::max(),
    };

    /// An opaque word for an address.
    #[must_use]
    pub fn text(self) -> String {
        let mut bytes = self.started_at.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (at, id) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            started_at: i64::from_be_bytes(*at),
            id: Uuid::from_slice(id).ok()?,
        })
    }
}

/// Some calls, and where the next ones begin.
#[derive(Debug)]
pub struct Page {
    pub calls: Vec<CallRow>,
    /// `None` after the last call.
    pub next: Option<Cursor>,
}

const PAGE: &str = "
    SELECT id, started_at, provider, model, feature, credential, key_id, input_tokens, output_tokens,
        cached_read_tokens, cached_write_tokens, reasoning_tokens, estimated, cost_nano_usd, price_source, price_date,
        latency_ms, ttft_ms, status, problem, stop
    FROM llm_calls
    WHERE user_id = $1 AND started_at >= $2 AND started_at < $3 AND provider = COALESCE($4, provider)
        AND model = COALESCE($5, model) AND feature = COALESCE($6, feature) AND ($7 IS NULL OR key_id = $7)
        AND started_at <= $8 AND (started_at < $8 OR id < $9)
    ORDER BY started_at DESC, id DESC LIMIT $10";

/// The calls of some days after a cursor, at most `limit`.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    app: &App,
    user: UserId,
    (days, filter): (Days, &Filter),
    after: Option<Cursor>,
    limit: i64,
) -> db::Result<Page> {
    let days = days.kept(app.clock.now());
    let after = after.unwrap_or(Cursor::START);
    let mut conn = app.db.acquire().await?;
    let mut calls: Vec<CallRow> = on!(&mut conn, c => sqlx::query_as(PAGE)
        .bind(user.0)
        .bind(days.from.0)
        .bind(days.end().0)
        .bind(filter.provider.map(crate::domain::providers::Provider::id))
        .bind(filter.model.as_deref())
        .bind(filter.feature.map(crate::domain::usage::Feature::id))
        .bind(filter.key.map(|key| key.0))
        .bind(after.started_at)
        .bind(after.id)
        .bind(limit.saturating_add(1))
        .fetch_all(c)
        .await)?;
    let most = usize::try_from(limit).unwrap_or_default();
    let has_more = calls.len() > most;
    calls.truncate(most);
    let next = calls.last().filter(|_| has_more).map(|row| Cursor {
        started_at: row.started_at,
        id: row.id,
    });
    Ok(Page { calls, next })
}

/// By what sums are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Day,
    By(Breakdown),
}

impl Group {
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "day" => Some(Self::Day),
            id => Breakdown::from_id(id).map(Self::By),
        }
    }

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::By(by) => by.id(),
        }
    }
}

/// The sum over some days, and its parts in the order of their names (a day as `YYYY-MM-DD`, a key by
/// its id, no key as nothing).
///
/// # Errors
/// When the database cannot be read.
pub async fn sums(
    app: &App,
    user: UserId,
    (days, filter): (Days, &Filter),
    group: Option<Group>,
) -> db::Result<(Sums, Vec<(String, Sums)>)> {
    let days = days.kept(app.clock.now());
    let scope = Scope {
        user,
        from: days.from,
        to: days.end(),
        filter,
    };
    let by = match group {
        Some(Group::By(by)) => by,
        Some(Group::Day) | None => Breakdown::default(),
    };
    let rows = queries::days(&mut app.db.acquire().await?, scope, by).await?;
    let mut parts: BTreeMap<String, Sums> = BTreeMap::new();
    let mut total = Sums::default();
    for row in rows {
        let name = match group {
            Some(Group::Day) => Timestamp(row.at).date(),
            Some(Group::By(Breakdown::Key)) => {
                let id = row.key_id.filter(|id| !id.is_nil());
                id.map(|id| id.to_string()).unwrap_or_default()
            }
            Some(Group::By(_)) => row.part.clone(),
            None => String::new(),
        };
        parts.entry(name).or_default().add(&row.sums());
        total.add(&row.sums());
    }
    let parts = if group.is_some() {
        parts.into_iter().collect()
    } else {
        Vec::new()
    };
    Ok((total, parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_from_an_address(started_at: i64, id: u128) {
            let cursor = Cursor { started_at, id: Uuid::from_u128(id) };
            prop_assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        }

        #[test]
        fn no_word_panics(text in "\\PC{0,60}") {
            prop_assert!(Cursor::parse(&text).is_none() || text.len() == 32);
        }

        #[test]
        fn no_days_reach_beyond_what_is_kept(from in -10_000_i64..40_000, to in -10_000_i64..40_000) {
            let now = Timestamp(20_000 * DAY_MS + 5);
            let kept = Days { from: Timestamp(from * DAY_MS), to: Timestamp(to * DAY_MS) }.kept(now);
            prop_assert!(kept.from >= Days::all(now).from && kept.to <= now);
        }
    }
}
