//! Jobs on both engines: they leave heartbeats, and several servers share them.

use crate::on_both_engines;
use spectr::features::jobs::{JOBS, runner};
use spectr::infra::jobs::{Outcome, heartbeats};

on_both_engines! {
    async fn every_job_runs_and_leaves_its_heartbeat(app: TestApp) {
        let outcomes = runner(&app.app).run_all().await.unwrap();
        assert_eq!(outcomes.len(), JOBS.len());
        for (name, outcome) in outcomes {
            assert!(matches!(outcome, Outcome::Done { .. }), "{name}: {outcome:?}");
        }
        let beats = heartbeats(&mut app.app.db.acquire().await.unwrap()).await.unwrap();
        let mut names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
        names.sort_unstable();
        assert_eq!(beats.iter().map(|beat| beat.name.as_str()).collect::<Vec<_>>(), names);
        assert!(beats.iter().all(|beat| beat.last_ok_at.is_some()));
    }

    async fn servers_that_start_at_once_run_each_job_without_getting_in_each_others_way(app: TestApp) {
        let runs = (0..4).map(|_| async { runner(&app.app).run_all().await.unwrap() });
        let all: Vec<_> = futures::future::join_all(runs).await.into_iter().flatten().collect();
        for job in JOBS {
            let mut of_job = all.iter().filter(|(name, _)| *name == job.name).map(|(_, outcome)| outcome);
            assert!(of_job.clone().any(|outcome| matches!(outcome, Outcome::Done { .. })), "{}", job.name);
            assert!(of_job.all(|outcome| matches!(outcome, Outcome::Done { .. } | Outcome::Leased)));
        }
    }
}
