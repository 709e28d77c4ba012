//! The canary: a unique string sent as a prompt through the real engine, and then searched for in
//! everything that this server can read.
//!
//! ```text
//! start ──▶ echo server on loopback ◀── engine (sealed way of every call) ──▶ stream read to its end
//!                                                             │
//!        Run (in memory, watched) ◀── places searched one by one ◀── row of the call is durable
//! ```
//!
//! It fails when the string is found anywhere. Nothing of a run is stored: the row of the call, marked
//! as the canary's, is all that is left of it.

mod echo;
mod needles;
mod places;
mod server;

pub use places::Place;

use crate::domain::chat::{Asker, ChatRequest, Message, Params, Role, StreamEvent};
use crate::domain::ids::{CallId, UserId};
use crate::domain::problem::{Code, Problem};
use crate::domain::providers::Provider;
use crate::domain::timestamp::{HOUR_MS, Timestamp};
use crate::features::App;
use crate::features::accounts::throttle::Counted;
use crate::features::accounts::{self, limits};
use crate::features::engine::{self, EngineStream};
use crate::infra::crypto::random;
use crate::infra::db::Db;
use crate::infra::log_tail;
use echo::EchoServer;
use needles::Needles;
use server::Mark;
use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;

/// A result is shown this long.
const SHOWN_MS: i64 = HOUR_MS;
/// How long the echo may take.
const CALL: Duration = Duration::from_secs(20);

/// What cannot be searched from here, and is said so.
const NOT_SEARCHED: [&str; 4] = [
    "the machine's swap and the kernel's own buffers",
    "this process's memory",
    "backups, and logs that another program collects",
    "a provider's side: this call went to an echo on this machine; a real one goes to the provider you pick",
];

/// What cannot be searched besides when the database is a server of its own.
const NOT_SEARCHED_ON_A_SERVER: &str =
    "the database server's own files and log: its tables were read row by row, its disk was not";

/// The same where our role may read its files.
const NOT_SEARCHED_BESIDE_FILES: &str = "the database server's own memory, log, backups and copies: its tables were read \
     row by row, and on its disk the files of our tables and what was written to its write-ahead log during this run";

/// What a run does not search on this installation; `marks` of the servers whose files are.
fn not_searched(app: &App, marks: Marks) -> Vec<&'static str> {
    let stores = [(&app.db, marks.main), (&app.keystore, marks.keystore)];
    let mut servers = stores.iter().filter(|(db, _)| matches!(db, Db::Postgres(_))).peekable();
    let more = match (servers.peek().is_some(), servers.all(|(_, mark)| mark.is_some())) {
        (false, _) => None,
        (true, true) => Some(NOT_SEARCHED_BESIDE_FILES),
        (true, false) => Some(NOT_SEARCHED_ON_A_SERVER),
    };
    more.into_iter().chain(NOT_SEARCHED).collect()
}

/// Where the write-ahead logs of the databases were when a run began; none where their files cannot be read.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    main: Option<Mark>,
    keystore: Option<Mark>,
}

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Calling,
    Searching,
    /// Everything was searched.
    Done,
    /// The call or the search did not come to its end.
    Failed(&'static str),
}

/// One run, as far as it has come.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was sent; shown, so that a person can search for it too.
    pub text: String,
    pub began: Timestamp,
    pub stage: Stage,
    /// Characters of the echo that came back.
    pub echoed: usize,
    pub places: Vec<Place>,
    /// What cannot be searched from here.
    pub not_searched: Vec<&'static str>,
    /// Names of the files, tables or logs that hold the string.
    pub found: Vec<String>,
    /// From the button to the end of the search.
    pub took: Duration,
}

impl Run {
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Done | Stage::Failed(_))
    }

    /// Whether the promise was kept: all was searched and nothing found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.stage == Stage::Done && self.found.is_empty() && self.places.iter().all(|place| place.problem.is_none())
    }
}

/// The last run of each person.
#[derive(Debug, Default)]
pub struct Canaries(Mutex<HashMap<UserId, watch::Sender<Run>>>);

impl Canaries {
    fn runs(&self) -> MutexGuard<'_, HashMap<UserId, watch::Sender<Run>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, user: UserId, run: Run) -> watch::Sender<Run> {
        let (now, sender) = (run.began, watch::Sender::new(run));
        let mut runs = self.runs();
        runs.retain(|_, other| other.borrow().began.plus(SHOWN_MS) > now);
        runs.insert(user, sender.clone());
        sender
    }
}

/// A string that stands nowhere else in the world.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn text() -> Result<String, Problem> {
    let bytes: [u8; 20] = random().map_err(|_| Problem::new(Code::Internal))?;
    Ok(format!("canary{}", hex::encode(bytes)))
}

/// Starts a run for this person; it goes on by itself.
///
/// # Errors
/// When there were too many, or the person restricts calls: a canary is one, with a row of its own.
pub async fn start(app: &App, user: UserId) -> Result<(), Problem> {
    may_call(app, user).await?;
    if latest(app, user).is_some_and(|run| !run.is_over()) {
        return Ok(());
    }
    let counted = app.throttles.take(&[Counted::Canary(user)], app.clock.now());
    counted.map_err(|seconds| Problem::new(Code::RateLimited).retry_after(seconds))?;
    start_with(app, user, text()?);
    Ok(())
}

async fn may_call(app: &App, user: UserId) -> accounts::Result<()> {
    let mut conn = app.db.acquire().await?;
    limits::require_calls(&mut conn, user).await
}

/// As [`start`], with a given string and without counting.
pub fn start_with(app: &App, user: UserId, text: String) {
    let run = Run {
        text,
        began: app.clock.now(),
        stage: Stage::Calling,
        echoed: 0,
        places: Vec::new(),
        not_searched: not_searched(app, Marks::default()),
        found: Vec::new(),
        took: Duration::ZERO,
    };
    let sender = app.proofs.canaries.put(user, run);
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with the times of files, which no test's clock sets"
    )]
    let files = SystemTime::now();
    let start = Start {
        at: Instant::now(),
        files,
        log: log_tail::place(),
    };
    let app_of_task = app.clone();
    app.background
        .spawn(async move { run_through(&app_of_task, user, &sender, start).await });
}

/// Where clocks and log stood when a run began.
#[derive(Clone, Copy)]
struct Start {
    at: Instant,
    files: SystemTime,
    log: u64,
}

/// The last run of this person, while it is shown.
#[must_use]
pub fn latest(app: &App, user: UserId) -> Option<Run> {
    let run = app.proofs.canaries.runs().get(&user)?.borrow().clone();
    (run.began.plus(SHOWN_MS) > app.clock.now()).then_some(run)
}

/// Waits until the run is over, at most so long.
pub async fn wait(app: &App, user: UserId, most: Duration) {
    let Some(mut watched) = app.proofs.canaries.runs().get(&user).map(watch::Sender::subscribe) else {
        return;
    };
    let over = watched.wait_for(Run::is_over);
    drop(tokio::time::timeout(most, over).await);
}

async fn run_through(app: &App, user: UserId, run: &watch::Sender<Run>, start: Start) {
    let (began, text) = (start.at, run.borrow().text.clone());
    let (main, keystore) = tokio::join!(server::mark(&app.db), server::mark(&app.keystore));
    let marks = Marks { main, keystore };
    run.send_modify(|run| run.not_searched = not_searched(app, marks));
    let called = tokio::time::timeout(CALL, call(app, user, &text)).await;
    let echoed = match called {
        Ok(Ok(echoed)) => echoed,
        Ok(Err(why)) => return end(run, began, Stage::Failed(why)),
        Err(_) => return end(run, began, Stage::Failed("the echo did not answer in time")),
    };
    // What the call left behind is durable before anything is searched.
    engine::flush(app).await;
    run.send_modify(|run| {
        run.stage = Stage::Searching;
        run.echoed = echoed;
    });
    let Ok(needles) = Needles::of(&text) else {
        return end(run, began, Stage::Failed("the search could not be prepared"));
    };
    let search = places::Search {
        app: app.clone(),
        needles,
        since: start.files,
        log: start.log,
        marks,
    };
    search
        .all(|place, found| {
            run.send_modify(|run| {
                run.places.push(place);
                run.found.extend(found);
                run.took = began.elapsed();
            });
        })
        .await;
    end(run, began, Stage::Done);
}

fn end(run: &watch::Sender<Run>, began: Instant, stage: Stage) {
    run.send_modify(|run| {
        run.stage = stage;
        run.took = began.elapsed();
    });
}

/// Sends the string as instruction, prompt and key, and reads the answer to its end: how many
/// characters of it came back.
async fn call(app: &App, user: UserId, text: &str) -> Result<usize, &'static str> {
    const REFUSED: &str = "the engine did not take the call";
    let echo = EchoServer::start(text)
        .await
        .map_err(|_| "no port for the echo was free")?;
    let request = ChatRequest {
        provider: Provider::Compatible,
        key_id: None,
        model: "echo".to_owned(),
        system: Some(format!("Instruction {text}")),
        messages: vec![Message {
            role: Role::User,
            content: format!("Prompt {text}"),
        }],
        params: Params::default(),
        feature: Asker::default(),
    };
    let id = CallId(app.clock.new_id());
    let stream = engine::open_echo(app, user, id, request, echo.as_provider()).await;
    let answer = read(stream.map_err(|_| REFUSED)?).await?;
    if answer.contains(text) {
        Ok(answer.chars().count())
    } else {
        Err("the echo answered something else")
    }
}

async fn read(mut stream: EngineStream) -> Result<String, &'static str> {
    let mut answer = String::new();
    let mut events = Vec::new();
    while poll_fn(|cx| stream.poll_events(cx, &mut events)).await {
        for event in events.drain(..) {
            match event {
                StreamEvent::Delta(delta) => answer.push_str(&delta.text),
                StreamEvent::Error(_) => return Err("the stream of the echo broke"),
                _ => {}
            }
        }
    }
    Ok(answer)
}
