//! The privacy centre: everything that is held, counted and shown, with its date of deletion.

use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::app::Person;
use spectr::domain::privacy::inventory::Section;
use spectr::features::privacy::holdings::{self, Holding};

async fn held(app: &TestApp, person: &Person, table: &str) -> Holding {
    let held = holdings::list(&app.app, person.id).await.unwrap();
    held.into_iter().find(|holding| holding.table.name == table).unwrap()
}

on_both_engines! {
    async fn the_page_names_every_table_about_people_with_purpose_and_basis(app: TestApp) {
        let person = app.signed_in_user().await;
        let page = person.client.get("/settings/privacy").await.expect(200).body;
        for table in Section::ALL.into_iter().flat_map(Section::tables) {
            let id = format!("id=\"held-{}\"", table.name);
            let line = &page[page.find(&id).unwrap_or_else(|| panic!("{} is not on the page", table.name))..];
            let line = &line[..line.find("</li>").unwrap()];
            assert!(line.contains(table.purpose.basis().name()), "{}", table.name);
        }
        for part in ["downloads", "correct", "delete", "rights", "security-log"] {
            assert!(page.contains(&format!("href=\"/settings/privacy/{part}\"")), "{part}");
            let status = person.client.get(&format!("/settings/privacy/{part}")).await.status;
            assert!(status.is_success() || status.is_redirection(), "{part}: {status}");
        }
        let reply = person.client.get("/settings/privacy/correct").await;
        assert_eq!(reply.see_other(), "/settings/profile");
    }

    async fn what_is_held_is_shown_opened_and_belongs_to_its_reader_only(app: TestApp) {
        let (ada, bob) = (app.signed_in_user().await, app.signed_in_user().await);
        let page = ada.client.get("/settings/privacy").await.expect(200).body;
        assert!(page.contains(&ada.email) && page.contains("Firefox 140 on Linux"));
        assert!(!page.contains(&bob.email), "another person's address");
        assert_eq!(held(app, &ada, "sessions").await.count, 1);
        assert_eq!(held(app, &ada, "data_keys").await.count, 1);
    }

    async fn a_session_has_its_date_of_deletion_and_is_not_shown_beyond_it(app: TestApp) {
        let person = app.signed_in_user().await;
        let holding = held(app, &person, "sessions").await;
        assert_eq!(holding.deleted_on().unwrap().date(), "2026-06-03");
        let page = person.client.get("/settings/privacy").await.body;
        assert!(page.contains("Deleted on 3 June 2026"));
        app.advance_days(31);
        assert_eq!(held(app, &person, "sessions").await.count, 0, "though no job ran");
    }
}
