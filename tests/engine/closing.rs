//! An account that asks for its deletion, or whose owner says "this was not me": what runs ends at once.

use super::double::Step;
use super::stage::{Stage, names, question};
use super::stories;
use super::wires::FIVE;
use spectr::domain::ids::SessionId;
use spectr::domain::privacy::erasure::When;
use spectr::features::accounts::Caller;
use spectr::features::privacy::erasure;
use tokio::task::JoinHandle;

/// A call that the provider was asked for and says nothing to.
async fn being_opened(stage: &Stage) -> JoinHandle<reqwest::Result<reqwest::Response>> {
    let (provider, model) = FIVE[1];
    stage.double.always(vec![Step::Silence]);
    let opening = tokio::spawn(stage.post(&question(provider, model, "x")).send());
    stage.double.request().await;
    opening
}

stories! {
    async fn asking_for_the_deletion_ends_running_answers_and_those_being_opened(stage: Stage) {
        let running = stage.begun().await;
        let opening = being_opened(stage).await;

        let caller = Caller { ip: std::net::Ipv4Addr::LOCALHOST.into(), device: String::new() };
        let (app, person) = (&stage.app.app, stage.person.id);
        let nobody = SessionId(uuid::Uuid::nil());
        erasure::ask(app, &caller, person, nobody, When::Grace).await.unwrap();
        stage.double.gone().await;
        stage.double.gone().await;
        let events = running.rest().await;
        assert_eq!(names(&events), ["usage", "error"]);
        assert_eq!(events[1].1["code"], "account_pending");
        assert_eq!(opening.await.unwrap().unwrap().status(), 409);
        let rows = stage.rows().await;
        assert!(rows.iter().all(|row| row.problem.as_deref() == Some("account_pending")), "{rows:#?}");
    }

    async fn this_was_not_me_ends_running_answers_and_those_being_opened(stage: Stage) {
        let running = stage.begun().await;
        let opening = being_opened(stage).await;
        stage.person.client.post("/settings/privacy/security-log/not-me", &[]).await.see_other();
        stage.double.gone().await;
        stage.double.gone().await;
        let events = running.rest().await;
        assert_eq!(names(&events), ["usage", "error"]);
        assert_eq!(events[1].1["code"], "signed_out");
        assert_eq!(opening.await.unwrap().unwrap().status(), 401);
    }

    async fn an_answer_that_ends_during_the_erasure_leaves_no_row(stage: Stage) {
        let running = stage.begun().await;
        let reason = spectr::domain::privacy::erasure::Reason::Child;
        erasure::by_operator(&stage.app.app, stage.person.id, reason, true).await.unwrap();
        running.rest().await;
        assert!(stage.rows().await.is_empty());
        assert_eq!(stage.app.count("usage_days").await, 0);
    }
}
