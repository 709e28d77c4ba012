//! What the integration tests share: the running application, its client, its mailbox.

pub mod app;
pub mod client;
pub mod command;
pub mod doubles;
pub mod schema;
pub mod smtp;

pub use app::{Engine, PASSWORD, TestApp, sign_up_form};
pub use client::{Client, Reply};
pub use schema::assert_follows;

/// Runs one story on both engines, as `name::sqlite` and `name::postgres`.
///
/// `on_both_engines! { async fn a_claim(app: TestApp) { … } }`
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($app: &$crate::support::TestApp) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let app = $crate::support::TestApp::spawn($crate::support::Engine::Sqlite).await;
                super::$name(&app).await;
                app.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let app = $crate::support::TestApp::spawn($crate::support::Engine::Postgres).await;
                super::$name(&app).await;
                app.stop().await;
            }
        }
    )+};
}
