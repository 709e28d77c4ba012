//! The contact form: due dates, masking, sealing, throttling.

use crate::on_both_engines;
use spectr::domain::timestamp::DAY_MS;

/// A form that is taken, with one field replaced.
fn form<'a>(change: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    [
        ("kind", "support"),
        ("name", "Grace Hopper"),
        ("email", "grace@example.org"),
        ("organisation", ""),
        ("message", "The dashboard shows a moth."),
    ]
    .into_iter()
    .map(|(name, value)| if name == change.0 { change } else { (name, value) })
    .collect()
}

on_both_engines! {
    async fn a_request_leads_to_a_page_with_its_reference_and_due_date(app: TestApp) {
        // The test's clock begins on Monday, 4 May 2026.
        for (kind, due) in [("demo", "6 May"), ("support", "6 May"), ("security", "7 May"), ("privacy", "3 June")] {
            let client = app.client();
            let sent = client.post("/contact", &form(("kind", kind))).await;
            let path = sent.see_other().to_owned();
            assert!(path.starts_with("/contact/sent/"), "{path}");
            let page = client.get(&path).await.expect(200);
            let id = path.trim_start_matches("/contact/sent/").replace('-', "").to_uppercase();
            let reference = format!("{}-{}-{}", &id[20..24], &id[24..28], &id[28..32]);
            assert!(page.body.contains(&reference), "{reference}");
            assert!(page.body.contains(&format!("{due} 2026")), "{kind}");
            assert!(!page.body.contains("grace@example.org"));
        }
        assert_eq!(app.count("privacy_requests").await, 4);
        assert_eq!(app.count("outbox").await, 8);
    }

    async fn nothing_that_was_written_is_readable_in_the_database(app: TestApp) {
        let canary = "canary-7c1f9d3e";
        let fields = [("kind", "privacy"), ("name", "Nameless Canaryman"), ("email", "canaryman@example.org"),
            ("organisation", "Canary Organisation"), ("message", canary)];
        app.client().post("/contact", &fields).await.see_other();
        for text in ["email", "name", "organisation", "message"] {
            let sql = sqlx::AssertSqlSafe(format!("SELECT {text} FROM privacy_requests"));
            let mut conn = app.app.db.acquire().await.unwrap();
            let sealed = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, Vec<u8>>(sql).fetch_one(c).await).unwrap();
            let sealed = String::from_utf8_lossy(&sealed);
            assert!(!sealed.to_lowercase().contains("canary"), "{text}");
        }
    }

    async fn a_form_that_is_not_good_comes_back_with_its_words_and_keeps_nothing(app: TestApp) {
        for (field, value) in [
            ("kind", "sales"), ("name", " "), ("email", "not an address"), ("message", ""), ("message", "a\u{7}b"),
        ] {
            let reply = app.client().post("/contact", &form((field, value))).await.expect(422);
            assert!(reply.body.contains(&format!("field-{field}-error")), "{field}");
            assert!(reply.body.contains("aria-invalid"));
            assert!(field == "email" || reply.body.contains("grace@example.org"), "what was typed stays");
        }
        assert_eq!(app.count("privacy_requests").await, 0);
        assert_eq!(app.count("outbox").await, 0);
    }

    async fn one_network_cannot_flood_the_operator(app: TestApp) {
        let client = app.client();
        let mut refused = None;
        for number in 0..40 {
            let address = format!("person{number}@example.org");
            let reply = client.post("/contact", &form(("email", &address))).await;
            if reply.status == 429 {
                refused = Some(reply);
                break;
            }
        }
        let refused = refused.unwrap();
        assert!(refused.header("retry-after").is_some());
        app.clock.advance(DAY_MS);
        client.post("/contact", &form(("name", "Patient"))).await.see_other();
    }

    async fn a_request_of_nobody_has_no_page(app: TestApp) {
        for id in ["01a1fd29-df38-71f9-ba3f-76319399c72f", "x", "%00"] {
            app.client().get(&format!("/contact/sent/{id}")).await.expect(404);
        }
    }
}
