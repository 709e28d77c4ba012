//! The dashboard's facts, kept in memory as long as nothing was called in between.
//!
//! Sums only ever grow by one call at a time, so the number of calls tells whether a summary is still
//! true; it is read from the database at each request, so this holds with several servers too.

use super::queries;
use super::summary::{Choices, Filter, Summary, choices, summary};
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{Breakdown, Period, oldest_shown};
use crate::features::App;
use crate::infra::db;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many views are kept, of all people together.
const VIEWS: usize = 128;
/// A view with more numbers than this is not kept, so that memory stays bounded.
const CELLS: usize = 2_000;

/// What the dashboard shows of a person's usage.
#[derive(Debug)]
pub struct Overview {
    pub summary: Summary,
    pub choices: Choices,
    /// Calls of the last 90 days, whatever the view.
    pub calls: i64,
}

/// Whose view it is, and of which day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct View {
    user: UserId,
    period: Period,
    by: Breakdown,
    filter: Filter,
    day: Timestamp,
}

/// The views in memory. Part of [`App`].
#[derive(Debug, Default)]
pub struct OverviewCache(Mutex<HashMap<View, (Timestamp, Arc<Overview>)>>);

impl OverviewCache {
    fn views(&self) -> MutexGuard<'_, HashMap<View, (Timestamp, Arc<Overview>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, view: &View, calls: i64) -> Option<Arc<Overview>> {
        let views = self.views();
        let (_, kept) = views.get(view)?;
        (kept.calls == calls).then(|| kept.clone())
    }

    fn put(&self, view: View, overview: Arc<Overview>, now: Timestamp) {
        if overview.summary.slots.len() * overview.summary.parts.len() > CELLS {
            return;
        }
        let mut views = self.views();
        if views.len() >= VIEWS && !views.contains_key(&view) {
            let oldest = views
                .iter()
                .min_by_key(|(_, (at, _))| *at)
                .map(|(view, _)| view.clone());
            if let Some(oldest) = oldest {
                views.remove(&oldest);
            }
        }
        views.insert(view, (now, overview));
    }
}

/// What the dashboard shows.
///
/// # Errors
/// When the database cannot be read.
pub async fn overview(
    app: &App,
    user: UserId,
    period: Period,
    by: Breakdown,
    filter: &Filter,
) -> db::Result<Arc<Overview>> {
    let now = app.clock.now();
    let view = View {
        user,
        period,
        by,
        filter: filter.clone(),
        day: now.start_of_day(),
    };
    let calls = queries::calls(&mut app.db.acquire().await?, user, oldest_shown(now)).await?;
    if let Some(kept) = app.overviews.find(&view, calls) {
        return Ok(kept);
    }
    let overview = Arc::new(Overview {
        summary: summary(app, user, period, by, filter).await?,
        choices: choices(app, user).await?,
        calls,
    });
    app.overviews.put(view, overview.clone(), now);
    Ok(overview)
}
