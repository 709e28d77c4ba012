//! Failures have a form: a page or problem+json, an id, and no cause.

use crate::support::{Engine, TestApp};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use axum::routing::get;
use spectr::web::site::Site;
use tower::ServiceExt;

const CANARY: &str = "canary of a cause: SELECT secret FROM users";

fn faulty() -> Router {
    Router::new()
        .route(
            "/panic",
            get(|| async {
                if CANARY.len() > 1 {
                    panic!("{CANARY}")
                }
            }),
        )
        .route("/error", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, CANARY) }))
        .route("/refused", get(|| async { (StatusCode::UNPROCESSABLE_ENTITY, CANARY) }))
        .route("/fresh", get(|| async { StatusCode::NOT_MODIFIED }))
        .route(
            "/events",
            get(|| async {
                (
                    [(header::CONTENT_TYPE, "text/event-stream")],
                    format!(": {}\n\n", "x".repeat(5_000)),
                )
            }),
        )
        .route("/text", get(|| async { "x".repeat(5_000) }))
}

async fn ask(app: &TestApp, path: &str, accept: &str) -> Response<Body> {
    let request = Request::get(path)
        .header("host", "127.0.0.1")
        .header("accept", accept)
        .header("accept-encoding", "br, gzip")
        .body(Body::empty())
        .unwrap();
    Site::new(app.app.clone(), faulty()).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8_lossy(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn causes_stay_inside_for_machines_and_people() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    for (path, status) in [("/panic", 500), ("/error", 500), ("/refused", 422)] {
        let response = ask(&app, path, "application/json").await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let id = response.headers()["x-spectr-request-id"].to_str().unwrap().to_owned();
        // Small answers are not compressed, pages are: asked for plainly below.
        let body = text(response).await;
        assert!(body.contains(&id) && !body.contains("canary"), "{path}: {body}");

        let request = Request::get(path)
            .header("host", "127.0.0.1")
            .header("accept", "text/html,*/*")
            .body(Body::empty())
            .unwrap();
        let response = Site::new(app.app.clone(), faulty()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        let id = response.headers()["x-spectr-request-id"].to_str().unwrap().to_owned();
        let body = text(response).await;
        assert!(
            body.contains("<h1>") && body.contains(&id) && !body.contains("canary"),
            "{path}"
        );
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_never_compressed_and_text_is() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let events = ask(&app, "/events", "*/*").await;
    assert!(!events.headers().contains_key("content-encoding"));
    let plain = ask(&app, "/text", "*/*").await;
    assert_eq!(plain.headers()["content-encoding"], "br");
    let fresh = ask(&app, "/fresh", "*/*").await;
    assert_eq!(fresh.status(), StatusCode::NOT_MODIFIED);
    assert!(fresh.headers().contains_key("content-security-policy"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_nowhere_is_a_page_or_a_problem() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    let page = client
        .request(reqwest::Method::GET, "/no/such")
        .header("accept", "text/html");
    let page = client.send(page).await.expect(404);
    assert!(page.body.contains("There is nothing here"));
    let problem = client.get("/no/such").await.expect(404);
    let json: serde_json::Value = serde_json::from_str(&problem.body).unwrap();
    assert_eq!(json["type"], "/docs#problem-not_found");
    assert_eq!(json["request_id"], problem.header("x-spectr-request-id").unwrap());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_name_the_methods() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    for (path, allow) in [("/privacy", "GET,HEAD,OPTIONS"), ("/contact", "GET,HEAD,POST,OPTIONS")] {
        let reply = client
            .send(client.request(reqwest::Method::OPTIONS, path))
            .await
            .expect(204);
        let mut methods: Vec<_> = reply.header("allow").unwrap().split(',').collect();
        let mut expected: Vec<_> = allow.split(',').collect();
        methods.sort_unstable();
        expected.sort_unstable();
        assert_eq!(methods, expected, "{path}");
    }
    app.stop().await;
}
