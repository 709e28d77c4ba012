//! How large and how strange a request may be.

use crate::support::{Engine, TestApp};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_refused_with_413_announced_or_not() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    let large = vec![b'a'; 80 * 1024];
    let reply = client.post_raw("/contact", large.clone()).await.expect(413);
    assert!(reply.body.contains("too_large"));
    let stream = futures::stream::iter(
        large
            .chunks(1000)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    let request = client
        .request(Method::POST, "/contact")
        .body(reqwest::Body::wrap_stream(stream));
    client.send(request).await.expect(413);
    client
        .post_raw("/stream/chat", vec![b' '; 9 * 1024 * 1024])
        .await
        .expect(413);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_form_that_is_too_large_speaks_of_no_conversation() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    let request = client
        .request(Method::POST, "/login")
        .header("accept", "text/html")
        .body(vec![b'a'; 80 * 1024]);
    let page = client.send(request).await.expect(413).body;
    assert!(page.contains("At most 64 KiB are taken here.") && page.contains("Send less"));
    assert!(!page.to_lowercase().contains("conversation"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_forms_are_400_and_never_500() {
    let app = TestApp::spawn(Engine::Sqlite).await;
    let client = app.client();
    for body in [&b"name=%FF"[..], b"\xff\xfe=1", b"name=a&name=b", b"name=%zz"] {
        client.post_raw("/contact", body.to_vec()).await.expect(400);
    }
    for body in [&b""[..], b"&&&", b"=", b"\0\0\0"] {
        client.post_raw("/contact", body.to_vec()).await.expect(422);
    }
    let request = client
        .request(Method::POST, "/contact")
        .header("content-type", "application/json")
        .body("{}");
    client.send(request).await.expect(400);
    app.stop().await;
}
