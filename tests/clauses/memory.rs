//! The memory of a real server after a call: the key that was sent is not in it any more.
//!
//! Reads `/proc/PID/mem` as root could. Anybody else is refused by the kernel, because the server asks
//! to be undumpable; then that is what is tested.

mod clause_03_keys_are_sealed_and_plain_only_during_a_call {
    use crate::engine::double::{self, Double};
    use crate::engine::stage::{Reader, names, question};
    use crate::engine::wires;
    use crate::support::client::Client;
    use crate::support::command::Server;
    use crate::support::{PASSWORD, sign_up_form};
    use reqwest::Method;
    use spectr::domain::providers::Provider;
    use spectr::infra::config::Settings;
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt;

    const KEY: &str = "sk-canary-in-memory-5Kd81mQz0";
    const EMAIL: &str = "ada@example.org";
    /// Looks at the memory before the test gives up: freed buffers are wiped a moment after the answer's end.
    const LOOKS: usize = 60;

    /// How often `needle` stands in what the process may write to; `None` when reading is refused.
    fn count(server: &Server, needle: &[u8]) -> Option<usize> {
        let process = format!("/proc/{}", server.id());
        let maps = fs::read_to_string(format!("{process}/maps")).ok()?;
        let memory = File::open(format!("{process}/mem")).ok()?;
        let mut count = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (range, _) = line.split_once(' ').unwrap();
            let (from, to) = range.split_once('-').unwrap();
            let from = u64::from_str_radix(from, 16).unwrap();
            let length = u64::from_str_radix(to, 16).unwrap() - from;
            let mut bytes = vec![0; usize::try_from(length).unwrap()];
            // A range may have been given back since it was listed.
            if memory.read_exact_at(&mut bytes, from).is_ok() {
                count += memchr::memmem::find_iter(&bytes, needle).count();
            }
        }
        Some(count)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn memory_of_a_server() {
        let provider = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let models = wires::models(Provider::OpenAi, "gpt-4.1");
        let double = provider.spawn(Double::start(models)).await.unwrap();
        double.always(double::stream(&wires::answer(Provider::OpenAi, &["fine"])));
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::from([
            ("SPECTR_DATA_DIR".to_owned(), folder.path().display().to_string()),
            ("SPECTR_OPENAI_BASE_URL".to_owned(), double.url.clone()),
        ]);
        let server = Server::start(&settings);
        if count(&server, KEY.as_bytes()).is_none() {
            let is_root = fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
            assert!(!is_root, "root reads any memory");
            return;
        }
        rustls::crypto::ring::default_provider().install_default().ok();
        let marker = folder.path().display().to_string();
        assert!(
            count(&server, marker.as_bytes()) > Some(0),
            "the search finds what is there"
        );

        let client = Client::new(&server.url);
        let sent = client.post("/signup", &sign_up_form("Ada", EMAIL, PASSWORD)).await;
        let link = client
            .get(sent.see_other())
            .await
            .expect(200)
            .link("/verify?token=")
            .unwrap();
        let token = link.split_once("token=").unwrap().1;
        client.post("/verify", &[("token", token)]).await.see_other();
        client
            .post("/login", &[("email", EMAIL), ("password", PASSWORD)])
            .await
            .see_other();
        let key = [("provider", "openai"), ("label", ""), ("key", KEY), ("base_url", "")];
        client.post("/settings/keys", &key).await.see_other();
        let asked = client
            .request(Method::POST, "/stream/chat")
            .json(&question(Provider::OpenAi, "gpt-4.1", "hello"));
        let events = Reader::new(asked.send().await.unwrap()).rest().await;
        assert_eq!(names(&events).last(), Some(&"done"));
        // Connections that are kept for the next call hold the last request's header: the provider hangs up.
        provider.shutdown_background();
        drop(client);
        let left = (0..LOOKS)
            .map(|_| count(&server, KEY.as_bytes()))
            .find(|count| *count == Some(0));
        assert_eq!(left, Some(Some(0)), "copies of the key are still in memory");
    }
}
