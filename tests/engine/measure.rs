//! What `/metrics` tells of calls: how many, how long and why they failed; never whose.

use super::double::{self, refusal};
use super::stage::{KEY, Stage, question};
use super::wires::{self, FIVE};
use crate::support::Engine;
use axum::body::Body;
use axum::http::Request;
use spectr::infra::telemetry::Metrics;
use spectr::web::api;
use tower::ServiceExt;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_counted_by_provider_and_outcome_and_by_nobody() {
    let metrics = Metrics::start().unwrap();
    let stage = Stage::new(Engine::Sqlite).await;
    let (provider, model) = FIVE[1];
    stage.double.always(double::stream(&wires::answer(provider, &["hi"])));
    stage.ask((provider, model)).await.rest().await;
    stage.double.always(refusal(401, "", "{}"));
    stage.refused(&question(provider, model, "hello")).await;
    stage.set_budget(Some(1), None).await;
    stage.refused(&question(provider, model, "hello")).await;
    spectr::features::engine::flush(&stage.app.app).await;

    let router = api::metrics::router(stage.app.app.clone(), metrics);
    let answer = router.oneshot(Request::get("/metrics").body(Body::empty()).unwrap());
    let body = axum::body::to_bytes(answer.await.unwrap().into_body(), 1 << 20);
    let text = String::from_utf8(body.await.unwrap().to_vec()).unwrap();

    // At least: other tests of this process may have made calls too.
    let id = provider.id();
    for (series, least) in [
        (
            format!(r#"spectr_calls_total{{provider="{id}",credential="byok",status="ok"}}"#),
            1.0,
        ),
        (
            format!(r#"spectr_calls_total{{provider="{id}",credential="byok",status="error"}}"#),
            1.0,
        ),
        (
            format!(r#"spectr_call_errors_total{{provider="{id}",code="key_refused"}}"#),
            1.0,
        ),
        (r#"spectr_calls_refused_total{code="budget_exhausted"}"#.to_owned(), 1.0),
        (
            format!(r#"spectr_call_first_output_seconds_count{{provider="{id}"}}"#),
            1.0,
        ),
        (format!(r#"spectr_call_seconds_count{{provider="{id}"}}"#), 2.0),
        ("spectr_streams_active".to_owned(), 0.0),
        ("spectr_call_rows_waiting".to_owned(), 0.0),
    ] {
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(&series)?.trim().parse::<f64>().ok());
        assert!(value.is_some_and(|value| value >= least), "{series}\n{text}");
    }
    for secret in [stage.person.id.to_string().as_str(), &stage.person.email, KEY, model] {
        assert!(!text.contains(secret), "{secret}");
    }
    stage.stop().await;
}
