//! Leases, endings and the schedule, on SQLite; the story on both engines stands in `tests/jobs`.

use super::lease::LEASE_MS;
use super::*;
use crate::infra::clock::ManualClock;
use crate::infra::db::Schema;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

#[derive(Clone, Default)]
struct Bench {
    runs: Arc<AtomicU64>,
    entered: Arc<Notify>,
}

const COUNT: Job<Bench> = Job {
    name: "count",
    every: 60 * SECOND_MS,
    is_destructive: true,
    run: |bench| Box::pin(async move { Ok(bench.runs.fetch_add(1, Ordering::SeqCst) + 1) }),
};
const FAIL: Job<Bench> = Job {
    name: "fail",
    every: 3600 * SECOND_MS,
    is_destructive: false,
    run: |_| Box::pin(async { Err("no luck".into()) }),
};
const PANIC: Job<Bench> = Job {
    name: "panic",
    every: 3600 * SECOND_MS,
    is_destructive: false,
    run: |_| Box::pin(async { panic!("on purpose") }),
};
const HANG: Job<Bench> = Job {
    name: "hang",
    every: 60 * SECOND_MS,
    is_destructive: false,
    run: |bench| {
        Box::pin(async move {
            bench.entered.notify_one();
            std::future::pending().await
        })
    },
};

struct Stand {
    _folder: tempfile::TempDir,
    db: Db,
    clock: Arc<ManualClock>,
    bench: Bench,
}

impl Stand {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("main.db").display());
        let db = Db::open(&url, Schema::Main).await.unwrap();
        db.migrate(Schema::Main).await.unwrap();
        Self {
            _folder: folder,
            db,
            clock: Arc::new(ManualClock::at(Timestamp(1_800_000_000_000))),
            bench: Bench::default(),
        }
    }

    fn runner(&self, jobs: &'static [Job<Bench>]) -> Runner<Bench> {
        Runner {
            context: self.bench.clone(),
            db: self.db.clone(),
            clock: self.clock.clone(),
            jobs,
        }
    }

    async fn beat(&self, name: &str) -> Heartbeat {
        let beats = heartbeats(&mut self.db.acquire().await.unwrap()).await.unwrap();
        beats.into_iter().find(|beat| beat.name == name).unwrap()
    }
}

#[tokio::test]
async fn only_a_run_that_came_to_its_end_is_marked_done() {
    let stand = Stand::new().await;
    let outcomes = stand.runner(&[PANIC, FAIL, COUNT]).run_all().await.unwrap();
    let why = "no luck".to_owned();
    assert_eq!(
        outcomes,
        [
            ("panic", Outcome::Panicked),
            ("fail", Outcome::Failed { why }),
            ("count", Outcome::Done { affected: 1 })
        ]
    );
    let now = stand.clock.now();
    let done = stand.beat("count").await;
    assert_eq!((done.last_ok_at, done.affected), (Some(now), 1));
    assert!(!done.is_due(now, COUNT.every) && done.is_due(now.plus(COUNT.every), COUNT.every));
    for (name, every) in [("panic", PANIC.every), ("fail", FAIL.every)] {
        let beat = stand.beat(name).await;
        assert_eq!(beat.last_ok_at, None);
        assert!(
            !beat.is_due(now, every) && beat.is_due(now.plus(RETRY_MS), every),
            "{name} is tried again soon"
        );
    }
}

#[tokio::test]
async fn a_leased_job_is_left_alone_until_the_lease_runs_out() {
    let stand = Stand::new().await;
    let dead = Lease::take(&stand.db, "count", stand.clock.now())
        .await
        .unwrap()
        .unwrap();
    let runner = stand.runner(&[COUNT]);
    assert_eq!(runner.run_all().await.unwrap(), [("count", Outcome::Leased)]);
    stand.clock.advance(LEASE_MS);
    assert_eq!(
        runner.run_all().await.unwrap(),
        [("count", Outcome::Done { affected: 1 })]
    );
    // What the slow process says now counts no more.
    dead.done(&stand.db, stand.clock.now(), 99).await.unwrap();
    assert_eq!(stand.beat("count").await.affected, 1);
}

#[tokio::test]
async fn a_lease_from_a_clock_that_was_ahead_does_not_block() {
    let stand = Stand::new().await;
    let future = stand.clock.now().plus(400 * 24 * 3600 * SECOND_MS);
    assert!(Lease::take(&stand.db, "count", future).await.unwrap().is_some());
    assert!(stand.beat("count").await.is_due(stand.clock.now(), COUNT.every));
    let outcomes = stand.runner(&[COUNT]).run_all().await.unwrap();
    assert_eq!(outcomes, [("count", Outcome::Done { affected: 1 })]);
}

#[tokio::test]
async fn a_renewed_lease_lasts_longer() {
    let stand = Stand::new().await;
    let mut lease = Lease::take(&stand.db, "count", stand.clock.now())
        .await
        .unwrap()
        .unwrap();
    stand.clock.advance(LEASE_MS - 1);
    lease.renew(&stand.db, stand.clock.now()).await.unwrap();
    stand.clock.advance(LEASE_MS - 1);
    assert!(
        Lease::take(&stand.db, "count", stand.clock.now())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn two_servers_never_run_a_job_at_once() {
    let stand = Stand::new().await;
    let now = stand.clock.now();
    let takes = (0..8).map(|_| Lease::take(&stand.db, "count", now));
    let taken = futures::future::join_all(takes).await;
    assert_eq!(
        taken.into_iter().filter(|lease| matches!(lease, Ok(Some(_)))).count(),
        1
    );
}

#[tokio::test]
async fn stopping_breaks_a_running_job_off_and_gives_its_lease_back() {
    let stand = Stand::new().await;
    let schedule = stand.runner(&[HANG]).start();
    stand.bench.entered.notified().await;
    schedule.stop().await;
    assert_eq!(stand.beat("hang").await.last_ok_at, None);
    assert!(
        Lease::take(&stand.db, "hang", stand.clock.now())
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn everything_runs_at_the_start_and_then_when_it_is_due() {
    let stand = Stand::new().await;
    let runner = stand.runner(&[COUNT]);
    assert_eq!(runner.due(true).await.unwrap().len(), 1);
    runner.run_all().await.unwrap();
    assert_eq!(runner.due(true).await.unwrap().len(), 1, "at the start in any case");
    assert!(runner.due(false).await.unwrap().is_empty());
    stand.clock.advance(COUNT.every);
    assert_eq!(runner.due(false).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_jump_of_the_clock_pauses_jobs_that_delete_until_an_operator_ran_them() {
    let stand = Stand::new().await;
    let runner = stand.runner(&[COUNT]);
    let mut guard = ClockGuard::new(stand.clock.now(), Duration::ZERO);
    runner.run_all().await.unwrap();
    stand.clock.advance(91 * 24 * 3600 * SECOND_MS);
    assert!(!guard.is_steady(stand.clock.now(), Duration::ZERO));
    runner.look_for_confirmation(&mut guard).await;
    assert!(!guard.is_steady(stand.clock.now(), Duration::ZERO));
    runner.run_all().await.unwrap();
    runner.look_for_confirmation(&mut guard).await;
    assert!(guard.is_steady(stand.clock.now(), guard::uptime()));
}
