//! A backup from before an erasure, made and restored by the commands, brings nobody back.

use super::{EMAIL, leaver};
use crate::on_both_engines;
use crate::support::command::{settings, spectr, succeed};
use spectr::domain::ids::UserId;
use spectr::features::App;
use spectr::infra::config::Config;
use spectr::infra::crypto::copy;

async fn exists(app: &App, user: UserId) -> bool {
    let sql = "SELECT COUNT(*) FROM users WHERE id = $1";
    let mut conn = app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).fetch_one(c).await).unwrap() == 1
}

on_both_engines! {
    async fn an_old_backup_brings_nobody_back_and_others_live_on(app: TestApp) {
        let stays = app.signed_in_user().await;
        let leaver = leaver(app).await;
        let here = settings(app, &app.data_dir());
        let folder = app.data_dir().parent().unwrap().join("backups");
        let target = folder.display().to_string();
        let said = succeed(&spectr(&here, &["backup", &target]));
        assert!(said.contains("keystore.backup"), "{said}");
        leaver.ask("now").await;
        app.settle().await;
        let copied = spectr::infra::db::Db::open_existing(
            &format!("sqlite://{}", folder.join("keystore.backup").display()),
            spectr::infra::db::Schema::Keystore,
        ).await.unwrap();
        assert_eq!(copy::keys_in(&copied).await.unwrap(), Some(1), "the key died in the copy too");
        copied.close().await;
        app.app.close().await;
        let refused = spectr(&here, &["restore", &target]);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"), "data is not overwritten by accident");
        let said = succeed(&spectr(&here, &["restore", &target, "--force"]));
        assert!(said.contains("1 accounts of the backup erased again"), "{said}");
        let again = App::open(Config::from_settings(&here).unwrap(), app.clock.clone()).await.unwrap();
        assert!(!exists(&again, leaver.id).await && exists(&again, stays.id).await);
        assert!(again.keys.data_key(leaver.id.0).await.is_err());
        again.keys.data_key(stays.id.0).await.unwrap();
        again.close().await;
    }

    async fn on_a_new_machine_the_keystores_copy_knows_who_is_gone(app: TestApp) {
        let stays = app.signed_in_user().await;
        let leaver = leaver(app).await;
        let here = settings(app, &app.data_dir());
        let folder = app.data_dir().parent().unwrap().join("backups");
        let target = folder.display().to_string();
        succeed(&spectr(&here, &["backup", &target]));
        leaver.ask("now").await;
        app.settle().await;
        app.app.close().await;
        let elsewhere = app.data_dir().parent().unwrap().join("elsewhere");
        let mut there = settings(app, &elsewhere);
        let keystore = format!("sqlite://{}", elsewhere.join("keystore.db").display());
        there.insert("SPECTR_KEYSTORE_URL".to_owned(), keystore);
        succeed(&spectr(&there, &["restore", &target, "--force"]));
        let again = App::open(Config::from_settings(&there).unwrap(), app.clock.clone()).await.unwrap();
        assert!(!exists(&again, leaver.id).await && exists(&again, stays.id).await);
        assert!(again.keys.data_key(leaver.id.0).await.is_err());
        again.keys.data_key(stays.id.0).await.unwrap();
        again.close().await;
    }

    async fn a_database_put_back_by_hand_is_checked_against_the_ledger(app: TestApp) {
        let leaver = leaver(app).await;
        let line = spectr::features::privacy::erasure::subject(&app.app.keys, leaver.id);
        let mut conn = app.app.keystore.begin().await.unwrap();
        let sql = "INSERT INTO erasure_ledger (id, subject, at, counts) VALUES ($1, $2, 0, '{\"users\":1}')";
        let receipt = uuid::Uuid::from_u128(7);
        spectr::execute!(&mut conn, sql, receipt, line).unwrap();
        conn.commit().await.unwrap();
        let replayed = spectr::features::privacy::erasure::replay(&app.app).await.unwrap();
        assert_eq!((replayed.lines, replayed.erased), (1, 1));
        super::assert_gone(app, leaver.id).await;
        assert_eq!(super::receipt(app, &format!("/erasure/{receipt}")).await["state"], "erased");
        assert!(super::user_of(app, EMAIL).await.is_none());
    }
}
