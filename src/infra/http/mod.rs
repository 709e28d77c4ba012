//! The one HTTP client: providers, webhooks and anything else the server dials goes through here.
//!
//! Redirects, proxies from the environment and retries are off; keys travel in headers marked
//! sensitive, never in an address; no error shows an address. What an operator configured is dialled
//! as it is; what a user gave passes the [`guard`] first, name by name and address by address.
//! Dropping a request or its body closes the connection to the provider at once.

mod dialled;
pub mod guard;
mod ranges;
mod request;
mod response;
pub mod tls;

pub use dialled::{Dialled, host};
pub use guard::{Denied, Guard};
pub use ranges::Kind;
pub use response::{BodyError, BodyStream, Response};

use crate::domain::problem::{Code, Problem};
use crate::domain::providers::WireRequest;
use crate::infra::config::Config;
use guard::Mode;
use reqwest::redirect::Policy;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long name, connection and TLS may take together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept. Its buffers may still hold the last request, so it is short.
const IDLE: Duration = Duration::from_secs(30);
const IDLE_PER_HOST: usize = 256;
const USER_AGENT: &str = concat!("spectr/", env!("CARGO_PKG_VERSION"));

/// Whose address is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// From the operator's configuration: any scheme, any host.
    Operator(Url),
    /// From a user: passes the egress guard.
    User(Url),
    /// A server of this very process, on loopback.
    Own(Url),
}

/// Why no answer came. Holds no address, no header and no text of the other side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("the egress guard refused the address: {0:?}")]
    Denied(Denied),
    #[error("the name of the host is not known")]
    UnknownHost,
    #[error("the connection was not taken in time")]
    ConnectTimeout,
    #[error("the connection was refused")]
    Refused,
    #[error("the TLS handshake failed")]
    Tls,
    #[error("the connection broke before an answer came")]
    Broken,
    #[error("the address, the key or a header cannot be sent")]
    Unsendable,
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        let unreachable = |detail: &str| Self::new(Code::ProviderUnreachable).detail(detail);
        match error {
            SendError::Denied(denied) => denied.into(),
            SendError::UnknownHost => unreachable("Its host name is not known to the name servers."),
            SendError::ConnectTimeout => Code::ConnectTimeout.into(),
            SendError::Refused => unreachable("Nothing accepts connections at that address."),
            SendError::Tls => {
                unreachable("No secure connection came about: its certificate or its TLS is not accepted.")
            }
            SendError::Broken => unreachable("It closed the connection without an answer."),
            SendError::Unsendable => {
                Self::new(Code::KeyRefused).detail("The key holds characters that no provider takes.")
            }
        }
    }
}

/// Why the client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// The clients, one for each way of checking addresses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http(Arc<Clients>);

#[derive(Debug)]
struct Clients {
    guard: Guard,
    dialled: Dialled,
    operator: reqwest::Client,
    user: [(Mode, reqwest::Client); Mode::ALL.len()],
}

impl Http {
    /// Sets the client up; dials nothing.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn open(config: &Config) -> Result<Self, HttpError> {
        let tls = tls::config()?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(USER_AGENT)
                .redirect(Policy::none())
                .referer(false)
                .retry(reqwest::retry::never())
                .no_proxy()
                .tcp_nodelay(true)
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_PER_HOST)
        };
        let guard = Guard::new(config);
        let user = |mode: Mode| -> Result<_, HttpError> {
            let resolver = guard.resolver(mode);
            Ok((mode, builder().dns_resolver(resolver).build()?))
        };
        let [a, b, c, d] = Mode::ALL;
        Ok(Self(Arc::new(Clients {
            operator: builder().build()?,
            user: [user(a)?, user(b)?, user(c)?, user(d)?],
            guard,
            dialled: Dialled::default(),
        })))
    }

    /// The guard, for checking an address before it is stored.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// Whom this process has dialled so far.
    #[must_use]
    pub fn dialled(&self) -> &Dialled {
        &self.0.dialled
    }

    /// Sends a request and answers as soon as the head of the response is there. The caller sets
    /// time limits beyond connecting by dropping the future or the response.
    ///
    /// # Errors
    /// When no answer came, or the egress guard refused.
    pub async fn send(
        &self,
        request: WireRequest,
        target: &Target,
        secret: Option<&SecretString>,
    ) -> Result<Response, SendError> {
        let (client, base) = match target {
            Target::Operator(base) | Target::Own(base) => (&self.0.operator, base),
            Target::User(base) => {
                let mode = self.0.guard.check_url(base).map_err(SendError::Denied)?;
                let found = self.0.user.iter().find(|(other, _)| *other == mode);
                let (_, client) = found.ok_or(SendError::Unsendable)?;
                (client, base)
            }
        };
        let built = request::build(request, base, secret)?;
        self.0.dialled.note(target);
        let response = client.execute(built).await.map_err(|error| classify(&error))?;
        Ok(Response::new(response))
    }
}

/// What a failed request was, found in the chain of its causes.
fn classify(error: &reqwest::Error) -> SendError {
    use std::io::ErrorKind;
    let mut found = if error.is_dns() {
        SendError::UnknownHost
    } else {
        SendError::Broken
    };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(denied) = error.downcast_ref::<Denied>() {
            return SendError::Denied(*denied);
        }
        if error.is::<rustls::Error>() {
            return SendError::Tls;
        }
        let io = error.downcast_ref::<std::io::Error>();
        match io.map(std::io::Error::kind) {
            Some(ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
                found = SendError::Refused;
            }
            Some(ErrorKind::TimedOut) => found = SendError::ConnectTimeout,
            _ => {}
        }
        // `source` of an I/O error skips the error that it wraps.
        cause = match io.and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    if error.is_timeout() {
        SendError::ConnectTimeout
    } else {
        found
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
