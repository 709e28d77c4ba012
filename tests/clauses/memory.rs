//! The memory of a real server after a call: the key that was sent is not in it any more.
//!
//! Reads `/proc/PID/mem` as root could. Anybody else is refused by the kernel, because the server asks
//! to be undumpable; then that is what is tested.

mod clause_03_keys_are_sealed_and_plain_only_during_a_call {
    use crate::engine::double::{self, Double};
    use crate::engine::stage::{Reader, names, question};
    use crate::engine::wires;
    use crate::support::client::Client;
    use crate::support::{PASSWORD, sign_up_form};
    use reqwest::Method;
    use spectr::domain::providers::Provider;
    use std::fs::{self, File};
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::os::unix::fs::FileExt;
    use std::process::{Child, Command, Stdio};

    const KEY: &str = "sk-canary-in-memory-5Kd81mQz0";
    const EMAIL: &str = "ada@example.org";
    /// Looks at the memory before the test gives up: freed buffers are wiped a moment after the answer's end.
    const LOOKS: usize = 60;

    struct Server(Child);

    impl Drop for Server {
        fn drop(&mut self) {
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }

    impl Server {
        /// Answers the server and its address once it listens.
        fn start(data: &std::path::Path, provider: &str) -> (Self, String) {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut child = Command::new(env!("CARGO_BIN_EXE_spectr"))
                .env_clear()
                .env("SPECTR_ADDR", format!("127.0.0.1:{port}"))
                .env("SPECTR_DATA_DIR", data)
                .env("SPECTR_OPENAI_BASE_URL", provider)
                .arg("serve")
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut log = BufReader::new(child.stderr.take().unwrap());
            let mut line = String::new();
            while !line.contains("listening") {
                line.clear();
                assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server ended");
            }
            std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
            (Self(child), format!("http://127.0.0.1:{port}"))
        }

        /// How often `needle` stands in what the process may write to; `None` when reading is refused.
        fn count(&self, needle: &[u8]) -> Option<usize> {
            let process = format!("/proc/{}", self.0.id());
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
        let (server, url) = Server::start(folder.path(), &double.url);
        if server.count(KEY.as_bytes()).is_none() {
            let is_root = fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
            assert!(!is_root, "root reads any memory");
            return;
        }
        rustls::crypto::ring::default_provider().install_default().ok();
        let marker = folder.path().display().to_string();
        assert!(
            server.count(marker.as_bytes()) > Some(0),
            "the search finds what is there"
        );

        let client = Client::new(&url);
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
            .map(|_| server.count(KEY.as_bytes()))
            .find(|count| *count == Some(0));
        assert_eq!(left, Some(Some(0)), "copies of the key are still in memory");
    }
}
