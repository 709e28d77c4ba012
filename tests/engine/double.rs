//! A provider that does exactly what a test says, byte by byte, and tells what it sees: requests as
//! they arrive, and the moment at which the other side goes away.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};

/// One thing that the double does with a connection, in order.
#[derive(Clone)]
pub enum Step {
    /// Writes these bytes as they are.
    Send(Vec<u8>),
    /// Says nothing until the other side goes away.
    Silence,
    /// Says nothing until the test notifies.
    Gate(Arc<Notify>),
    /// Writes these bytes again and again until the other side goes away.
    Endless(Vec<u8>),
    /// Closes the connection with a reset.
    Reset,
    /// Closes the connection in order.
    Close,
}

/// What the double has seen.
#[derive(Debug)]
pub enum Seen {
    Request(Request),
    /// The other side went away before the answer was whole.
    Gone,
    /// The answer was sent to its end.
    Sent,
}

#[derive(Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub head: String,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A running double. Every POST is answered by the script that is set at that moment.
pub struct Double {
    pub url: String,
    script: Arc<Mutex<Vec<Step>>>,
    seen: tokio::sync::Mutex<mpsc::UnboundedReceiver<Seen>>,
}

impl Double {
    /// `models` answers every GET: a models list.
    pub async fn start(models: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script: Arc<Mutex<Vec<Step>>> = Arc::default();
        let (tell, seen) = mpsc::unbounded_channel();
        let queue = Arc::clone(&script);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                tokio::spawn(converse(stream, Arc::clone(&queue), tell.clone(), models.clone()));
            }
        });
        Self {
            url,
            script,
            seen: tokio::sync::Mutex::new(seen),
        }
    }

    /// What every call from now on is answered with.
    pub fn always(&self, script: Vec<Step>) {
        *self.script.lock().unwrap() = script;
    }

    pub async fn saw(&self) -> Seen {
        self.seen.lock().await.recv().await.unwrap()
    }

    /// The next request.
    pub async fn request(&self) -> Request {
        match self.saw().await {
            Seen::Request(request) => request,
            other => panic!("expected a request, saw {other:?}"),
        }
    }

    /// Waits until the other side is seen to go away.
    pub async fn gone(&self) {
        match self.saw().await {
            Seen::Gone => {}
            other => panic!("expected the other side to go away, saw {other:?}"),
        }
    }

    /// Whether anything happened that no test has looked at.
    pub fn is_quiet(&self) -> bool {
        self.seen.try_lock().unwrap().try_recv().is_err()
    }
}

async fn converse(
    mut stream: TcpStream,
    script: Arc<Mutex<Vec<Step>>>,
    tell: mpsc::UnboundedSender<Seen>,
    models: String,
) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        if request.method == "GET" {
            let answer = whole(200, "application/json", "", models.as_bytes());
            if stream.write_all(&answer).await.is_err() {
                return;
            }
            continue;
        }
        tell.send(Seen::Request(request)).ok();
        let steps = script.lock().unwrap().clone();
        assert!(!steps.is_empty(), "a call came for which nothing was planned");
        for step in steps {
            if !play(&mut stream, step).await {
                tell.send(Seen::Gone).ok();
                return;
            }
        }
        tell.send(Seen::Sent).ok();
    }
}

/// False when the other side has gone, or the double itself has closed.
async fn play(stream: &mut TcpStream, step: Step) -> bool {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await.is_ok(),
        Step::Silence => {
            while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
            false
        }
        Step::Gate(gate) => {
            gate.notified().await;
            true
        }
        Step::Endless(bytes) => {
            while stream.write_all(&bytes).await.is_ok() {}
            false
        }
        Step::Reset => {
            stream.set_zero_linger().unwrap();
            false
        }
        Step::Close => {
            stream.shutdown().await.ok();
            false
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let mut request = Request {
        method: head.split(' ').next().unwrap().to_owned(),
        path: head.split(' ').nth(1).unwrap().to_owned(),
        head,
        body: String::new(),
    };
    let length: usize = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while buffer.len() < end + length {
        read_more(stream, buffer).await?;
    }
    request.body = String::from_utf8(buffer[end..end + length].to_vec()).unwrap();
    buffer.drain(..end + length);
    Some(request)
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 16 * 1024];
    let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
    buffer.extend_from_slice(&piece[..read]);
    Some(())
}

/// A whole answer in one piece; `headers` are lines that end with CRLF.
pub fn whole(status: u16, kind: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A script that answers with an error.
pub fn refusal(status: u16, headers: &str, body: &str) -> Vec<Step> {
    vec![Step::Send(whole(status, "application/json", headers, body.as_bytes()))]
}

/// The head of a stream.
pub fn head() -> Step {
    Step::Send(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: up-1\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec(),
    )
}

/// A piece of a stream's body.
pub fn piece(bytes: impl AsRef<[u8]>) -> Step {
    let bytes = bytes.as_ref();
    let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
    framed.extend_from_slice(bytes);
    framed.extend_from_slice(b"\r\n");
    Step::Send(framed)
}

/// The end of a stream's body.
pub fn end() -> Step {
    Step::Send(b"0\r\n\r\n".to_vec())
}

/// A whole stream, one piece per element.
pub fn stream<T: AsRef<[u8]>>(pieces: &[T]) -> Vec<Step> {
    let pieces = pieces.iter().map(piece);
    std::iter::once(head())
        .chain(pieces)
        .chain(std::iter::once(end()))
        .collect()
}
