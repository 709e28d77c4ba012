//! The measurements. Each is bounded and leaves nothing running.

use super::client::{Client, now, stamps};
use super::process::{Started, cpu_seconds, resident};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Whom a request goes to, and how.
pub struct Target {
    pub name: &'static str,
    address: String,
    process: u32,
    /// Empty for what knows no people.
    cookies: Vec<String>,
    turn: AtomicUsize,
}

/// 50th and 99th percentile and the largest, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub p50: f64,
    pub p99: f64,
    pub most: f64,
}

/// What 512 streams at once saw.
pub struct Crowd {
    pub expected: usize,
    pub received: usize,
    pub lag: Spread,
    pub sign_ins: usize,
}

/// How often the targets take turns: a machine that is busy for a while is so for all of them. Into how many of the
/// upstream's milliseconds 32 streams fall differs from round to round, and the lag with it by a factor of three, for
/// every target: few rounds would compare luck.
const LAG_ROUNDS: usize = 40;
const CPU_ROUNDS: usize = 4;
/// The streams of the crowd and the deltas of each.
const CROWD: usize = 512;
const DELTAS: usize = 64;

impl Target {
    pub fn plain(name: &'static str, process: &Started) -> Self {
        Self {
            name,
            address: process.address.clone(),
            process: process.id(),
            cookies: Vec::new(),
            turn: AtomicUsize::new(0),
        }
    }

    pub fn spectr(process: &Started, cookies: Vec<String>) -> Self {
        Self {
            cookies,
            ..Self::plain("spectr", process)
        }
    }

    async fn connect(&self) -> Client {
        Client::connect(&self.address).await
    }

    /// Asks for an answer of so many chunks.
    async fn ask(&self, client: &mut Client, plan: &str) {
        if self.cookies.is_empty() {
            let body = format!(
                r#"{{"model":"gpt-4o-mini","stream":true,"messages":[{{"role":"user","content":"pace {plan};"}}]}}"#
            );
            client.send("POST /v1/chat/completions", "", &body).await;
            return;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let cookie = &self.cookies[turn % self.cookies.len()];
        let body = format!(
            r#"{{"provider":"openai","model":"gpt-4o-mini","messages":[{{"role":"user","content":"pace {plan};"}}]}}"#
        );
        let headers = format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\n");
        client.send("POST /stream/chat", &headers, &body).await;
    }

    /// Asks and reads to the end; answers the lag of every chunk, and when the first was there.
    async fn run(&self, client: &mut Client, plan: &str) -> (Vec<f64>, Option<Instant>) {
        self.ask(client, plan).await;
        let head = client.head().await;
        assert_eq!(head.status, 200, "{}", self.name);
        let (mut lags, mut first) = (Vec::new(), None);
        while let Some(piece) = client.piece().await {
            let at = now();
            for stamp in stamps(&piece) {
                first.get_or_insert_with(Instant::now);
                lags.push(at.saturating_sub(stamp) as f64);
            }
        }
        (lags, first)
    }
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let at = |part: f64| values[((values.len() - 1) as f64 * part) as usize];
    Spread {
        p50: at(0.50),
        p99: at(0.99),
        most: at(1.0),
    }
}

pub async fn warm_up(target: &Target) {
    let mut client = target.connect().await;
    for _ in 0..64 {
        target.run(&mut client, "3 0 w run").await;
    }
}

/// Time to the first token, one after the other, the targets in turn.
pub async fn first_token(targets: &[Target]) -> Vec<Spread> {
    eprintln!("time to first token …");
    let mut clients = Vec::new();
    for target in targets {
        clients.push(target.connect().await);
    }
    let mut times = vec![Vec::new(); targets.len()];
    for _ in 0..1_500 {
        for (number, target) in targets.iter().enumerate() {
            let began = Instant::now();
            let (_, first) = target.run(&mut clients[number], "3 0 f run").await;
            times[number].push((first.unwrap() - began).as_nanos() as f64);
        }
    }
    times.into_iter().map(spread).collect()
}

/// Age of a chunk when it arrives: 32 streams at once, a chunk every 10 ms; the targets in turn.
pub async fn lag(targets: &[Target]) -> Vec<Spread> {
    eprintln!("chunk lag …");
    let mut all = vec![Vec::new(); targets.len()];
    for _ in 0..LAG_ROUNDS {
        for (number, target) in targets.iter().enumerate() {
            let streams = at_once(target, 32, "50 10000 l run").await;
            all[number].extend(streams.into_iter().flatten());
        }
    }
    all.into_iter().map(spread).collect()
}

async fn at_once(target: &Target, streams: usize, plan: &str) -> Vec<Vec<f64>> {
    let runs = (0..streams).map(|_| async {
        let mut client = target.connect().await;
        target.run(&mut client, plan).await.0
    });
    futures::future::join_all(runs).await
}

/// CPU seconds of 1,000 streams of 50 chunks, 25 at a time on kept connections; the targets in turn. The
/// kernel tells them in hundredths, so a round is no shorter than that.
pub async fn cpu(targets: &[Target]) -> Vec<f64> {
    eprintln!("CPU per 1,000 streams …");
    let mut all = vec![0.0; targets.len()];
    for _ in 0..CPU_ROUNDS {
        for (number, target) in targets.iter().enumerate() {
            let before = cpu_seconds(target.process);
            many(target, 1_000).await;
            // What is written behind the streams belongs to them.
            tokio::time::sleep(Duration::from_millis(300)).await;
            all[number] += (cpu_seconds(target.process) - before) / CPU_ROUNDS as f64;
        }
    }
    all
}

/// So many streams of 50 chunks, 25 at a time.
async fn many(target: &Target, streams: usize) {
    let runs = (0..25).map(|_| async {
        let mut client = target.connect().await;
        for _ in 0..streams / 25 {
            let (lags, _) = target.run(&mut client, "50 1000 c run").await;
            assert_eq!(lags.len(), 50, "{}", target.name);
        }
    });
    futures::future::join_all(runs).await;
}

/// Bytes of memory for each of 512 streams that have begun and wait.
pub async fn held(targets: &[Target]) -> Vec<f64> {
    eprintln!("memory of held streams …");
    let mut all = Vec::new();
    for target in targets {
        let before = resident(target.process);
        let mut clients = Vec::new();
        for _ in 0..CROWD {
            let mut client = target.connect().await;
            target.ask(&mut client, "2 10000000 h run").await;
            client.head().await;
            while stamps(&client.piece().await.unwrap()).is_empty() {}
            clients.push(client);
        }
        all.push((resident(target.process) - before) / CROWD as f64);
        drop(clients);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    all
}

/// 512 streams of 64 deltas, one every 20 ms, while people sign in.
pub async fn crowd(target: &Target) -> Crowd {
    eprintln!("512 streams while others sign in …");
    let sign_ins = std::sync::Arc::new(AtomicUsize::new(0));
    let mut others = JoinSet::new();
    for number in 0..2 {
        let (address, done) = (target.address.clone(), std::sync::Arc::clone(&sign_ins));
        others.spawn(async move {
            let mut client = Client::connect(&address).await;
            for attempt in 0.. {
                let body = format!("email=nobody{number}.{attempt}%40example.org&password=wrong-password-{attempt}");
                let headers = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
                client.send("POST /login", headers, &body).await;
                let head = client.head().await;
                client.body(&head).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let streams = at_once(target, CROWD, &format!("{DELTAS} 20000 x run")).await;
    others.abort_all();
    let lags: Vec<f64> = streams.into_iter().flatten().collect();
    Crowd {
        expected: CROWD * DELTAS,
        received: lags.len(),
        lag: spread(lags),
        sign_ins: sign_ins.load(Ordering::Relaxed),
    }
}

/// From the client's close to the upstream's, 30 times in each phase.
pub async fn stops(target: &Target, upstream: &str) -> Vec<(&'static str, usize, Spread)> {
    eprintln!("stop …");
    let mut control = Client::connect(upstream).await;
    let mut all = Vec::new();
    for phase in ["head", "text", "run"] {
        let mut times = Vec::new();
        for number in 0..30 {
            let id = format!("{phase}{number}");
            let mut client = target.connect().await;
            target.ask(&mut client, &format!("1000 5000 {id} {phase}")).await;
            match phase {
                // No answer comes: the request has to have arrived at the upstream.
                "head" => {
                    wait_for(&mut control, &format!("/begun/{id}")).await;
                }
                "text" => {
                    client.head().await;
                }
                _ => {
                    client.head().await;
                    while stamps(&client.piece().await.unwrap()).is_empty() {}
                }
            }
            let dropped = now();
            drop(client);
            if let Some(closed) = wait_for(&mut control, &format!("/closed/{id}")).await {
                times.push(closed.saturating_sub(dropped) as f64);
            }
        }
        all.push((phase, times.len(), spread(times)));
    }
    all
}

/// Asks the upstream until it knows when something happened; `None` when it has not within two seconds.
async fn wait_for(control: &mut Client, path: &str) -> Option<u64> {
    for _ in 0..400 {
        control.send(&format!("GET {path}"), "", "").await;
        let head = control.head().await;
        let body = String::from_utf8(control.body(&head).await).unwrap();
        if let Ok(at) = body.parse() {
            return Some(at);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}

/// Resident bytes after one, two and three thousand further streams.
pub async fn memory(target: &Target) -> Vec<f64> {
    eprintln!("memory over a long run …");
    let mut all = Vec::new();
    for _ in 0..3 {
        many(target, 1_000).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        all.push(resident(target.process));
    }
    all
}

/// The dashboard with 10,000 rows, 50 requests a second for ten seconds.
pub async fn dashboard(target: &Target) -> Spread {
    eprintln!("dashboard …");
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    let mut client = target.connect().await;
    let mut times = Vec::new();
    let headers = format!("cookie: {}\r\naccept: text/html\r\n", target.cookies[0]);
    for _ in 0..500 {
        clock.tick().await;
        let began = Instant::now();
        client.send("GET /dashboard", &headers, "").await;
        let head = client.head().await;
        client.body(&head).await;
        assert_eq!(head.status, 200);
        times.push(began.elapsed().as_nanos() as f64);
    }
    spread(times)
}
