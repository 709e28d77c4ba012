//! Budgets hold before they spend: parallel calls never get past one.

use super::double::{self, Step, end, head, piece, refusal};
use super::stage::{Stage, names, question};
use super::stories;
use super::wires::{self, FIVE};
use serde_json::json;
use spectr::domain::chat::Tokens;
use spectr::domain::pricing;
use spectr::domain::providers::Provider;
use std::sync::Arc;

/// What one answer of the double costs.
fn cost() -> i64 {
    let (provider, model) = FIVE[1];
    let tokens = Tokens {
        input: wires::USED.0,
        output: wires::USED.1,
        ..Tokens::default()
    };
    pricing::price(provider, model).unwrap().cost(&tokens)
}

fn spent(rows: &[super::stage::Row]) -> i64 {
    rows.iter().filter_map(|row| row.cost_nano_usd).sum()
}

stories! {
    async fn two_hundred_parallel_calls_against_a_budget_for_ten_never_overspend(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        stage.set_budget(Some(10 * cost()), None).await;
        let mut body = question(provider, model, "hello");
        body["params"] = json!({"max_tokens": 7});
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let request = stage.post(&body);
            calls.spawn(async move {
                let response = request.send().await.unwrap();
                let status = response.status().as_u16();
                (status, response.text().await.unwrap())
            });
        }
        let mut taken = 0;
        while let Some(call) = calls.join_next().await {
            let (status, body) = call.unwrap();
            match status {
                200 => taken += 1,
                429 => assert!(body.contains("budget_exhausted") || body.contains("too_many_streams"), "{body}"),
                _ => panic!("{status} {body}"),
            }
        }
        let rows = stage.rows().await;
        assert_eq!(rows.len(), taken);
        assert!((1..=10).contains(&taken), "{taken}");
        assert!(spent(&rows) <= 10 * cost());
        assert_eq!(stage.app.count("reservations").await, 0);
    }

    async fn one_after_the_other_ten_fit_and_the_eleventh_is_429(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        stage.set_budget(None, Some(10 * cost())).await;
        for _ in 0..10 {
            let events = stage.ask((provider, model)).await.rest().await;
            assert_eq!(events.last().unwrap().0, "done");
        }
        let (status, problem, headers) = stage.refused(&question(provider, model, "hello")).await;
        assert_eq!((status, problem["code"].as_str()), (429, Some("budget_exhausted")));
        assert!(headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap() > 24 * 3_600);
        assert_eq!(spent(&stage.rows().await), 10 * cost());
        // Alerts at 50, 80 and 100 percent, each once.
        assert_eq!(stage.app.count("budget_alerts").await, 3);
    }

    async fn what_is_left_limits_the_answer_and_the_head_says_so(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        stage.set_budget(Some(100_000), None).await;
        let reader = stage.ask((provider, model)).await;
        let limit: u64 = reader.header("x-spectr-max-tokens").unwrap().parse().unwrap();
        let request = stage.double.request().await;
        let sent: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        let sent = sent["max_tokens"].as_u64().or_else(|| sent["max_completion_tokens"].as_u64());
        assert_eq!(sent, Some(limit));
        // 600 nano-USD a token: 166 tokens for all of it, less what the question costs.
        assert!((100..166).contains(&limit), "{limit}");
    }

    async fn a_budget_with_room_limits_the_answer_to_what_is_held(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        stage.set_budget(Some(100_000_000_000), None).await;
        let reader = stage.ask((provider, model)).await;
        assert_eq!(reader.header("x-spectr-max-tokens"), Some("8192"));
    }

    async fn what_is_held_is_given_back_by_a_call_that_fails_or_is_stopped(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.set_budget(Some(cost()), None).await;
        let body = question(provider, model, "hello");
        stage.double.always(refusal(500, "", "{}"));
        for _ in 0..5 {
            assert_eq!(stage.refused(&body).await.0, 502);
        }
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        assert_eq!(stage.ask((provider, model)).await.rest().await.last().unwrap().0, "done");
    }

    async fn while_a_call_holds_the_rest_another_waits_seconds_and_not_days(stage: Stage) {
        let (provider, model) = FIVE[1];
        let gate = Arc::new(tokio::sync::Notify::new());
        let answer = wires::answer(provider, &["hi"]).concat();
        stage.double.always(vec![head(), Step::Gate(gate.clone()), piece(&answer), end()]);
        stage.set_budget(Some(100 * cost()), None).await;
        let running = stage.ask((provider, model)).await;
        let (status, _, headers) = stage.refused(&question(provider, model, "hello")).await;
        assert_eq!(status, 429);
        assert!(headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap() < 60);
        gate.notify_one();
        assert_eq!(names(&running.rest().await).last(), Some(&"done"));
        gate.notify_one();
        stage.ask((provider, model)).await.rest().await;
    }

    async fn a_call_without_a_price_holds_something_too(stage: Stage) {
        stage.add_key_at(Provider::Compatible, &format!("{}/v1", stage.double.url)).await;
        stage.set_budget(Some(1_000), None).await;
        stage.double.always(vec![head(), Step::Silence]);
        let running = stage.ask((Provider::Compatible, "m")).await;
        assert_eq!(stage.refused(&question(Provider::Compatible, "m", "x")).await.0, 429);
        drop(running);
    }

    async fn a_rest_that_covers_no_call_is_told_as_spent_once(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        stage.set_budget(Some(cost() + 1), None).await;
        stage.ask((provider, model)).await.rest().await;
        let told = async || {
            stage.app.settle().await;
            let mails = stage.app.mails().await;
            mails.iter().filter(|mail| mail.subject == "Your daily Spectr budget is spent").count()
        };
        assert_eq!(told().await, 0);
        for _ in 0..3 {
            assert_eq!(stage.refused(&question(provider, model, "hello")).await.0, 429);
            assert_eq!(told().await, 1);
        }
    }

    async fn a_new_day_renews_the_daily_budget(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
        stage.set_budget(Some(cost()), None).await;
        stage.ask((provider, model)).await.rest().await;
        assert_eq!(stage.refused(&question(provider, model, "hello")).await.0, 429);
        stage.app.advance_days(1);
        stage.ask((provider, model)).await.rest().await;
    }
}

/// A hold that a crashed process left behind is let go when it expires.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_reservation_expires() {
    let stage = Stage::new(crate::support::Engine::Postgres).await;
    let (provider, model) = FIVE[1];
    stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
    stage.set_budget(Some(1_000_000), None).await;
    let sql = "INSERT INTO reservations (call_id, user_id, amount_nano_usd, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    let now = crate::support::app::START.0;
    let mut conn = stage.app.app.db.begin().await.unwrap();
    spectr::execute!(
        &mut conn,
        sql,
        uuid::Uuid::now_v7(),
        stage.person.id.0,
        1_000_000_i64,
        now,
        now + 60_000
    )
    .unwrap();
    conn.commit().await.unwrap();
    assert_eq!(stage.refused(&question(provider, model, "hello")).await.0, 429);
    stage.app.clock.advance(60_000);
    stage.ask((provider, model)).await.rest().await;
    assert_eq!(stage.app.count("reservations").await, 0);
    stage.stop().await;
}
