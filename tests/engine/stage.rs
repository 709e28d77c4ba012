//! What every test of the engine needs: an application whose providers are one double, a person with
//! keys, a reader of streams.

use super::double::{Double, Step, head, piece};
use super::wires::{self, FIVE};
use crate::support::app::Person;
use crate::support::{Engine, TestApp};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use spectr::domain::ids::UserId;
use spectr::domain::providers::Provider;
use spectr::features::accounts::Caller;
use spectr::features::engine::Timing;
use spectr::features::vault;
use spectr::{execute, on};

/// The key of every person in these tests; searched for where it must not be.
pub const KEY: &str = "sk-canary-7Hq2LkeyZ91";

pub struct Stage {
    pub app: TestApp,
    pub double: Double,
    pub person: Person,
}

spectr::row! {
    /// One row of `llm_calls`, as far as tests look at it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Row {
        pub provider: String,
        pub model: String,
        pub feature: String,
        pub credential: String,
        pub status: String,
        pub problem: Option<String>,
        pub stop: Option<String>,
        pub input_tokens: i64,
        pub output_tokens: i64,
        pub estimated: bool,
        pub cost_nano_usd: Option<i64>,
        pub ttft_ms: Option<i64>,
    }
}

impl Stage {
    /// A person with a key of each of the five providers, all of them the double.
    pub async fn new(engine: Engine) -> Self {
        let stage = Self::without_keys(engine, &[]).await;
        for (provider, _) in FIVE {
            stage.add_key(provider).await;
        }
        stage
    }

    pub async fn without_keys(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let (provider, model) = FIVE[1];
        let double = Double::start(both_lists(provider, model)).await;
        let mut all = vec![
            ("SPECTR_ANTHROPIC_BASE_URL", double.url.as_str()),
            ("SPECTR_OPENAI_BASE_URL", double.url.as_str()),
            ("SPECTR_GOOGLE_BASE_URL", double.url.as_str()),
            ("SPECTR_MISTRAL_BASE_URL", double.url.as_str()),
            ("SPECTR_GROQ_BASE_URL", double.url.as_str()),
        ];
        all.extend_from_slice(settings);
        let app = TestApp::spawn_with(engine, &all).await;
        let person = app.signed_in_user().await;
        Self { app, double, person }
    }

    pub async fn add_key(&self, provider: Provider) {
        self.add_key_at(provider, "").await;
    }

    pub async fn add_key_at(&self, provider: Provider, base_url: &str) {
        let new = vault::NewKey {
            provider: provider.id(),
            label: "",
            key: &SecretString::from(KEY),
            base_url,
        };
        let caller = Caller {
            ip: std::net::Ipv4Addr::LOCALHOST.into(),
            device: "Firefox 140 on Linux".to_owned(),
        };
        let who = vault::Who {
            user: self.person.id,
            caller: &caller,
        };
        vault::add(&self.app.app, who, &new).await.unwrap();
    }

    pub fn timing(&self, change: impl FnOnce(&mut Timing)) {
        let mut timing = self.app.app.engine.timing();
        change(&mut timing);
        self.app.app.engine.set_timing(timing);
    }

    /// A request to be changed or sent. Time moves on a little, so that rows have an order.
    pub fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        self.app.clock.advance(1);
        self.person.client.request(Method::POST, "/stream/chat").json(body)
    }

    /// An answer of which a part has come, and no more comes.
    pub async fn begun(&self) -> Reader {
        let (provider, model) = FIVE[1];
        let first = wires::opening(provider) + &wires::text(provider, "partial");
        self.double.always(vec![head(), piece(first), Step::Silence]);
        let mut running = self.ask((provider, model)).await;
        running.expect("open").await;
        running.expect("delta").await;
        self.double.request().await;
        running
    }

    /// Asks one of the five and answers the open stream; fails the test if there is none.
    pub async fn ask(&self, (provider, model): (Provider, &str)) -> Reader {
        let response = self.post(&question(provider, model, "hello")).send().await.unwrap();
        Reader::new(response)
    }

    /// Asks and answers the problem; fails the test if a stream comes.
    pub async fn refused(&self, body: &Value) -> (u16, Value, reqwest::header::HeaderMap) {
        let response = self.post(body).send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "application/problem+json", "{status}");
        (status, response.json().await.unwrap(), headers)
    }

    /// The rows of the person, oldest first, once everything that ended is written.
    pub async fn rows(&self) -> Vec<Row> {
        self.rows_of(self.person.id).await
    }

    pub async fn rows_of(&self, user: UserId) -> Vec<Row> {
        spectr::features::engine::flush(&self.app.app).await;
        let sql = "SELECT provider, model, feature, credential, status, problem, stop, input_tokens, output_tokens, \
                   estimated, cost_nano_usd, ttft_ms FROM llm_calls WHERE user_id = $1 ORDER BY id";
        let mut conn = self.app.app.db.acquire().await.unwrap();
        on!(&mut conn, c => sqlx::query_as::<_, Row>(sql).bind(user.0).fetch_all(c).await).unwrap()
    }

    /// The only row.
    pub async fn row(&self) -> Row {
        let rows = self.rows().await;
        assert_eq!(rows.len(), 1, "{rows:#?}");
        rows[0].clone()
    }

    pub async fn set_budget(&self, daily: Option<i64>, monthly: Option<i64>) {
        let sql = "INSERT INTO budgets (user_id, daily_nano_usd, monthly_nano_usd, updated_at) VALUES ($1, $2, $3, 0) \
                   ON CONFLICT (user_id) DO UPDATE SET daily_nano_usd = excluded.daily_nano_usd, \
                   monthly_nano_usd = excluded.monthly_nano_usd";
        let mut conn = self.app.app.db.begin().await.unwrap();
        execute!(&mut conn, sql, self.person.id.0, daily, monthly).unwrap();
        conn.commit().await.unwrap();
    }

    pub async fn stop(self) {
        self.app.stop().await;
    }
}

/// A list that both shapes of models lists can be read from.
fn both_lists(provider: Provider, model: &str) -> String {
    let openai: Value = serde_json::from_str(&wires::models(provider, model)).unwrap();
    let google: Value = serde_json::from_str(&wires::models(Provider::Google, model)).unwrap();
    json!({"object": "list", "data": openai["data"], "models": google["models"]}).to_string()
}

pub fn question(provider: Provider, model: &str, text: &str) -> Value {
    json!({"provider": provider.id(), "model": model, "messages": [{"role": "user", "content": text}]})
}

/// Reads the events of a stream.
pub struct Reader {
    pub response: reqwest::Response,
    buffer: Vec<u8>,
    pub comments: usize,
}

pub type Event = (String, Value);

impl Reader {
    pub fn new(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            buffer: Vec::new(),
            comments: 0,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    /// The next event; `None` at the end of the body.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(at) = self.buffer.windows(2).position(|window| window == b"\n\n") {
                let block = String::from_utf8(self.buffer.drain(..at + 2).collect()).unwrap();
                if let Some(event) = self.read(block.trim_end()) {
                    return Some(event);
                }
            }
            let piece = self.response.chunk().await.unwrap()?;
            self.buffer.extend_from_slice(&piece);
        }
    }

    fn read(&mut self, block: &str) -> Option<Event> {
        if block.starts_with(':') {
            self.comments += 1;
            return None;
        }
        let (name, data) = block.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        Some((name, data))
    }

    /// The next event, which must have this name.
    pub async fn expect(&mut self, name: &str) -> Value {
        let (found, data) = self
            .next()
            .await
            .unwrap_or_else(|| panic!("the stream ended before {name}"));
        assert_eq!(found, name, "{data}");
        data
    }

    /// All events to the end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

pub fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

/// The text of all deltas.
pub fn text(events: &[Event]) -> String {
    let deltas = events.iter().filter(|(name, _)| name == "delta");
    deltas.map(|(_, data)| data["text"].as_str().unwrap()).collect()
}
