//! Stop: whoever drops the stream stops the provider, in every phase, for every provider. The double
//! sees its connection close; nothing here waits for a time to pass.

use super::double::{Seen, Step, end, head, piece};
use super::stage::{Stage, question};
use super::stories;
use super::wires::{self, FIVE};
use crate::support::Engine;
use spectr::domain::privacy::rights::Limit;
use spectr::domain::providers::Provider;
use spectr::features::accounts::{Caller, limits};
use spectr::features::privacy::erasure;
use std::time::Duration;

/// A test that waits longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(10);

stories! {
    async fn before_the_head_of_the_answer(stage: Stage) {
        stage.double.always(vec![Step::Silence]);
        for (provider, model) in FIVE {
            let sent = tokio::spawn(stage.post(&question(provider, model, "hello")).send());
            stage.double.request().await;
            sent.abort();
            tokio::time::timeout(PATIENCE, stage.double.gone()).await.unwrap();
        }
        all_aborted(stage, false).await;
    }

    async fn after_the_head_and_before_the_first_text(stage: Stage) {
        for (provider, model) in FIVE {
            stage.double.always(vec![head(), Step::Silence]);
            let mut reader = stage.ask((provider, model)).await;
            reader.expect("open").await;
            stage.double.request().await;
            drop(reader);
            tokio::time::timeout(PATIENCE, stage.double.gone()).await.unwrap();
        }
        all_aborted(stage, false).await;
    }

    async fn in_the_middle_of_the_answer(stage: Stage) {
        for (provider, model) in FIVE {
            let first = wires::opening(provider) + &wires::text(provider, "0123456789abcdef");
            stage.double.always(vec![head(), piece(first), Step::Silence]);
            let mut reader = stage.ask((provider, model)).await;
            reader.expect("open").await;
            reader.expect("delta").await;
            stage.double.request().await;
            drop(reader);
            tokio::time::timeout(PATIENCE, stage.double.gone()).await.unwrap();
        }
        all_aborted(stage, true).await;
    }

    async fn while_the_provider_sends_as_fast_as_it_can(stage: Stage) {
        let (provider, model) = FIVE[1];
        let text = wires::text(provider, "0123456789abcdef");
        let framed = format!("{:x}\r\n{text}\r\n", text.len()).into_bytes();
        stage.double.always(vec![head(), Step::Endless(framed)]);
        let mut reader = stage.ask((provider, model)).await;
        reader.expect("open").await;
        reader.expect("delta").await;
        stage.double.request().await;
        drop(reader);
        tokio::time::timeout(PATIENCE, stage.double.gone()).await.unwrap();
        assert_eq!(settled(stage, 1).await[0].status, "aborted");
    }

    async fn a_restriction_ends_what_is_running_and_says_so(stage: Stage) {
        for kind in ["restrict_calls", "restrict_account"] {
            let (provider, model) = FIVE[1];
            let mut reader = stage.begun().await;
            let limit = |action| [("limit", kind), ("action", action)];
            stage.person.client.post("/settings/privacy/rights/limit", &limit("make")).await.see_other();
            tokio::time::timeout(PATIENCE, stage.double.gone()).await.unwrap();
            let mut last = reader.next().await;
            while last.as_ref().is_some_and(|(name, _)| name != "error") {
                last = reader.next().await;
            }
            let (_, error) = last.unwrap();
            assert_eq!(error["code"], "restricted");
            assert!(error["help"].as_str().unwrap().contains("Your rights"), "{error}");
            let (status, problem, _) = stage.refused(&question(provider, model, "again")).await;
            assert_eq!((status, problem["code"].as_str()), (403, Some("restricted")));
            stage.person.client.post("/settings/privacy/rights/limit", &limit("lift")).await.see_other();
        }
    }

    async fn a_stop_after_the_end_changes_nothing(stage: Stage) {
        let (provider, model) = FIVE[1];
        let mut script: Vec<Step> = vec![head()];
        script.extend(wires::answer(provider, &["a"]).iter().map(piece));
        script.push(end());
        stage.double.always(script);
        let mut reader = stage.ask((provider, model)).await;
        while reader.next().await.is_some_and(|(name, _)| name != "done") {}
        drop(reader);
        assert_eq!(stage.row().await.status, "ok");
    }

    async fn the_guide_stops_too(stage: Stage) {
        let mut reader = stage.ask((Provider::Spectr, "spectr/guide")).await;
        reader.expect("open").await;
        drop(reader);
        assert_eq!(settled(stage, 1).await[0].status, "aborted");
        assert_eq!(stage.app.app.engine.running(), 0);
    }
}

/// The rows, once there are so many: the server learns of a Stop after the client does.
async fn settled(stage: &super::stage::Stage, rows: usize) -> Vec<super::stage::Row> {
    let read = async {
        loop {
            let found = stage.rows().await;
            if found.len() >= rows {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap()
}

async fn all_aborted(stage: &super::stage::Stage, had_output: bool) {
    let rows = settled(stage, FIVE.len()).await;
    assert_eq!(rows.len(), FIVE.len());
    for row in rows {
        assert_eq!((row.status.as_str(), row.problem), ("aborted", None));
        assert!(row.estimated && row.input_tokens > 0, "{}", row.provider);
        assert_eq!(row.output_tokens >= 4, had_output, "{}", row.provider);
        assert_eq!(row.ttft_ms.is_some(), had_output);
    }
    assert!(!matches!(
        tokio::time::timeout(Duration::ZERO, stage.double.saw()).await,
        Ok(Seen::Sent)
    ));
}

/// Another server of the same database wrote the restriction; this one looks every few seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restriction_by_way_of_another_server_ends_streams_here_too() {
    let stage = Stage::new(Engine::Postgres).await;
    let mut reader = stage.begun().await;
    let app = &stage.app.app;
    let caller = Caller {
        ip: std::net::Ipv4Addr::LOCALHOST.into(),
        device: "Firefox 140 on Linux".to_owned(),
    };
    let mut conn = app.db.begin().await.unwrap();
    limits::make(&mut conn, app, &caller, stage.person.id, Limit::Calls)
        .await
        .unwrap();
    conn.commit().await.unwrap();
    let watch = tokio::spawn(erasure::watch_streams(app.clone()));
    let mut last = tokio::time::timeout(PATIENCE, reader.next()).await.unwrap();
    while last.as_ref().is_some_and(|(name, _)| name != "error") {
        last = tokio::time::timeout(PATIENCE, reader.next()).await.unwrap();
    }
    assert_eq!(last.unwrap().1["code"], "restricted");
    watch.abort();
    stage.stop().await;
}
