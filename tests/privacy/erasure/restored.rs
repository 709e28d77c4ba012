//! A backup from before an erasure, made and restored by the commands, brings nobody back.

use super::{EMAIL, leaver, receipt, receipt_id};
use crate::on_both_engines;
use crate::support::command::{settings, spectr, succeed};
use spectr::domain::accounts::Email;
use spectr::domain::ids::UserId;
use spectr::domain::privacy::constants::{BACKUP_RETENTION_DAYS, ERASURE_GRACE_DAYS, ERASURE_WAIT_DAYS};
use spectr::domain::privacy::erasure::State;
use spectr::features::App;
use spectr::features::privacy::erasure::{self, Cancelled};
use spectr::infra::config::Config;
use spectr::infra::crypto::copy;

async fn exists(app: &App, user: UserId) -> bool {
    let sql = "SELECT COUNT(*) FROM users WHERE id = $1";
    let mut conn = app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar::<_, i64>(sql).bind(user.0).fetch_one(c).await).unwrap() == 1
}

async fn state(app: &App, user: UserId) -> Option<String> {
    let sql = "SELECT state FROM users WHERE id = $1";
    let mut conn = app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar(sql).bind(user.0).fetch_optional(c).await).unwrap()
}

async fn keys(app: &App, user: UserId) -> i64 {
    let sql = "SELECT COUNT(*) FROM provider_keys WHERE user_id = $1";
    let mut conn = app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar(sql).bind(user.0).fetch_one(c).await).unwrap()
}

/// How many deletions are noted beside the ledger.
async fn notes(app: &App) -> i64 {
    let sql = "SELECT COUNT(*) FROM open_erasures";
    let mut conn = app.keystore.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
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

    async fn a_deletion_asked_for_after_the_backup_keeps_its_receipt_its_date_and_its_effect(app: TestApp) {
        let stays = app.signed_in_user().await;
        let leaver = leaver(app).await;
        let here = settings(app, &app.data_dir());
        let target = app.data_dir().parent().unwrap().join("backups").display().to_string();
        succeed(&spectr(&here, &["backup", &target]));
        let path = leaver.ask("grace").await;
        let asked = receipt(app, &path).await;
        app.settle().await;
        app.app.close().await;
        let said = succeed(&spectr(&here, &["restore", &target, "--force"]));
        assert!(said.contains("1 asked for since the backup are asked for again, 0 called off"), "{said}");
        let again = App::open(Config::from_settings(&here).unwrap(), app.clock.clone()).await.unwrap();
        let found = erasure::find(&again, receipt_id(&path)).await.unwrap().unwrap();
        assert_eq!((found.state, found.due_at.rfc3339().as_str()), (State::Pending, asked["erase_at"].as_str().unwrap()));
        assert_eq!(state(&again, leaver.id).await.as_deref(), Some("pending"));
        assert_eq!(keys(&again, leaver.id).await, 0, "the key that the backup held is dead again");
        assert_eq!(state(&again, stays.id).await.as_deref(), Some("active"));
        let nothing = erasure::replay(&again).await.unwrap();
        assert_eq!((nothing.asked, nothing.called_off), (0, 0), "once is enough");
        app.advance_days(ERASURE_GRACE_DAYS);
        assert_eq!(erasure::run_due(&again).await.unwrap(), 1);
        assert!(!exists(&again, leaver.id).await && exists(&again, stays.id).await);
        assert!(again.keys.data_key(leaver.id.0).await.is_err());
        assert_eq!(notes(&again).await, 0, "the ledger has it from here on");
        again.close().await;
    }

    async fn a_deletion_called_off_after_the_backup_stays_off(app: TestApp) {
        let leaver = leaver(app).await;
        let here = settings(app, &app.data_dir());
        let target = app.data_dir().parent().unwrap().join("backups").display().to_string();
        let path = leaver.ask("grace").await;
        succeed(&spectr(&here, &["backup", &target]));
        assert_eq!(erasure::cancel(&app.app, &super::caller(), leaver.id).await.unwrap(), Cancelled::Done);
        app.settle().await;
        app.app.close().await;
        let said = succeed(&spectr(&here, &["restore", &target, "--force"]));
        assert!(said.contains("0 asked for since the backup are asked for again, 1 called off"), "{said}");
        let again = App::open(Config::from_settings(&here).unwrap(), app.clock.clone()).await.unwrap();
        assert_eq!(erasure::find(&again, receipt_id(&path)).await.unwrap().unwrap().state, State::Cancelled);
        assert_eq!(state(&again, leaver.id).await.as_deref(), Some("active"));
        app.advance_days(ERASURE_GRACE_DAYS + 1);
        assert_eq!(erasure::run_due(&again).await.unwrap(), 0);
        assert!(exists(&again, leaver.id).await);
        assert_eq!(notes(&again).await, 1, "as long as there may be a backup that does not know it");
        app.advance_days(BACKUP_RETENTION_DAYS);
        erasure::run_due(&again).await.unwrap();
        assert_eq!(notes(&again).await, 0);
        again.close().await;
    }

    async fn on_a_new_machine_the_keystores_copy_knows_what_was_asked_for(app: TestApp) {
        let leaver = leaver(app).await;
        let here = settings(app, &app.data_dir());
        let target = app.data_dir().parent().unwrap().join("backups").display().to_string();
        succeed(&spectr(&here, &["backup", &target]));
        let link = erasure::mail_link(&app.app, &super::caller(), &Email::parse(EMAIL).unwrap()).await.unwrap();
        let waits = erasure::begin_waiting(&app.app, &super::caller(), &link.text()).await.unwrap().unwrap();
        erasure::run_due(&app.app).await.unwrap();
        app.settle().await;
        app.app.close().await;
        let elsewhere = app.data_dir().parent().unwrap().join("elsewhere");
        let mut there = settings(app, &elsewhere);
        let keystore = format!("sqlite://{}", elsewhere.join("keystore.db").display());
        there.insert("SPECTR_KEYSTORE_URL".to_owned(), keystore);
        let said = succeed(&spectr(&there, &["restore", &target, "--force"]));
        assert!(said.contains("1 asked for since the backup"), "{said}");
        let again = App::open(Config::from_settings(&there).unwrap(), app.clock.clone()).await.unwrap();
        assert_eq!(erasure::find(&again, waits).await.unwrap().unwrap().state, State::Waiting);
        assert_eq!(state(&again, leaver.id).await.as_deref(), Some("active"), "nothing happens before the waiting is over");
        app.advance_days(ERASURE_WAIT_DAYS);
        erasure::run_due(&again).await.unwrap();
        assert_eq!(state(&again, leaver.id).await.as_deref(), Some("pending"));
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
