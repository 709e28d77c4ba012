//! Opening a stream: everything that happens between the door and the first event.

use super::budget::{self, Asker};
use super::call::{Call, Ending, Facts};
use super::credential::{Echo, Payer};
use super::limits::Stop;
use super::stream::{About, EngineStream, Running};
use super::upstream::{self, Route, Upstream};
use super::{Timing, measure, stopping};
use crate::domain::chat::{ChatRequest, Credential, Open, StreamEvent};
use crate::domain::ids::{CallId, UserId};
use crate::domain::limits::check_chat;
use crate::domain::meter;
use crate::domain::pricing;
use crate::domain::problem::Problem;
use crate::domain::providers::Provider;
use crate::domain::usage::Feature;
use crate::features::App;
use std::future::poll_fn;
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Opens a stream for a person who is signed in. `id` becomes the id of the call and is what the
/// person sees as the request id.
///
/// Waits until the provider has accepted and, a moment longer, for the first output, so that an
/// early failure is an error here and not an event later. Dropped while it waits, it drops the
/// request to the provider and records the call as aborted.
///
/// # Errors
/// The problem to be answered; see the table of problems.
pub async fn open(app: &App, user: UserId, id: CallId, request: ChatRequest) -> Result<EngineStream, Problem> {
    open_for(app, user, id, (request, None)).await
}

/// As [`open`], but sends the request to a server of our own on loopback that echoes it: what the
/// canary of the proof page does. Everything else is the way of every other call.
///
/// # Errors
/// As [`open`].
pub async fn open_echo(
    app: &App,
    user: UserId,
    id: CallId,
    request: ChatRequest,
    echo: Echo,
) -> Result<EngineStream, Problem> {
    open_for(app, user, id, (request, Some(echo))).await
}

async fn open_for(
    app: &App,
    user: UserId,
    id: CallId,
    (mut request, echo): (ChatRequest, Option<Echo>),
) -> Result<EngineStream, Problem> {
    let admitted = admit(app, user, id, (&mut request, echo)).await;
    let Admitted {
        mut call,
        payer,
        credential,
        max_tokens,
        stop,
        began,
    } = admitted.inspect_err(|problem| measure::refused(problem.code))?;
    let timing = app.engine.timing();
    let sent_at = Instant::now();
    let sent = tokio::select! {
        biased;
        sent = send(app, &request, payer, &timing) => sent,
        () = app.engine.cutoff.cancelled() => Err(stopping()),
        why = stop.told() => Err(why.into()),
    };
    let upstream = match sent {
        Ok(upstream) => upstream,
        Err(problem) => {
            let settled = call.settle(Ending::Failed(problem.code));
            wait_until_written(settled.written, &timing).await;
            return Err(Payer::explain(credential, problem));
        }
    };
    call.accept();
    let mut about = About {
        id,
        upstream_id: upstream.id(),
        credential,
        overhead: sent_at - began,
        max_tokens,
        cost_nano_usd: (request.provider == Provider::Spectr).then_some(0),
    };
    let mut events = vec![StreamEvent::Open(Open {
        request_id: id,
        provider: request.provider,
        model: request.model,
        credential,
    })];
    let mut running = Running::new(call, upstream, timing, sent_at);
    let peek = poll_fn(|cx| running.poll_first(cx, &mut events));
    // Silence is no failure: the head goes out and the stream goes on.
    tokio::time::timeout(timing.peek, peek).await.ok();
    if let Some((problem, written)) = running.early_failure() {
        wait_until_written(written, &timing).await;
        return Err(Payer::explain(credential, problem));
    }
    about.upstream_id = about.upstream_id.or_else(|| running.upstream_id());
    let stream = EngineStream::new(app.clone(), about, events, running);
    // It was told to end before it could be found among the running ones.
    if let Some(why) = stop.reason() {
        stream.fail(why.into());
    }
    Ok(stream)
}

/// A call that may leave the house.
struct Admitted {
    call: Call,
    /// `None` for the built-in guide.
    payer: Option<Payer>,
    credential: Credential,
    /// The limit of tokens that was set because little of the budget is left.
    max_tokens: Option<u32>,
    /// Cancelled when the account is closed.
    stop: Stop,
    began: Instant,
}

/// Checks the request and takes what it needs: a slot, a credential, and what it may cost.
async fn admit(
    app: &App,
    user: UserId,
    id: CallId,
    (request, echo): (&mut ChatRequest, Option<Echo>),
) -> Result<Admitted, Problem> {
    let began = Instant::now();
    let feature = if echo.is_some() {
        Feature::Canary
    } else {
        request.feature.into()
    };
    check_chat(request)?;
    if app.engine.is_draining.load(Ordering::SeqCst) {
        return Err(stopping());
    }
    app.engine.start(app);
    let slot = app.engine.limits.enter(user)?;
    let stop = slot.stop();
    let payer = match (echo, request.provider) {
        (Some(echo), _) => Some(Payer::Echo(echo)),
        (None, Provider::Spectr) => None,
        (None, _) => Some(Payer::find(app, user, request).await?),
    };
    let credential = payer.as_ref().map_or(Credential::None, Payer::credential);
    let started_at = app.clock.now();
    let price = pricing::price_at(request.provider, &request.model, started_at);
    let asker = Asker {
        user,
        call: id,
        credential,
    };
    let (hold, max_tokens) = budget::hold(app, asker, request, price).await?;
    if max_tokens.is_some() {
        request.params.max_tokens = max_tokens;
    }
    let facts = Facts {
        id,
        user,
        provider: request.provider,
        model: request.model.clone(),
        feature,
        credential,
        key_id: payer.as_ref().and_then(Payer::key_id),
        price,
        input: meter::input_tokens(request),
        started_at,
        began,
    };
    Ok(Admitted {
        call: Call::new(app.clone(), facts, hold, slot),
        payer,
        credential,
        max_tokens,
        stop,
        began,
    })
}

/// Sends the request. The opened key lives as long as this call and not longer.
async fn send(app: &App, request: &ChatRequest, payer: Option<Payer>, timing: &Timing) -> Result<Upstream, Problem> {
    let Some(payer) = payer else {
        return upstream::ask_guide(request);
    };
    let route = Route {
        target: payer.target(app, request)?,
        secret: payer.secret(),
    };
    upstream::send(app, request, &route, timing).await
}

/// A moment for the disk; where it takes longer, the row is still on its way.
async fn wait_until_written(written: oneshot::Receiver<()>, timing: &Timing) {
    tokio::time::timeout(timing.settle, written).await.ok();
}
