//! A client of one keep-alive connection that costs next to nothing itself.

use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Nanoseconds of the machine's clock: the same in every process of a run.
#[expect(clippy::disallowed_methods, reason = "stamps are compared across processes")]
pub fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
}

/// A connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    read: usize,
}

/// The head of an answer.
pub struct Head {
    pub status: u16,
    length: Option<usize>,
}

impl Client {
    pub async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
            read: 0,
        }
    }

    /// Sends a request in one piece.
    pub async fn send(&mut self, line: &str, headers: &str, body: &str) {
        let request = format!(
            "{line} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    async fn fill(&mut self) {
        if self.read > 0 {
            self.buffer.drain(..self.read);
            self.read = 0;
        }
        let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(read > 0, "the connection was closed");
    }

    async fn line(&mut self) -> String {
        loop {
            let rest = &self.buffer[self.read..];
            if let Some(at) = rest.windows(2).position(|window| window == b"\r\n") {
                let line = String::from_utf8_lossy(&rest[..at]).into_owned();
                self.read += at + 2;
                return line;
            }
            self.fill().await;
        }
    }

    pub async fn head(&mut self) -> Head {
        let status = self.line().await.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = None;
        loop {
            let line = self.line().await.to_lowercase();
            if line.is_empty() {
                return Head { status, length };
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
    }

    async fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.buffer.len() - self.read < length {
            self.fill().await;
        }
        let bytes = self.buffer[self.read..self.read + length].to_vec();
        self.read += length;
        bytes
    }

    /// The next piece of a chunked body; `None` at its end.
    pub async fn piece(&mut self) -> Option<Vec<u8>> {
        let line = self.line().await;
        let length = usize::from_str_radix(line.trim(), 16).unwrap();
        let piece = self.exactly(length).await;
        self.line().await;
        (length > 0).then_some(piece)
    }

    /// The whole body.
    pub async fn body(&mut self, head: &Head) -> Vec<u8> {
        if let Some(length) = head.length {
            return self.exactly(length).await;
        }
        let mut body = Vec::new();
        while let Some(piece) = self.piece().await {
            body.extend(piece);
        }
        body
    }
}

/// The stamps (`t=NANOSECONDS;`) in a piece of a body.
pub fn stamps(piece: &[u8]) -> Vec<u64> {
    let text = String::from_utf8_lossy(piece);
    let stamps = text.split("t=").skip(1);
    stamps.filter_map(|rest| rest.split_once(';')?.0.parse().ok()).collect()
}
