//! LangSmith: what is sent, when, and above all when not.

mod forms;
mod spans;

use crate::support::app::Person;
use crate::support::doubles::langsmith::{GOOD_KEY, LangSmith};
use crate::support::{Engine, Reply, TestApp};
use crate::usage::call;
use spectr::features::integrations;

/// The path of the page and the root of its forms.
pub const PAGE: &str = "/settings/integrations";
pub const FORMS: &str = "/settings/integrations/langsmith";

/// An application whose LangSmith is the double, and a person.
pub struct Stage {
    pub app: TestApp,
    pub langsmith: LangSmith,
    pub person: Person,
    pub key: String,
}

impl Stage {
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, &[]).await
    }

    pub async fn with(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let langsmith = LangSmith::start_at(None).await.unwrap();
        let mut all = vec![("SPECTR_LANGSMITH_BASE_URL", langsmith.url.as_str())];
        all.extend_from_slice(settings);
        let app = TestApp::spawn_with(engine, &all).await;
        let person = app.signed_in_user().await;
        Self {
            app,
            langsmith,
            person,
            key: format!("{GOOD_KEY}_canary-5Fw2Qe9Rt"),
        }
    }

    pub async fn post(&self, form: &str, fields: &[(&str, &str)]) -> Reply {
        self.person.client.post(&format!("{FORMS}{form}"), fields).await
    }

    pub async fn save(&self) {
        self.post("", &[("key", &self.key)]).await.see_other();
    }

    /// Key, consent and switch.
    pub async fn switch_on(&self) {
        self.save().await;
        self.post("/on", &[("consent", "on")]).await.see_other();
    }

    pub async fn page(&self) -> String {
        self.person.client.get(PAGE).await.expect(200).body
    }

    /// Offers so many calls that have ended.
    pub fn offer(&self, count: usize) {
        for _ in 0..count {
            integrations::offer(
                &self.app.app,
                &call(&self.app, self.person.id, self.app.app.clock.now()),
            );
        }
    }

    pub async fn flush(&self) {
        integrations::flush(&self.app.app).await;
    }

    pub async fn view(&self) -> integrations::View {
        integrations::find(&self.app.app, self.person.id)
            .await
            .unwrap()
            .unwrap()
    }
}

/// Runs each story on both engines, as `name::sqlite` and `name::postgres`.
macro_rules! stories {
    ($(async fn $name:ident($stage:ident: Stage) $body:block)+) => {$(
        async fn $name($stage: &$crate::integrations::Stage) $body

        mod $name {
            use $crate::integrations::Stage;
            use $crate::support::Engine;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let stage = Stage::new(Engine::Sqlite).await;
                super::$name(&stage).await;
                stage.app.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let stage = Stage::new(Engine::Postgres).await;
                super::$name(&stage).await;
                stage.app.stop().await;
            }
        }
    )+};
}
use stories;
