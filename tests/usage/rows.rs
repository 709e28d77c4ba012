//! What is written of a call, what the sums say, and when rows die.

use super::{call, record};
use crate::on_both_engines;
use crate::support::TestApp;
use futures::TryStreamExt;
use spectr::domain::ids::{ProviderKeyId, UserId};
use spectr::domain::problem::Code;
use spectr::domain::providers::Provider;
use spectr::domain::timestamp::{DAY_MS, HOUR_MS};
use spectr::domain::usage::{Breakdown, CallStatus, Period};
use spectr::features::App;
use spectr::features::usage::{self, CallRecord, Filter, Format, Part, Recorded};
use spectr::infra::clock::Clock;
use std::sync::Arc;
use uuid::Uuid;

async fn text(app: &crate::support::TestApp, user: spectr::domain::ids::UserId, format: Format) -> String {
    let pieces: Vec<Vec<u8>> = usage::download(app.app.clone(), user, format)
        .try_collect()
        .await
        .unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

async fn summary(app: &App, user: UserId, period: Period, by: Breakdown, filter: &Filter) -> usage::Summary {
    usage::overview(app, user, period, by, filter)
        .await
        .unwrap()
        .summary
        .clone()
}

async fn overview(app: &TestApp, user: UserId) -> Arc<usage::Overview> {
    usage::overview(&app.app, user, Period::All, Breakdown::Provider, &Filter::default())
        .await
        .unwrap()
}

on_both_engines! {
    async fn a_settlement_that_is_repeated_counts_once(app: TestApp) {
        let user = app.signed_in_user().await.id;
        let once = call(app, user, app.clock.now());
        record(app, &[once.clone(), once.clone()]).await;
        record(app, &[once]).await;
        let sums = summary(&app.app, user, Period::Today, Breakdown::Provider, &Filter::default()).await;
        assert_eq!((sums.total.calls, sums.total.cost_nano_usd), (1, 10_000_000));
        assert_eq!(app.count("llm_calls").await, 1);
    }

    async fn calls_that_are_written_together_count_as_if_written_one_by_one(app: TestApp) {
        let (single, together) = (app.signed_in_user().await.id, app.signed_in_user().await.id);
        // More than one statement takes, of several days and kinds, and one of them with figures beyond all bounds.
        let calls_of = |user| (0..77_i64).map(move |n| {
            let mut one = call(app, user, app.clock.now().minus(n % 3 * 24 * HOUR_MS));
            one.provider = if n % 2 == 0 { Provider::Anthropic } else { Provider::OpenAi };
            one.key_id = (n % 5 == 0).then(|| ProviderKeyId(Uuid::from_u128(7)));
            match n % 10 {
                0 => (one.status, one.problem) = (CallStatus::Error, Some(Code::ProviderDown)),
                1 => one.status = CallStatus::Aborted,
                2 => one.price = None,
                3 => one.tokens.output = u64::MAX,
                _ => {}
            }
            one
        });
        record(app, &calls_of(single).collect::<Vec<_>>()).await;
        let calls: Vec<_> = calls_of(together).collect();
        let mut conn = app.app.db.begin().await.unwrap();
        let recorded = usage::record(&mut conn, &calls.iter().collect::<Vec<_>>()).await.unwrap();
        assert_eq!(recorded, Recorded::Once);
        // All of them again change nothing; beside a new one they are not told apart.
        let again = usage::record(&mut conn, &calls.iter().collect::<Vec<_>>()).await.unwrap();
        assert_eq!(again, Recorded::Once);
        conn.commit().await.unwrap();
        for by in [Breakdown::Provider, Breakdown::Key, Breakdown::Feature] {
            let of = async |user| summary(&app.app, user, Period::All, by, &Filter::default()).await;
            let (one, other) = (of(single).await, of(together).await);
            assert_eq!(format!("{:?}", one.total), format!("{:?}", other.total));
            assert_eq!(one.total.calls, 77);
        }
        let mut conn = app.app.db.begin().await.unwrap();
        let new = call(app, together, app.clock.now());
        let mixed = usage::record(&mut conn, &[&calls[0], &new]).await.unwrap();
        assert_eq!(mixed, Recorded::Mixed);
    }

    async fn a_call_of_an_account_that_is_gone_is_refused(app: TestApp) {
        let nobody = spectr::domain::ids::UserId(Uuid::from_u128(1));
        let mut conn = app.app.db.begin().await.unwrap();
        assert!(usage::record(&mut conn, &[&call(app, nobody, app.clock.now())]).await.is_err());
    }

    async fn every_breakdown_adds_up_to_the_same_whole_and_nobody_sees_anothers(app: TestApp) {
        let (user, other) = (app.signed_in_user().await.id, app.signed_in_user().await.id);
        let now = app.clock.now();
        let mut calls = Vec::new();
        for n in 0..60_i64 {
            let mut one = call(app, user, now.minus(n * 7 * HOUR_MS));
            one.provider = if n % 3 == 0 { Provider::Anthropic } else { Provider::OpenAi };
            one.model = format!("model-{}", n % 5);
            one.key_id = (n % 4 != 0).then(|| ProviderKeyId(Uuid::from_u128(u128::from(n.unsigned_abs()) % 2 + 1)));
            one.ttft_ms = Some(n * 10);
            match n % 10 {
                0 => (one.status, one.problem) = (CallStatus::Error, Some(Code::ProviderDown)),
                1 => one.status = CallStatus::Aborted,
                2 => one.price = None,
                _ => {}
            }
            calls.push(one);
        }
        calls.push(call(app, other, now));
        record(app, &calls).await;
        let mine: Vec<&CallRecord> = calls.iter().filter(|call| call.user == user).collect();
        for period in Period::ALL {
            let inside: Vec<_> = mine.iter().filter(|call| call.started_at >= period.start(now)).collect();
            for by in Breakdown::ALL {
                let sums = summary(&app.app, user, period, by, &Filter::default()).await;
                assert_eq!(sums.total.calls, inside.len() as i64, "{period:?} {by:?}");
                assert_eq!(sums.total.unpriced, inside.iter().filter(|call| call.price.is_none()).count() as i64);
                assert_eq!(
                    sums.total.cost_nano_usd,
                    inside.iter().filter_map(|call| call.price.as_ref()).map(|price| price.cost_nano_usd).sum::<i64>()
                );
                let errors = inside.iter().filter(|call| call.status == CallStatus::Error).count() as i64;
                assert_eq!(sums.total.errors, errors);
                let bars: Vec<_> = sums.slots.iter().map(usage::Slot::total).collect();
                assert_eq!(bars.iter().sum::<spectr::domain::usage::Sums>(), sums.total);
            }
        }
        let sums = summary(&app.app, user, Period::Month, Breakdown::Key, &Filter::default()).await;
        assert!(sums.parts.iter().any(|(part, _)| *part == Part::Key(None)));
        assert_eq!(sums.parts.len(), 3);
        // 0, 10, … 590: the middle of sixty is between the thirtieth and the thirty-first.
        assert_eq!(sums.median_ttft_ms, Some(295));
    }

    async fn filters_narrow_what_is_counted(app: TestApp) {
        let user = app.signed_in_user().await.id;
        let now = app.clock.now();
        let mut claude = call(app, user, now);
        (claude.provider, claude.model, claude.key_id) = (Provider::Anthropic, "claude".into(), None);
        record(app, &[call(app, user, now), call(app, user, now.minus(DAY_MS)), claude]).await;
        let count = async |period, filter: Filter| {
            let sums = summary(&app.app, user, period, Breakdown::Model, &filter).await;
            (sums.total.calls, sums.previous.unwrap().calls)
        };
        for period in [Period::Today, Period::Week] {
            let today = i64::from(period == Period::Week);
            let before = 1 - today;
            let openai = Filter { provider: Some(Provider::OpenAi), ..Filter::default() };
            assert_eq!(count(period, openai).await, (1 + today, before));
            let model = Filter { model: Some("claude".into()), ..Filter::default() };
            assert_eq!(count(period, model).await, (1, 0));
            let key = Filter { key: Some(ProviderKeyId(Uuid::from_u128(7))), ..Filter::default() };
            assert_eq!(count(period, key).await, (1 + today, before));
            let nothing = Filter { key: Some(ProviderKeyId(Uuid::from_u128(8))), ..Filter::default() };
            assert_eq!(count(period, nothing).await, (0, 0));
        }
        let openai = Filter { provider: Some(Provider::OpenAi), ..Filter::default() };
        let median = summary(&app.app, user, Period::Week, Breakdown::Model, &openai).await.median_ttft_ms;
        assert_eq!(median, Some(300), "the median goes through the filter");
        let choices = overview(app, user).await.choices.clone();
        assert_eq!(choices.models, ["claude", "gpt-4.1"]);
        assert_eq!((choices.providers.len(), choices.keys.len()), (2, 1));
    }

    async fn a_row_is_there_after_89_days_and_unseen_and_deleted_after_91(app: TestApp) {
        let user = app.signed_in_user().await.id;
        record(app, &[call(app, user, app.clock.now())]).await;
        let calls = async || {
            let sums = summary(&app.app, user, Period::All, Breakdown::Provider, &Filter::default()).await;
            let lines = text(app, user, Format::Csv).await.lines().count() - 1;
            (sums.total.calls, lines, overview(app, user).await.calls > 0)
        };
        app.advance_days(89);
        assert_eq!(usage::purge(&app.app).await.unwrap(), 0);
        assert_eq!(calls().await, (1, 1, true));
        app.advance_days(2);
        // The job has not run yet, and still nothing is shown.
        assert_eq!(calls().await, (0, 0, false));
        assert_eq!(usage::purge(&app.app).await.unwrap(), 1);
        assert_eq!((app.count("llm_calls").await, app.count("usage_days").await), (0, 0));
    }

    async fn a_view_that_is_kept_in_memory_shows_the_next_call(app: TestApp) {
        let user = app.signed_in_user().await.id;
        for calls in 1..4 {
            record(app, &[call(app, user, app.clock.now())]).await;
            for _ in 0..2 {
                assert_eq!(overview(app, user).await.summary.total.calls, calls);
            }
        }
    }

    async fn a_large_backlog_is_purged_in_batches(app: TestApp) {
        let user = app.signed_in_user().await.id;
        let calls: Vec<_> = (0..2_500).map(|n| call(app, user, app.clock.now().minus(n))).collect();
        record(app, &calls).await;
        app.advance_days(91);
        assert_eq!(usage::purge(&app.app).await.unwrap(), 2_500);
    }

    async fn a_download_holds_every_call_once_over_many_pages(app: TestApp) {
        let user = app.signed_in_user().await.id;
        // Many share a moment, so that pages end inside it.
        let calls: Vec<_> = (0..2_345).map(|n| call(app, user, app.clock.now().minus(n / 900))).collect();
        record(app, &calls).await;
        let csv = text(app, user, Format::Csv).await;
        let mut ids: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2_345);
        let json: serde_json::Value = serde_json::from_str(&text(app, user, Format::Json).await).unwrap();
        assert_eq!(json["calls"].as_array().unwrap().len(), 2_345);
        assert_eq!(json["calls"][0]["cost_usd"], "0.01");
    }

    async fn an_absurd_figure_of_a_provider_does_not_break_the_sums(app: TestApp) {
        let user = app.signed_in_user().await.id;
        let mut calls: Vec<_> = (0..20).map(|_| call(app, user, app.clock.now())).collect();
        for one in &mut calls {
            one.tokens.input = u64::MAX;
            one.tokens.output = u64::MAX;
            one.latency_ms = i64::MAX;
            one.price.as_mut().unwrap().cost_nano_usd = i64::MAX;
        }
        record(app, &calls).await;
        for period in [Period::Today, Period::Month] {
            let sums = summary(&app.app, user, period, Breakdown::Model, &Filter::default()).await;
            assert_eq!(sums.total.calls, 20);
            assert!(sums.total.tokens() > 0);
        }
    }
}
