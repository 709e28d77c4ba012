//! Mail by SMTP, against a real server: STARTTLS, TLS, a login, refusals for now and for good.

use crate::support::smtp::{LOGIN, SmtpServer};
use crate::support::{Engine, TestApp};
use spectr::domain::mail::Letter;
use spectr::domain::timestamp::{HOUR_MS, SECOND_MS};
use spectr::features::outbox::{self, Mail};
use url::form_urlencoded::byte_serialize;

async fn app(url: &str) -> TestApp {
    TestApp::spawn_with(Engine::Sqlite, &[("SPECTR_SMTP_URL", url)]).await
}

/// Queues a mail and makes one attempt; answers how many left.
async fn send(app: &TestApp, to: &str) -> u64 {
    let person = app.signed_in_user().await;
    let mut conn = app.app.db.begin().await.unwrap();
    let mail = Mail {
        owner: person.id.0,
        to,
        kind: "test",
        letter: Letter {
            subject: "Hello".to_owned(),
            body: "https://spectr.example/verify?token=abc\n.\nthe end\n".to_owned(),
        },
        dedupe: to.to_owned(),
    };
    outbox::enqueue(&mut conn, &app.app, mail).await.unwrap();
    conn.commit().await.unwrap();
    outbox::deliver_due(&app.app).await.unwrap()
}

async fn row(app: &TestApp) -> (String, Option<String>, bool) {
    let sql = "SELECT state, problem, content IS NOT NULL FROM outbox";
    let mut conn = app.app.db.acquire().await.unwrap();
    spectr::on!(&mut conn, c => sqlx::query_as::<_, (String, Option<String>, bool)>(sql).fetch_one(c).await).unwrap()
}

fn state<'a>(state: &str, problem: impl Into<Option<&'a str>>, has_content: bool) -> (String, Option<String>, bool) {
    (state.to_owned(), problem.into().map(str::to_owned), has_content)
}

fn with_login(scheme: &str, port: u64, query: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (user, password) = (encode(LOGIN.0), encode(LOGIN.1));
    format!("{scheme}://{user}:{password}@127.0.0.1:{port}{query}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_over_starttls_delivers_the_mail_whole() {
    let mut server = SmtpServer::start(&[("SMTP_USER", LOGIN.0), ("SMTP_PASSWORD", LOGIN.1)]);
    let query = format!("?tls=required&ca={}", SmtpServer::ca());
    let app = app(&with_login("smtp", server.port, &query)).await;
    assert_eq!(send(&app, "ada@example.org").await, 1);
    let mail = &server.next()["mail"];
    assert_eq!(
        (mail["secure"].as_bool(), mail["user"].as_str()),
        (Some(true), Some(LOGIN.0))
    );
    assert_eq!(mail["to"][0], "ada@example.org");
    let data = mail["data"].as_str().unwrap();
    assert!(data.contains("Subject: Hello") && data.contains("Message-ID: <"));
    assert!(data.contains("https://spectr.example/verify?token=abc\r\n.\r\nthe end"));
    assert_eq!(row(&app).await, state("sent", None, false));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_from_the_start_works_and_a_certificate_nobody_vouches_for_does_not() {
    let mut server = SmtpServer::start(&[("SMTP_IMPLICIT_TLS", "1")]);
    let trusting = app(&format!("smtps://127.0.0.1:{}?ca={}", server.port, SmtpServer::ca())).await;
    assert_eq!(send(&trusting, "ada@example.org").await, 1);
    assert_eq!(server.next()["mail"]["secure"], true);
    trusting.stop().await;
    let doubting = app(&format!("smtps://127.0.0.1:{}", server.port)).await;
    assert_eq!(send(&doubting, "ada@example.org").await, 0);
    assert_eq!(row(&doubting).await.0, "queued");
    doubting.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_later_is_tried_again_and_one_that_says_never_is_not() {
    let mut server = SmtpServer::start(&[]);
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let patient = app(&url).await;
    assert_eq!(send(&patient, "later@example.org").await, 0);
    assert_eq!(row(&patient).await, state("queued", "not_now", true));
    assert_eq!(
        outbox::deliver_due(&patient.app).await.unwrap(),
        0,
        "not before its pause is over"
    );
    patient.clock.advance(30 * SECOND_MS);
    assert_eq!(outbox::deliver_due(&patient.app).await.unwrap(), 1);
    assert_eq!(server.next()["mail"]["to"][0], "later@example.org");
    patient.stop().await;
    let refused = app(&url).await;
    assert_eq!(send(&refused, "never@example.org").await, 0);
    assert_eq!(row(&refused).await, state("failed", "refused", false));
    assert_eq!(outbox::backlog(&refused.app).await.unwrap(), (0, 1));
    refused.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_keeps_the_mail_and_a_server_that_stays_away_is_given_up_after_a_week() {
    let server = SmtpServer::start(&[("SMTP_USER", LOGIN.0), ("SMTP_PASSWORD", "another")]);
    let query = format!("?tls=required&ca={}", SmtpServer::ca());
    let app = app(&with_login("smtp", server.port, &query)).await;
    assert_eq!(send(&app, "ada@example.org").await, 0);
    assert_eq!(row(&app).await, state("queued", "login", true));
    drop(server);
    for _ in 0..3 * 7 {
        assert_eq!(row(&app).await.0, "queued");
        app.clock.advance(8 * HOUR_MS);
        assert_eq!(outbox::deliver_due(&app.app).await.unwrap(), 0);
    }
    let (state, _, has_content) = row(&app).await;
    assert_eq!((state.as_str(), has_content), ("failed", false));
    app.stop().await;
}
