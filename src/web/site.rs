//! The way of every request, as plain functions one inside another.
//!
//! ```text
//! answer: secure headers, log and metrics, request id → compression (but of streams)
//!   → in_form: failures get their form, panics are caught → admit: same origin, body bounds, session
//!   → route: the router of pages and doors; what has no route is a file, else 404
//! ```
//!
//! Not a stack of layers: each layer makes a request allocate several times and has code of its own, and
//! after a server has slept none of that is in a cache. The first token of a stream waits for all of it.

use super::api::{health, stream};
use super::{auth, bodies, faults, headers, observe, request_id, respond};
use crate::features::App;
use axum::BoxError;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{self, Method};
use axum::response::Response;
use axum::routing::get;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Where answers stream from.
pub const STREAM: &str = "/stream/chat";

/// The whole site as one service. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Around>);

/// What is around the inside, and the inside.
struct Around {
    inside: Inside,
    /// `/healthz` and `/readyz`: plain text for machines, whatever they accept.
    health: Router,
    /// What is inside, with its answers packed.
    packed: BoxCloneSyncService<Request, Response, Infallible>,
}

/// What compression is around.
#[derive(Clone)]
struct Inside(Arc<(App, Router)>);

impl Site {
    /// These routes, with all that is around them.
    #[must_use]
    pub fn new(app: App, routes: Router) -> Self {
        let health = Router::new()
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .with_state(app.clone());
        let note = || tower::util::MapRequestLayer::new(observe::note_route);
        let inside = Inside(Arc::new((app, routes.layer(note()))));
        let packed = {
            let inside = inside.clone();
            ServiceBuilder::new()
                .map_response(|response: http::Response<_>| response.map(Body::new))
                .layer(CompressionLayer::new().compress_when(compressible()))
                .service(service_fn(move |request| inside.clone().in_form(request).map(Ok)))
        };
        Self(Arc::new(Around {
            inside,
            health: health.layer(note()),
            packed: BoxCloneSyncService::new(packed),
        }))
    }

    async fn answer(self, mut request: Request) -> Response {
        let watch = observe::Watch::start(&mut request);
        let Around { inside, health, packed } = &*self.0;
        let id = request_id::assign(inside.app(), &mut request);
        let mut response = match request.uri().path() {
            // Never packed: one that waits would hold the packer's buffers all the while.
            STREAM => inside.clone().in_form(request).await,
            "/healthz" | "/readyz" => whole(health.clone().oneshot(request).await),
            _ => whole(packed.clone().oneshot(request).await),
        };
        request_id::put(id, &mut response);
        watch.stop(&response);
        headers::secure(inside.app(), &mut response);
        response
    }
}

impl<B> Service<http::Request<B>> for Site
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    // Boxed, so that a connection does not keep the room that this needs while its answer streams.
    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        self.clone().answer(request.map(Body::new)).map(Ok).boxed()
    }
}

impl Inside {
    fn app(&self) -> &App {
        &self.0.0
    }

    async fn in_form(self, request: Request) -> Response {
        faults::present(self.app(), request, async |request| {
            let admitted = AssertUnwindSafe(self.admit(request));
            admitted.catch_unwind().await.unwrap_or_else(faults::panicked)
        })
        .await
    }

    async fn admit(&self, request: Request) -> Response {
        if let Some(refusal) = headers::refusal(self.app(), &request) {
            return refusal;
        }
        match bodies::bound(request).await {
            Ok(request) => auth::resolve(self.app(), request, async |request| self.route(request).await).await,
            Err(problem) => respond::problem(&problem, None),
        }
    }

    async fn route(&self, request: Request) -> Response {
        if request.method() == Method::POST && request.uri().path() == STREAM {
            // As the router would do it, which takes a look at all the other routes first.
            observe::note(&request, STREAM);
            return stream::chat.call(request, self.app().clone()).await;
        }
        whole(self.0.1.clone().oneshot(request).await)
    }
}

fn whole(answer: Result<Response, Infallible>) -> Response {
    match answer {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Text only. Streams go out as they come, and files of the site are packed beforehand.
fn compressible() -> impl Predicate {
    SizeAbove::new(512)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/wasm"))
        .and(NotForContentType::const_new("application/octet-stream"))
}
