//! What happens by itself: waiting requests begin, pending ones are erased, broken-off ones go on,
//! mails of receipts that have left lose their key.

use super::ask::{self, Ask};
use super::{copies, ledger, open, queries, run};
use crate::domain::privacy::erasure::{Reason, State, When};
use crate::domain::problem::Code;
use crate::domain::timestamp::{DAY_MS, MINUTE_MS};
use crate::features::accounts::limits;
use crate::features::privacy::error::Result;
use crate::features::{App, engine, outbox};
use crate::infra::db::{self, Db};
use std::time::Duration;

/// One pass; answers how many accounts were erased. One that fails does not hold up the others.
///
/// # Errors
/// The last failure, after everything was tried.
pub async fn run_due(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut conn = app.db.begin().await?;
    queries::reanchor(&mut conn, now, now.plus(DAY_MS)).await?;
    conn.commit().await?;
    let mut failure = None;
    let waiting = queries::list_due(&mut app.db.acquire().await?, State::Waiting, now).await?;
    for (receipt, user) in waiting {
        let ask = Ask {
            user,
            reason: Reason::MailLink,
            when: When::Grace,
            keep: None,
            caller: None,
        };
        if let Err(error) = ask::begin(app, &ask).await {
            tracing::error!(%error, %receipt, "a waiting erasure could not begin");
            failure = Some(error);
        }
    }
    let mut erased = 0;
    let due = queries::list_due(&mut app.db.acquire().await?, State::Pending, now).await?;
    for (receipt, _) in due {
        match run::finish(app, receipt).await {
            Ok(()) => erased += 1,
            Err(error) => {
                tracing::error!(%error, %receipt, "an erasure was broken off; it is tried again");
                failure = Some(error);
            }
        }
    }
    drop_mail_keys(app).await?;
    ledger::sync(app).await?;
    open::sync(app).await?;
    copies::sync(app).await?;
    failure.map_or(Ok(erased), Err)
}

/// The mail with the receipt is the last thing that names the person: once it has left, its row and
/// its key go.
async fn drop_mail_keys(app: &App) -> Result<()> {
    let over = queries::list_mail_over(&mut app.db.acquire().await?).await?;
    for receipt in over {
        app.keys.destroy_data_key(receipt).await?;
        let mut conn = app.db.begin().await?;
        outbox::erase(&mut conn, app, receipt).await?;
        queries::set_mail_over(&mut conn, receipt).await?;
        conn.commit().await?;
    }
    Ok(())
}

/// How often a server looks whether an account was closed, or its calls stopped, by another one.
const LOOK: Duration = Duration::from_secs(3);

/// Where several servers share a database: ends streams of accounts that were closed, or restricted, by
/// way of another server. Runs until it is dropped.
pub async fn watch_streams(app: App) {
    if matches!(app.db, Db::Sqlite { .. }) {
        return;
    }
    loop {
        tokio::time::sleep(LOOK).await;
        if app.engine.running() == 0 {
            continue;
        }
        if let Err(error) = stop_closed(&app).await {
            tracing::warn!(%error, "closed accounts could not be looked for");
        }
    }
}

async fn stop_closed(app: &App) -> db::Result<()> {
    let since = app.clock.now().minus(10 * MINUTE_MS);
    let mut conn = app.db.acquire().await?;
    for user in queries::list_closing(&mut conn, since).await? {
        engine::stop_all_of(app, user, Code::AccountPending);
    }
    for user in limits::list_stopped(&mut conn, since).await? {
        engine::stop_all_of(app, user, Code::Restricted);
    }
    Ok(())
}
