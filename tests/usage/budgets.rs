//! Budgets: what is spent, when it renews, and that each alert goes out once.

use super::{call, record};
use crate::on_both_engines;
use crate::support::TestApp;
use spectr::domain::ids::UserId;
use spectr::domain::timestamp::DAY_MS;
use spectr::domain::usage::{NANO_USD, Span};
use spectr::features::usage::budgets::{self, Budget};
use spectr::infra::clock::Clock;

async fn set(app: &TestApp, user: UserId, budget: Budget) {
    let mut conn = app.app.db.begin().await.unwrap();
    budgets::set(&mut conn, user, budget, app.clock.now()).await.unwrap();
    conn.commit().await.unwrap();
}

on_both_engines! {
    async fn spending_counts_in_its_day_and_month_and_renews(app: TestApp) {
        let user = app.signed_in_user().await.id;
        set(app, user, Budget { daily: Some(NANO_USD), monthly: None }).await;
        let now = app.clock.now();
        record(app, &[call(app, user, now), call(app, user, now.minus(DAY_MS)), call(app, user, now.minus(5 * DAY_MS))]).await;
        let [day, month] = budgets::states(&app.app, user).await.unwrap();
        // The clock begins on 4 May: five days ago was April.
        assert_eq!((day.spent, month.spent), (10_000_000, 20_000_000));
        assert_eq!((day.percent(), month.percent()), (Some(1), None));
        assert_eq!((day.renews_at.date(), month.renews_at.date()), ("2026-05-05".into(), "2026-06-01".into()));
        app.advance_days(1);
        let [day, month] = budgets::states(&app.app, user).await.unwrap();
        assert_eq!((day.spent, month.spent), (0, 20_000_000));
    }

    async fn each_threshold_alerts_once_per_period_and_anew_for_a_new_limit(app: TestApp) {
        let user = app.signed_in_user().await.id;
        let take = async || {
            let mut conn = app.app.db.begin().await.unwrap();
            let alerts = budgets::take_alerts(&mut conn, user, 0, app.clock.now()).await.unwrap();
            conn.commit().await.unwrap();
            alerts.into_iter().map(|alert| (alert.state.span, alert.percent)).collect::<Vec<_>>()
        };
        let spend = async |cents: usize| {
            let calls: Vec<_> = (0..cents).map(|_| call(app, user, app.clock.now())).collect();
            record(app, &calls).await;
        };
        spend(4).await;
        assert!(take().await.is_empty(), "no budget, no alert");
        let limit = |cents: i64| Budget { daily: Some(cents * NANO_USD / 100), monthly: None };
        set(app, user, limit(10)).await;
        assert!(take().await.is_empty());
        spend(5).await;
        assert_eq!(take().await, [(Span::Day, 80)], "one alert for two thresholds");
        assert!(take().await.is_empty());
        spend(3).await;
        assert_eq!(take().await, [(Span::Day, 100)]);
        set(app, user, limit(20)).await;
        assert_eq!(take().await, [(Span::Day, 50)]);
        set(app, user, limit(20)).await;
        assert!(take().await.is_empty(), "the same limit saved again is nothing new");
        app.advance_days(1);
        spend(20).await;
        assert_eq!(take().await, [(Span::Day, 100)]);
    }
}
