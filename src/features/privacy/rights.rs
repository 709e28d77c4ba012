//! What a person switches on the page of rights: objections, restrictions, consents. Each takes effect
//! with the commit.

use super::error::Result;
use super::requests::{self, RequestView};
use crate::domain::accounts::ConsentKind;
use crate::domain::ids::UserId;
use crate::domain::privacy::rights::Limit;
use crate::domain::problem::Code;
use crate::features::App;
use crate::features::accounts::Caller;
use crate::features::accounts::consents::{self, ConsentView};
use crate::features::accounts::limits::{self, LimitView};
use crate::features::engine;

/// The page where consents are given here; stands in their records.
pub const PLACE: &str = "/settings/privacy/rights";

/// The page's facts.
#[derive(Clone)]
pub struct RightsPage {
    pub limits: Vec<LimitView>,
    pub consents: Vec<ConsentView>,
    pub requests: Vec<RequestView>,
}

impl RightsPage {
    /// Since when this is stopped.
    #[must_use]
    pub fn limit(&self, limit: Limit) -> Option<&LimitView> {
        self.limits
            .iter()
            .find(|view| view.limit == limit && view.lifted_at.is_none())
    }

    /// The live consent of this kind.
    #[must_use]
    pub fn consent(&self, kind: ConsentKind) -> Option<&ConsentView> {
        self.consents
            .iter()
            .find(|view| view.kind == kind && view.withdrawn_at.is_none())
    }
}

/// # Errors
/// When a database cannot be read.
pub async fn page(app: &App, user: UserId) -> Result<RightsPage> {
    let mut conn = app.db.acquire().await?;
    let limits = limits::history(&mut conn, user).await?;
    let consents = consents::history(&mut conn, user).await?;
    drop(conn);
    Ok(RightsPage {
        limits,
        consents,
        requests: requests::list_mine(app, user).await?,
    })
}

/// Stops something, or lets it happen again. Answers that stream end with a restriction of calls.
///
/// # Errors
/// When a database cannot be used; nothing has changed then.
pub async fn set_limit(app: &App, caller: &Caller, user: UserId, limit: Limit, stop: bool) -> Result<()> {
    let mut conn = app.db.begin().await?;
    if stop {
        limits::make(&mut conn, app, caller, user, limit).await?;
    } else {
        limits::lift(&mut conn, app, caller, user, limit).await?;
    }
    conn.commit().await?;
    match limit {
        Limit::Everything | Limit::Calls if stop => {
            engine::stop_all_of(app, user, Code::Restricted);
        }
        Limit::Requests if stop => {
            requests::purge(app).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Gives or withdraws a consent.
///
/// # Errors
/// When a database cannot be used; nothing has changed then.
pub async fn set_consent(app: &App, caller: &Caller, user: UserId, kind: ConsentKind, give: bool) -> Result<()> {
    let mut conn = app.db.begin().await?;
    if give {
        consents::grant(&mut conn, app, caller, user, (kind, PLACE)).await?;
    } else {
        consents::withdraw(&mut conn, app, caller, user, kind).await?;
    }
    Ok(conn.commit().await?)
}
