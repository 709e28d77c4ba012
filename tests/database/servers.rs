//! Who else uses a database: what `restore` asks before it overwrites one.

use crate::on_both_engines;
use spectr::infra::db::{Db, Schema};

on_both_engines! {
    async fn a_server_that_is_just_ending_is_not_taken_for_one_that_runs(app: TestApp) {
        let asking = Db::open_existing(&app.app.config.database_url, Schema::Main).await.unwrap();
        let (others, ()) = tokio::join!(asking.other_servers(), app.app.close());
        assert_eq!(others.unwrap(), 0);
        asking.close().await;
    }
}
