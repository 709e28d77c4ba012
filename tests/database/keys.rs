//! The keystore on both engines.

use crate::on_both_engines;
use spectr::infra::crypto::{Keys, KeysError};
use uuid::Uuid;

on_both_engines! {
    async fn servers_that_start_at_once_on_an_empty_keystore_end_with_one_root(app: TestApp) {
        const FORGET: &str = "DELETE FROM root_secret";
        let keystore = &app.app.keystore;
        let mut conn = keystore.begin().await.unwrap();
        spectr::execute!(&mut conn, FORGET).unwrap();
        conn.commit().await.unwrap();
        let master = &app.app.config.master_keys;
        let (one, two, three) = tokio::join!(
            Keys::open(master, keystore.clone()),
            Keys::open(master, keystore.clone()),
            Keys::open(master, keystore.clone()),
        );
        let one = one.unwrap().cookie_key();
        assert_eq!(one, two.unwrap().cookie_key());
        assert_eq!(one, three.unwrap().cookie_key());
    }

    async fn rotation_keeps_people_signed_in_and_their_values_open(app: TestApp) {
        let person = app.signed_in_user().await;
        let rotation = Keys::rotate(&app.app.config.master_keys, &app.app.keystore).await.unwrap();
        assert!(rotation.made && rotation.root_rewrapped && rotation.data_keys_rewrapped == 1);
        let page = person.client.get("/settings/profile").await.expect(200);
        assert!(page.body.contains(&person.email));
        Keys::retire(&app.app.config.master_keys, &app.app.keystore).await.unwrap();
        person.client.get("/settings/profile").await.expect(200);
        let check = Keys::check(&app.app.config.master_keys, &app.app.keystore).await.unwrap();
        assert_eq!(check.data_keys, [(rotation.kid, 1)]);
    }

    async fn a_destroyed_data_key_is_gone_for_good(app: TestApp) {
        let owner = Uuid::from_u128(1);
        drop(app.app.keys.create_data_key(owner).await.unwrap());
        app.app.keys.destroy_data_key(owner).await.unwrap();
        assert!(matches!(app.app.keys.data_key(owner).await, Err(KeysError::Gone)));
    }
}
