//! Sends spans in the background: a bounded queue, one worker, few attempts.
//!
//! Off the path of every call: [`offer`] never waits. What finds no room, or is refused, is dropped
//! and counted. Before each attempt key, switch and consent are read anew, so that a withdrawal stops
//! what is still waiting.

use super::queries::{self, Outcome, Row};
use super::service::{CONSENT, open};
use crate::domain::ids::UserId;
use crate::domain::integrations::langsmith::{self, Span};
use crate::domain::problem::Code;
use crate::domain::timestamp::{SECOND_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::{consents, limits};
use crate::features::usage::CallRecord;
use crate::infra::db;
use crate::infra::http::Target;
use futures::{StreamExt, stream};
use metrics::counter;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Spans that may wait.
const WAITING: usize = 1_024;
/// Spans of one request.
const BATCH: usize = 100;
/// People whose spans are sent at the same time.
const AT_ONCE: usize = 8;
/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// Bytes of an answer that are read, so that its connection can be used again.
const ANSWER_BYTES: usize = 64 * 1024;
/// How long somebody who has nothing switched on is not asked about again. Switching on here is noticed
/// at once; on another server of the same database after this time.
const OFF_MS: i64 = 5 * SECOND_MS;
/// People in memory; beyond it everybody is asked about again.
const MOST_PEOPLE: usize = 10_000;

#[derive(Debug)]
enum Item {
    Span(UserId, Box<Span>),
    /// Answers when everything before it is sent or dropped.
    Flush(oneshot::Sender<()>),
}

/// The queue. Part of [`App`].
#[derive(Debug, Default)]
pub struct Spans {
    queue: OnceLock<mpsc::Sender<Item>>,
    /// Until when somebody is known to have nothing switched on.
    off: Mutex<HashMap<UserId, Timestamp>>,
    /// Spans that found no room, to be noted by the worker.
    lost: Mutex<BTreeMap<UserId, i64>>,
}

impl Spans {
    fn off(&self) -> MutexGuard<'_, HashMap<UserId, Timestamp>> {
        self.off.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self) -> MutexGuard<'_, BTreeMap<UserId, i64>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_off(&self, user: UserId, now: Timestamp) -> bool {
        self.off().get(&user).is_some_and(|until| now < *until)
    }

    fn note_off(&self, user: UserId, now: Timestamp) {
        let mut off = self.off();
        if off.len() >= MOST_PEOPLE {
            off.clear();
        }
        off.insert(user, now.plus(OFF_MS));
    }

    /// Somebody switched something on.
    pub(super) fn look_again(&self, user: UserId) {
        self.off().remove(&user);
    }

    fn queue(&self, app: &App) -> mpsc::Sender<Item> {
        let start = || {
            let (sender, receiver) = mpsc::channel(WAITING);
            tokio::spawn(work(app.clone(), receiver));
            sender
        };
        self.queue.get_or_init(start).clone()
    }
}

/// Hands in a call that has ended. Never waits; most people have nothing switched on, and for them it
/// is one look into memory.
pub fn offer(app: &App, call: &CallRecord) {
    if app.spans.is_off(call.user, app.clock.now()) {
        return;
    }
    let item = Item::Span(call.user, Box::new(span(call)));
    if app.spans.queue(app).try_send(item).is_err() {
        counter!("spectr_spans_total", "outcome" => "dropped").increment(1);
        *app.spans.lost().entry(call.user).or_default() += 1;
    }
}

/// Waits until everything that was offered so far is sent or dropped.
pub async fn flush(app: &App) {
    let Some(queue) = app.spans.queue.get() else { return };
    let (done, wait) = oneshot::channel();
    if queue.send(Item::Flush(done)).await.is_ok() {
        // An error means that the worker is gone, and with it what could be waited for.
        wait.await.ok();
    }
}

fn span(call: &CallRecord) -> Span {
    Span {
        id: call.id,
        started_at: call.started_at,
        latency_ms: call.latency_ms,
        ttft_ms: call.ttft_ms,
        provider: call.provider,
        model: call.model.clone(),
        feature: call.feature,
        credential: call.credential,
        tokens: call.tokens,
        estimated: call.estimated,
        cost_nano_usd: call.price.as_ref().map(|price| price.cost_nano_usd),
        status: call.status,
        problem: call.problem,
        stop: call.stop,
    }
}

async fn work(app: App, mut receiver: mpsc::Receiver<Item>) {
    let mut items = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut items, BATCH).await > 0 {
        let mut waiting = Vec::new();
        let mut people: BTreeMap<UserId, Vec<Span>> = BTreeMap::new();
        for item in items.drain(..) {
            match item {
                Item::Span(user, span) => people.entry(user).or_default().push(*span),
                Item::Flush(done) => waiting.push(done),
            }
        }
        stream::iter(people)
            .for_each_concurrent(AT_ONCE, |(user, spans)| deliver(&app, user, spans))
            .await;
        let lost = std::mem::take(&mut *app.spans.lost());
        for (user, dropped) in lost {
            let outcome = Outcome {
                sent: 0,
                dropped,
                problem: None,
            };
            note(&app, user, &outcome).await;
        }
        for done in waiting {
            // Whoever waited may have gone.
            done.send(()).ok();
        }
    }
}

/// Why an attempt came to nothing.
enum Failure {
    /// Another attempt may help.
    Now(Code),
    /// It never will.
    Always(Code),
}

/// Sends one person's spans, or drops them.
async fn deliver(app: &App, user: UserId, spans: Vec<Span>) {
    let count = i64::try_from(spans.len()).unwrap_or(i64::MAX);
    let mut pauses = PAUSES.iter();
    let problem = loop {
        let row = match permission(app, user).await {
            Ok(Some(row)) => row,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "whether spans may be sent could not be read; they are dropped");
                counter!("spectr_spans_total", "outcome" => "dropped").increment(count.unsigned_abs());
                return;
            }
        };
        match attempt(app, user, &row, &spans).await {
            Ok(()) => break None,
            Err(Failure::Always(code)) => break Some(code),
            Err(Failure::Now(code)) => match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => break Some(code),
            },
        }
    };
    let outcome = match problem {
        None => Outcome {
            sent: count,
            dropped: 0,
            problem,
        },
        Some(_) => Outcome {
            sent: 0,
            dropped: count,
            problem,
        },
    };
    let word = if problem.is_none() { "sent" } else { "dropped" };
    counter!("spectr_spans_total", "outcome" => word).increment(count.unsigned_abs());
    note(app, user, &outcome).await;
}

/// The row of somebody who has a key, the switch on and a live consent; `None` without one of them, and
/// while the person restricts calls.
async fn permission(app: &App, user: UserId) -> db::Result<Option<Row>> {
    let mut conn = app.db.acquire().await?;
    let row = queries::find(&mut conn, user).await?;
    let Some(row) = row.filter(|row| row.is_on) else {
        app.spans.note_off(user, app.clock.now());
        return Ok(None);
    };
    // Consents are given and withdrawn in other places too: this is never kept in memory.
    let may_send =
        consents::is_live(&mut conn, user, CONSENT).await? && limits::stopping_calls(&mut conn, user).await?.is_none();
    Ok(may_send.then_some(row))
}

async fn attempt(app: &App, user: UserId, row: &Row, spans: &[Span]) -> Result<(), Failure> {
    let (secret, project) = open(app, user, row).await.map_err(|error| {
        tracing::warn!(%error, "the key of an integration cannot be opened");
        Failure::Always(Code::Internal)
    })?;
    let request = langsmith::batch_request(spans, &project);
    let target = Target::Operator(app.config.langsmith_base.clone());
    let exchange = async {
        let response = app.http.send(request, &target, Some(&secret)).await.ok()?;
        let status = response.status();
        response.read(ANSWER_BYTES).await.ok();
        Some(status)
    };
    match tokio::time::timeout(ATTEMPT, exchange).await {
        // A run that is there already came with an attempt whose answer was lost.
        Ok(Some(200..300 | 409)) => Ok(()),
        Ok(Some(401 | 403)) => Err(Failure::Always(Code::KeyRefused)),
        Ok(Some(429)) => Err(Failure::Now(Code::ProviderRateLimited)),
        Ok(Some(400..500)) => Err(Failure::Always(Code::ProviderRefusedRequest)),
        Ok(Some(_)) => Err(Failure::Now(Code::ProviderDown)),
        Ok(None) | Err(_) => Err(Failure::Now(Code::ProviderUnreachable)),
    }
}

async fn note(app: &App, user: UserId, outcome: &Outcome) {
    let noted = async {
        let mut conn = app.db.begin().await?;
        queries::note(&mut conn, user, outcome, app.clock.now()).await?;
        conn.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the count of sent and dropped spans was not noted");
    }
}
