//! The engine through `POST /stream/chat`, against a provider that does exactly what a test says.

mod budgets;
mod closing;
pub mod double;
mod failures;
mod faults;
mod fresh;
mod limits;
mod measure;
pub mod privacy;
mod shutdown;
pub mod stage;
mod stop;
mod streams;
mod timeouts;
pub mod wires;

/// Runs one story on both engines, each with a [`stage::Stage`] of its own.
macro_rules! stories {
    ($(async fn $name:ident($stage:ident: Stage) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn story($stage: &$crate::engine::stage::Stage) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let stage = $crate::engine::stage::Stage::new($crate::support::Engine::Sqlite).await;
                story(&stage).await;
                stage.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let stage = $crate::engine::stage::Stage::new($crate::support::Engine::Postgres).await;
                story(&stage).await;
                stage.stop().await;
            }
        }
    )+};
}
pub(crate) use stories;
