//! Nothing tells whether an address has an account: not the text, not the status, not a header.

use crate::on_both_engines;
use crate::support::{PASSWORD, Reply, sign_up_form};

/// Everything of an answer but what differs between any two answers: tokens, nonces, ids, dates.
fn shape(reply: &Reply) -> String {
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "content-security-policy"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", without_tokens(value.to_str().unwrap())))
        .collect();
    headers.sort();
    format!(
        "{}\n{}\n{}",
        reply.status,
        headers.join("\n"),
        without_tokens(&reply.body)
    )
}

fn without_tokens(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive(['=', '"', '&', ' ', '<', '>']) {
        let core = word.trim_end_matches(['=', '"', '&', ' ', '<', '>']);
        let is_random = core.len() >= 16 && core.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+/".contains(&b));
        out.push_str(if is_random { "*" } else { core });
        out.push_str(&word[core.len()..]);
    }
    out
}

on_both_engines! {
    async fn signing_up_answers_alike_for_a_new_a_waiting_and_a_known_address(app: TestApp) {
        app.sign_up("Ada", "known@example.org").await;
        let client = app.client();
        let mut shapes = Vec::new();
        for email in ["known@example.org", "new@example.org", "new@example.org"] {
            let reply = client.post("/signup", &sign_up_form("Eve", email, "violet harbour anvil 77")).await;
            let next = client.get(reply.see_other()).await.expect(200);
            shapes.push(shape(&reply) + &shape(&next));
            // The link works the same, whatever it is worth.
            let link = next.link("/verify?token=").unwrap();
            let page = client.get(&link).await.expect(200);
            let token = link.split_once("token=").unwrap().1;
            shapes.last_mut().unwrap().push_str(&shape(&page));
            if email == "known@example.org" {
                assert_eq!(client.post("/verify", &[("token", token)]).await.see_other(), "/login?notice=confirmed");
            }
        }
        assert_eq!(shapes[0], shapes[1]);
        assert_eq!(shapes[1], shapes[2]);
        // The account stays as it was, and its owner is told.
        client.post("/login", &[("email", "known@example.org"), ("password", "violet harbour anvil 77")]).await.expect(422);
        client.post("/login", &[("email", "known@example.org"), ("password", PASSWORD)]).await.see_other();
        let told = app.mail_to("known@example.org").await;
        assert_eq!(told.subject, "You already have a Spectr account");
    }

    async fn forgetting_a_password_answers_alike_for_any_address(app: TestApp) {
        let person = app.signed_in_user().await;
        let client = app.client();
        let mut shapes = Vec::new();
        for email in [person.email.as_str(), "nobody@example.org"] {
            let reply = client.post("/forgot", &[("email", email)]).await;
            let next = client.get(reply.see_other()).await.expect(200);
            let page = client.get(&next.link("/reset?token=").unwrap()).await.expect(200);
            shapes.push(shape(&reply) + &shape(&next) + &shape(&page));
        }
        assert_eq!(shapes[0], shapes[1]);
        assert_eq!(app.mails().await.len(), 1, "nobody gets no mail");
    }

    async fn a_link_for_nobody_fails_like_one_that_is_over(app: TestApp) {
        let client = app.client();
        let reply = client.post("/forgot", &[("email", "nobody@example.org")]).await;
        let next = client.get(reply.see_other()).await;
        let token = next.link("/reset?token=").unwrap().split_once("token=").unwrap().1.to_owned();
        let made_up = "A".repeat(43);
        let form = |token: &str| [("token", token.to_owned()), ("password", PASSWORD.to_owned())];
        let mut shapes = Vec::new();
        for token in [token.as_str(), made_up.as_str()] {
            let form = form(token);
            let pairs: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            shapes.push(shape(&client.post("/reset", &pairs).await.expect(422)));
        }
        assert_eq!(shapes[0], shapes[1]);
    }

    async fn signing_in_refuses_alike_for_unknown_wrong_and_unconfirmed(app: TestApp) {
        app.sign_up("Ada", "known@example.org").await;
        let client = app.client();
        client.post("/signup", &sign_up_form("Eve", "waits@example.org", PASSWORD)).await.see_other();
        let mut shapes = Vec::new();
        for (email, password) in [
            ("known@example.org", "wrong wrong wrong"),
            ("nobody@example.org", PASSWORD),
            ("waits@example.org", PASSWORD),
        ] {
            let reply = client.post("/login", &[("email", email), ("password", password)]).await.expect(422);
            assert!(reply.header("set-cookie").is_none());
            shapes.push(shape(&reply).replace(email, "EMAIL"));
        }
        assert_eq!(shapes[0], shapes[1]);
        assert_eq!(shapes[1], shapes[2]);
    }

    async fn guessing_is_slowed_down_alike_and_never_locks_for_good(app: TestApp) {
        app.sign_up("Ada", "known@example.org").await;
        let mut allowed = Vec::new();
        for email in ["known@example.org", "nobody@example.org"] {
            let client = app.client();
            let mut count = 0;
            let refused = loop {
                let reply = client.post("/login", &[("email", email), ("password", "wrong wrong wrong")]).await;
                if reply.status != 422 {
                    break reply.expect(429);
                }
                count += 1;
            };
            assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() <= 20);
            allowed.push(count);
        }
        assert_eq!(allowed[0], allowed[1]);
        // The right password works as soon as one more guess is allowed.
        app.clock.advance(20_000);
        app.client().post("/login", &[("email", "known@example.org"), ("password", PASSWORD)]).await.see_other();
    }
}
