//! Input that is wrong, huge, empty, foreign or repeated gets a clear answer, never a 500.

use crate::on_both_engines;
use crate::support::{PASSWORD, sign_up_form};

const DOORS: [&str; 6] = ["/signup", "/login", "/forgot", "/verify", "/reset", "/logout"];

on_both_engines! {
    async fn forms_that_are_not_utf_8_repeated_or_huge_are_refused_clearly(app: TestApp) {
        let client = app.client();
        for path in DOORS {
            client.post_raw(path, b"email=%FF%FE&name=\xff".to_vec()).await.expect(400);
            client.post_raw(path, b"token=a&token=b&email=a&email=b".to_vec()).await.expect(400);
            client.post_raw(path, vec![b'a'; 200_000]).await.expect(413);
        }
    }

    async fn any_text_in_any_field_is_an_answer_and_no_failure(app: TestApp) {
        let client = app.client();
        let long = "x".repeat(5_000);
        for text in ["", " ", "\0", "'; DROP TABLE users; --", "<script>alert(1)</script>", "\u{202E} محمد", "👩‍🔬", &long] {
            for path in DOORS {
                let form: Vec<_> = ["name", "email", "password", "code", "token", "step", "next", "age", "policy", "policy_version"]
                    .into_iter()
                    .map(|name| (name, text))
                    .collect();
                let reply = client.post(path, &form).await;
                assert!([303, 422].contains(&reply.status.as_u16()), "{path} {text:.20}: {}", reply.status);
                assert!(!reply.body.contains("<script>alert"));
            }
        }
        assert_eq!(app.count("users").await, 0);
    }

    async fn names_of_every_script_sign_up_and_are_shown_as_typed(app: TestApp) {
        for (number, name) in ["محمد بن سلمان", "山田太郎", "O'Brien-Ñandú", "Zoë 👩‍🔬"].into_iter().enumerate() {
            let client = app.sign_up(name, &format!("person{number}@example.org")).await;
            let shown = client.get("/settings/profile").await.expect(200).body;
            assert!(shown.replace("&#x27;", "'").replace("&#39;", "'").contains(name), "{name}");
        }
    }

    async fn requests_from_other_sites_change_nothing(app: TestApp) {
        let person = app.signed_in_user().await;
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            for path in ["/logout", "/settings/profile", "/settings/security/revoke"] {
                let request = person.client.request(reqwest::Method::POST, path).header(header, value);
                person.client.send(request).await.expect(403);
            }
        }
        person.client.get("/settings/profile").await.expect(200);
    }

    async fn signed_out_forms_lead_to_sign_in_and_change_nothing(app: TestApp) {
        let client = app.client();
        for path in ["/settings/profile", "/settings/security/password", "/settings/security/factor/off"] {
            let reply = client.post(path, &[("name", "Eve")]).await;
            assert!(reply.see_other().starts_with("/login?next=%2Fsettings"));
        }
    }

    async fn a_form_sent_twice_from_two_tabs_does_no_harm(app: TestApp) {
        let client = app.client();
        client.post("/signup", &sign_up_form("Ada", "ada@example.org", PASSWORD)).await.see_other();
        let token = app.mail_to("ada@example.org").await.token("/verify");
        let form = [("token", token.as_str())];
        let (one, two) = tokio::join!(client.post("/verify", &form), client.post("/verify", &form));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let sign_in = [("email", "ada@example.org"), ("password", PASSWORD)];
        let (one, two) = tokio::join!(client.post("/login", &sign_in), client.post("/login", &sign_in));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (303, 303));
        client.get("/settings/profile").await.expect(200);
        let (one, two) = tokio::join!(client.post("/logout", &[]), client.post("/logout", &[]));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (303, 303));
    }
}
