//! What is said in a call is nowhere afterwards: not in a file of the database, not in the log.

use super::double::{self, Step, head, piece, refusal};
use super::stage::{KEY, Stage, question};
use super::stories;
use super::wires::{self, FIVE};
use crate::support::Engine;
use serde_json::json;
use spectr::domain::providers::Provider;
use std::io::Write;
use std::sync::{Arc, Mutex};

pub const PROMPT: &str = "canary-prompt-Xq81LmZ";
pub const ANSWER: &str = "canary-answer-Pw37KdE";
pub const SYSTEM: &str = "canary-system-Ty55RbN";

fn asked(provider: Provider, model: &str) -> serde_json::Value {
    let mut body = question(provider, model, PROMPT);
    body["system"] = json!(SYSTEM);
    body
}

/// Every way in which a call can go, with the canaries in it.
pub async fn every_way(stage: &Stage) {
    for (provider, model) in FIVE {
        let body = asked(provider, model);
        let first = wires::opening(provider) + &wires::text(provider, ANSWER);
        let scripts: [Vec<Step>; 5] = [
            double::stream(&wires::answer(provider, &[ANSWER])),
            double::stream(&[first.clone(), wires::error(provider, PROMPT)]),
            vec![head(), piece(&first), Step::Reset],
            refusal(
                400,
                "",
                &format!(
                    r#"{{"error":{{"message":"bad {PROMPT} {KEY}","type":"{PROMPT}","code":"{PROMPT}","failed_generation":"{ANSWER}"}},"detail":[{{"input":"{PROMPT}"}}]}}"#
                ),
            ),
            refusal(
                422,
                "",
                &format!(r#"{{"detail":[{{"loc":["body"],"msg":"{PROMPT}","input":"{PROMPT}"}}]}}"#),
            ),
        ];
        for script in scripts {
            stage.double.always(script);
            let response = stage.post(&body).send().await.unwrap();
            let status = response.status();
            let text = response.text().await.unwrap();
            assert!(!text.contains(KEY), "the key came back");
            if status != 200 {
                assert!(!text.contains(PROMPT) && !text.contains(ANSWER), "{text}");
            }
        }
        stage.double.always(vec![head(), piece(&first), Step::Silence]);
        let response = stage.post(&body).send().await.unwrap();
        drop(response);
    }
    // A model's name is text of the user where no list knows it.
    stage
        .double
        .always(double::stream(&wires::answer(Provider::OpenAi, &[ANSWER])));
    stage
        .post(&asked(Provider::OpenAi, PROMPT))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
}

stories! {
    async fn prompts_answers_and_keys_are_in_no_file(stage: Stage) {
        every_way(stage).await;
        assert!(stage.rows().await.len() >= 26);
        stage.app.assert_absent_from_files(&[PROMPT, ANSWER, SYSTEM, KEY]);
    }
}

/// Everything that is logged, at every level, while calls go every way they can.
#[test]
fn prompts_answers_and_keys_are_in_no_log() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // One thread, so that the subscriber of this thread hears everything.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        every_way(&stage).await;
        stage.rows().await;
        stage.stop().await;
    });
    drop(guard);
    let written = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(!written.is_empty(), "nothing was listened to");
    let own: Vec<&str> = written
        .lines()
        .filter(|line| !line.contains(" hyper") && !line.contains(" reqwest"))
        .collect();
    for canary in [PROMPT, ANSWER, SYSTEM, KEY] {
        let found = own.iter().find(|line| line.contains(canary));
        assert!(found.is_none(), "{found:?}");
    }
}
