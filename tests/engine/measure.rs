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

    for line in [
        format!(
            r#"spectr_calls_total{{provider="{0}",credential="byok",status="ok"}} 1"#,
            provider.id()
        ),
        format!(
            r#"spectr_calls_total{{provider="{0}",credential="byok",status="error"}} 1"#,
            provider.id()
        ),
        format!(
            r#"spectr_call_errors_total{{provider="{0}",code="key_refused"}} 1"#,
            provider.id()
        ),
        r#"spectr_calls_refused_total{code="budget_exhausted"} 1"#.to_owned(),
        format!(
            r#"spectr_call_first_output_seconds_count{{provider="{0}"}} 1"#,
            provider.id()
        ),
        format!(r#"spectr_call_seconds_count{{provider="{0}"}} 2"#, provider.id()),
        "spectr_streams_active 0".to_owned(),
        "spectr_call_rows_waiting 0".to_owned(),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
    for secret in [stage.person.id.to_string().as_str(), &stage.person.email, KEY, model] {
        assert!(!text.contains(secret), "{secret}");
    }
    stage.stop().await;
}
