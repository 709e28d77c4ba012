//! The head of an answer, and its body as raw bytes.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;

/// Why a body ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("the connection broke in the middle of the answer")]
    Cut,
    #[error("the answer is larger than can be taken")]
    TooLarge,
}

/// The pieces of a body.
pub type BodyStream = BoxStream<'static, Result<Bytes, BodyError>>;

/// An answer whose body has not been read. Dropping it closes the connection.
#[derive(Debug)]
pub struct Response(reqwest::Response);

impl Response {
    pub(super) const fn new(response: reqwest::Response) -> Self {
        Self(response)
    }

    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    #[must_use]
    pub fn is_success(&self) -> bool {
        self.0.status().is_success()
    }

    /// A header as text; `None` where it is absent or not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let value = self.0.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    }

    /// The headers, for looking up several after the body was taken.
    #[must_use]
    pub fn headers(&self) -> reqwest::header::HeaderMap {
        self.0.headers().clone()
    }

    /// The body as it comes from the wire, unchanged and in the same pieces.
    #[must_use]
    pub fn into_stream(self) -> BodyStream {
        self.0
            .bytes_stream()
            .map(|piece| piece.map_err(|_| BodyError::Cut))
            .boxed()
    }

    /// The whole body, if it is no longer than `limit` bytes.
    ///
    /// # Errors
    /// When it is longer or breaks off.
    pub async fn read(mut self, limit: usize) -> Result<Vec<u8>, BodyError> {
        let mut body = Vec::new();
        while let Some(piece) = self.0.chunk().await.map_err(|_| BodyError::Cut)? {
            if body.len() + piece.len() > limit {
                return Err(BodyError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}
