//! What the dashboard shows: totals with their trend, bars over time, and the parts that explain them.

use super::queries::{self, Scope, SumRow};
use crate::domain::ids::{ProviderKeyId, UserId};
use crate::domain::providers::Provider;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::domain::usage::{Breakdown, Feature, Period, Sums, oldest_shown};
use crate::features::App;
use crate::infra::db;
use uuid::Uuid;

/// Which calls are counted; an empty filter counts all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub provider: Option<Provider>,
    pub model: Option<String>,
    pub feature: Option<Feature>,
    pub key: Option<ProviderKeyId>,
}

impl Filter {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the calls of a part have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Provider(String),
    Model(String),
    Feature(String),
    /// `None`: calls that used no key of the person's own.
    Key(Option<ProviderKeyId>),
}

/// One bar of the chart, with its parts in the order of [`Summary::parts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub at: Timestamp,
    pub parts: Vec<Sums>,
}

impl Slot {
    #[must_use]
    pub fn total(&self) -> Sums {
        self.parts.iter().sum()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub total: Sums,
    /// The same over the period before; `None` where nothing older is kept.
    pub previous: Option<Sums>,
    pub median_ttft_ms: Option<i64>,
    pub previous_ttft_ms: Option<i64>,
    /// Every bar of the period, empty ones included, oldest first.
    pub slots: Vec<Slot>,
    /// Costliest first, then the most called.
    pub parts: Vec<(Part, Sums)>,
}

/// Values that the filters can take, as far as the person has used them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub providers: Vec<Provider>,
    pub models: Vec<String>,
    pub features: Vec<Feature>,
    pub keys: Vec<ProviderKeyId>,
}

/// Sums up a period.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn summary(
    app: &App,
    user: UserId,
    period: Period,
    by: Breakdown,
    filter: &Filter,
) -> db::Result<Summary> {
    let now = app.clock.now();
    let from = period.start(now);
    let to = now.start_of_day().plus(DAY_MS);
    let scope = Scope { user, from, to, filter };
    let mut conn = app.db.acquire().await?;
    let rows = match period {
        Period::Today => queries::hours(&mut conn, scope, by).await?,
        _ => queries::days(&mut conn, scope, by).await?,
    };
    let median_ttft_ms = queries::median_ttft(&mut conn, scope).await?;
    let (previous, previous_ttft_ms) = match period.previous_start(now) {
        None => (None, None),
        Some(start) => {
            let before = Scope {
                from: start,
                to: from,
                ..scope
            };
            let sums = queries::total(&mut conn, before).await?;
            (Some(sums), queries::median_ttft(&mut conn, before).await?)
        }
    };
    let (parts, slots) = arrange(&rows, by, (from, to, period.step()));
    Ok(Summary {
        total: parts.iter().map(|(_, sums)| sums).sum(),
        previous,
        median_ttft_ms,
        previous_ttft_ms,
        slots,
        parts,
    })
}

/// What can be filtered by.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn choices(app: &App, user: UserId) -> db::Result<Choices> {
    let oldest = oldest_shown(app.clock.now());
    let rows = queries::choices(&mut app.db.acquire().await?, user, oldest).await?;
    let mut choices = Choices::default();
    for row in rows {
        push_new(&mut choices.providers, Provider::from_id(&row.provider));
        push_new(&mut choices.features, Feature::from_id(&row.feature));
        push_new(&mut choices.keys, key_of(Some(row.key_id)));
        push_new(&mut choices.models, Some(row.model));
    }
    choices.models.sort_unstable();
    Ok(choices)
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: Option<T>) {
    if let Some(item) = item.filter(|item| !list.contains(item)) {
        list.push(item);
    }
}

fn key_of(id: Option<Uuid>) -> Option<ProviderKeyId> {
    id.filter(|id| !id.is_nil()).map(ProviderKeyId)
}

fn part_of(row: &SumRow, by: Breakdown) -> Part {
    match by {
        Breakdown::Provider => Part::Provider(row.part.clone()),
        Breakdown::Model => Part::Model(row.part.clone()),
        Breakdown::Feature => Part::Feature(row.part.clone()),
        Breakdown::Key => Part::Key(key_of(row.key_id)),
    }
}

/// Turns rows per bar and part into the list of parts and the list of bars.
fn arrange(
    rows: &[SumRow],
    by: Breakdown,
    (from, to, step): (Timestamp, Timestamp, i64),
) -> (Vec<(Part, Sums)>, Vec<Slot>) {
    let mut parts: Vec<(Part, Sums)> = Vec::new();
    for row in rows {
        let part = part_of(row, by);
        match parts.iter_mut().find(|(known, _)| *known == part) {
            Some((_, sums)) => sums.add(&row.sums()),
            None => parts.push((part, row.sums())),
        }
    }
    parts.sort_by(|(a, x), (b, y)| {
        (y.cost_nano_usd, y.calls)
            .cmp(&(x.cost_nano_usd, x.calls))
            .then_with(|| a.cmp(b))
    });
    let count = usize::try_from((to.0 - from.0) / step).unwrap_or_default();
    let mut slots: Vec<Slot> = (0..count)
        .map(|index| Slot {
            at: from.plus(step.saturating_mul(i64::try_from(index).unwrap_or_default())),
            parts: vec![Sums::default(); parts.len()],
        })
        .collect();
    for row in rows {
        let part = part_of(row, by);
        let Some(column) = parts.iter().position(|(known, _)| *known == part) else {
            continue;
        };
        let slot = usize::try_from((row.at - from.0) / step)
            .ok()
            .and_then(|index| slots.get_mut(index));
        if let Some(sums) = slot.and_then(|slot| slot.parts.get_mut(column)) {
            sums.add(&row.sums());
        }
    }
    (parts, slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(at: i64, part: &str, calls: i64) -> SumRow {
        SumRow {
            at,
            part: part.to_owned(),
            key_id: None,
            calls,
            errors: 0,
            aborted: 0,
            unpriced: 0,
            cost_nano_usd: calls * 7,
            input_tokens: 0,
            output_tokens: 0,
            latency_ms: 0,
        }
    }

    #[test]
    fn empty_days_have_a_bar_too() {
        let span = (Timestamp(0), Timestamp(7 * DAY_MS), DAY_MS);
        let (parts, slots) = arrange(&[row(2 * DAY_MS, "openai", 3)], Breakdown::Provider, span);
        assert_eq!((parts.len(), slots.len()), (1, 7));
        assert_eq!(slots[2].total().calls, 3);
        assert_eq!(slots[3].total(), Sums::default());
    }

    proptest! {
        #[test]
        fn bars_parts_and_total_say_the_same(cells in prop::collection::vec((0..7_i64, 0..4_u8, 0..1_000_i64), 0..60)) {
            let rows: Vec<_> = cells.iter().map(|(day, part, calls)| row(day * DAY_MS, &part.to_string(), *calls)).collect();
            let span = (Timestamp(0), Timestamp(7 * DAY_MS), DAY_MS);
            let (parts, slots) = arrange(&rows, Breakdown::Provider, span);
            let whole: Sums = rows.iter().fold(Sums::default(), |mut sums, row| { sums.add(&row.sums()); sums });
            prop_assert_eq!(parts.iter().map(|(_, sums)| sums).sum::<Sums>(), whole);
            let bars: Vec<Sums> = slots.iter().map(Slot::total).collect();
            prop_assert_eq!(bars.iter().sum::<Sums>(), whole);
            for (column, (_, sums)) in parts.iter().enumerate() {
                let of_part: Vec<Sums> = slots.iter().map(|slot| slot.parts[column]).collect();
                prop_assert_eq!(of_part.iter().sum::<Sums>(), *sums);
            }
        }
    }
}
