//! Mail transports: files in the data folder, or an SMTP server.
//!
//! No address, subject or server answer is logged or returned: a failure is one of a few words.

use crate::domain::ids::MailId;
use crate::domain::timestamp::Timestamp;
use crate::infra::config::Config;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use url::Url;
use zeroize::Zeroizing;

/// One mail with everything that its headers need.
pub struct Message<'a> {
    pub id: MailId,
    /// Right side of the Message-ID.
    pub host: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub body: Zeroizing<String>,
    /// `Date`: when the mail was queued, the same for every attempt.
    pub at: Timestamp,
}

/// Why a mail did not leave, in a word for logs and for the outbox's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Worth another attempt.
    Temporary(&'static str),
    /// The server will never take this mail, or the mail cannot be written.
    Permanent(&'static str),
}

/// Why the mail settings cannot be used, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("SPECTR_MAIL_FROM is not an address like \"Spectr <no-reply@example.org>\"")]
    From,
    #[error("SPECTR_SMTP_URL cannot be used: {0}")]
    Url(&'static str),
    #[error("SPECTR_SMTP_URL names a certificate file that cannot be used: {0}")]
    Certificate(String),
    #[error("the folder {path} for mails cannot be made: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
}

/// How long connecting and each command may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Where mails go.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// `.eml` files, readable by the owner of the process only.
    Files(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Mailer {
    /// The transport that the configuration asks for.
    ///
    /// # Errors
    /// When the sender or the SMTP URL cannot be used.
    pub fn open(config: &Config) -> Result<Self, MailerError> {
        config.mail_from.parse::<Mailbox>().map_err(|_| MailerError::From)?;
        let Some(url) = &config.smtp_url else {
            let path = config.data_dir.join("outbox");
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .map_err(|source| MailerError::Folder {
                    path: path.clone(),
                    source,
                })?;
            return Ok(Self::Files(path));
        };
        smtp(url).map(Self::Smtp)
    }

    /// Hands one mail over. Handing the same mail over twice does no harm: its Message-ID is fixed.
    ///
    /// # Errors
    /// Whether it is worth another attempt, and a word why.
    pub async fn send(&self, message: &Message<'_>) -> Result<(), Failure> {
        match self {
            Self::Files(folder) => {
                let mail = build(message, Wire::File)?;
                let (folder, id) = (folder.clone(), message.id);
                let written = tokio::task::spawn_blocking(move || write_file(&folder, id, &mail.formatted())).await;
                match written {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(_)) | Err(_) => Err(Failure::Temporary("file")),
                }
            }
            Self::Smtp(transport) => {
                let mail = build(message, Wire::Smtp)?;
                match transport.send(mail).await {
                    Ok(_) => Ok(()),
                    // A login that is not taken is the operator's to mend, not this mail's end.
                    Err(error) if is_login(&error) => Err(Failure::Temporary("login")),
                    Err(error) if error.is_permanent() => Err(Failure::Permanent("refused")),
                    Err(error) if error.is_transient() => Err(Failure::Temporary("not_now")),
                    Err(error) if error.is_timeout() => Err(Failure::Temporary("timeout")),
                    Err(error) if error.is_tls() => Err(Failure::Temporary("tls")),
                    Err(_) => Err(Failure::Temporary("unreachable")),
                }
            }
        }
    }

    /// Whether the mail server takes a connection (and the name and password, where there are some).
    pub async fn answers(&self) -> bool {
        match self {
            Self::Files(folder) => folder.is_dir(),
            Self::Smtp(transport) => transport.test_connection().await.unwrap_or(false),
        }
    }

    /// Deletes what the file transport kept of a mail.
    ///
    /// # Errors
    /// When a file exists and cannot be deleted.
    pub async fn forget(&self, id: MailId) -> std::io::Result<()> {
        let Self::Files(folder) = self else { return Ok(()) };
        for name in [file_name(id), draft_name(id)] {
            match tokio::fs::remove_file(folder.join(name)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wire {
    /// Read by people and scripts as it is.
    File,
    /// Text that is not ASCII is encoded: the server may not take 8 bits.
    Smtp,
}

/// Lines stay far below the 998 characters of RFC 5322, so that plain text needs no encoding and
/// links stay whole.
fn body(text: &str, wire: Wire) -> Body {
    let crlf = || text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
    match wire {
        _ if text.is_ascii() => Body::dangerous_pre_encoded(crlf(), ContentTransferEncoding::SevenBit),
        Wire::File => Body::dangerous_pre_encoded(crlf(), ContentTransferEncoding::EightBit),
        Wire::Smtp => Body::new(text.to_owned()),
    }
}

fn build(message: &Message<'_>, wire: Wire) -> Result<lettre::Message, Failure> {
    let bad = |_| Failure::Permanent("address");
    let seconds = u64::try_from(message.at.0 / 1_000).unwrap_or_default();
    lettre::Message::builder()
        .from(message.from.parse::<Mailbox>().map_err(bad)?)
        .to(message.to.parse::<Mailbox>().map_err(bad)?)
        .subject(message.subject)
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}@{}>", message.id, message.host)))
        .header(ContentType::TEXT_PLAIN)
        .body(body(&message.body, wire))
        .map_err(|_| Failure::Permanent("message"))
}

fn file_name(id: MailId) -> String {
    format!("{id}.eml")
}

fn draft_name(id: MailId) -> String {
    format!(".{id}.tmp")
}

/// Whole or not at all: a reader never sees half a mail.
fn write_file(folder: &Path, id: MailId, bytes: &[u8]) -> std::io::Result<()> {
    let draft = folder.join(draft_name(id));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(file_name(id)))
}

/// `smtp://[USER:PASSWORD@]HOST[:PORT]` (STARTTLS is required unless HOST is this machine) or
/// `smtps://…` (TLS from the start). `?ca=FILE` trusts one more certificate authority;
/// `?tls=required` asks for STARTTLS on this machine too.
fn smtp(secret: &SecretString) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailerError> {
    let url = Url::parse(secret.expose_secret()).map_err(|_| MailerError::Url("it is not a URL"))?;
    let host = url.host_str().ok_or(MailerError::Url("it names no host"))?;
    let plain_host = host.trim_matches(['[', ']']);
    let mut forced = false;
    let mut tls = TlsParameters::builder(plain_host.to_owned());
    for (name, value) in url.query_pairs() {
        match (&*name, &*value) {
            ("tls", "required") => forced = true,
            ("ca", path) => tls = tls.add_root_certificate(certificate(path)?),
            _ => {
                return Err(MailerError::Url(
                    "it holds an unknown option (known: tls=required, ca=FILE)",
                ));
            }
        }
    }
    let tls = tls
        .build()
        .map_err(|_| MailerError::Url("its host has no valid TLS name"))?;
    let (tls, port) = match url.scheme() {
        "smtps" => (Tls::Wrapper(tls), 465),
        "smtp" if is_loopback(plain_host) && !forced => (Tls::None, 25),
        "smtp" => (Tls::Required(tls), 587),
        _ => return Err(MailerError::Url("it must begin with smtp:// or smtps://")),
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(plain_host)
        .port(url.port().unwrap_or(port))
        .tls(tls)
        .timeout(Some(TIMEOUT));
    if let Some(password) = url.password() {
        let decode = |text: &str| {
            url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        transport = transport.credentials(Credentials::new(decode(url.username()), decode(password)));
    }
    Ok(transport.build())
}

/// 530, 534, 535 and 538 are about who we are, not about the mail (RFC 4954).
fn is_login(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(530 | 534 | 535 | 538))
}

fn certificate(path: &str) -> Result<Certificate, MailerError> {
    let pem = std::fs::read(path).map_err(|error| MailerError::Certificate(error.to_string()))?;
    Certificate::from_pem(&pem).map_err(|_| MailerError::Certificate("it is no PEM certificate".to_owned()))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(to: &'a str, subject: &'a str, body: &str) -> Message<'a> {
        Message {
            id: MailId(uuid::Uuid::nil()),
            host: "spectr.example",
            from: "Spectr <no-reply@spectr.example>",
            to,
            subject,
            body: Zeroizing::new(body.to_owned()),
            at: Timestamp(1_777_881_600_000),
        }
    }

    fn file(message: &Message<'_>) -> String {
        let mail = build(message, Wire::File).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    }

    #[test]
    fn every_attempt_has_the_same_bytes_and_message_id() {
        let message = message("a@b.example", "Hello", "Text");
        assert_eq!(file(&message), file(&message));
        assert!(file(&message).contains("Message-ID: <00000000-0000-0000-0000-000000000000@spectr.example>"));
    }

    #[test]
    fn a_link_stays_whole_in_the_file_beside_a_name_of_any_script() {
        let link = "https://spectr.example/verify?token=0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
        assert!(file(&message("a@b.example", "Hello", &format!("محمد 山田\n\n{link}\n"))).contains(link));
    }

    #[test]
    fn a_subject_cannot_add_a_header() {
        let text = file(&message("a@b.example", "Hi\r\nBcc: c@d.example", "Text"));
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }

    #[test]
    fn an_address_that_is_none_is_given_up_at_once() {
        let message = message("a@b.example\r\nRCPT TO:<c@d.example>", "Hello", "Text");
        assert_eq!(build(&message, Wire::Smtp).err(), Some(Failure::Permanent("address")));
    }

    #[test]
    fn plain_smtp_is_for_this_machine_only() {
        for (url, is_ok) in [
            ("smtp://127.0.0.1:2525", true),
            ("smtp://mail.example.org", true),
            ("smtps://user:p%40ss@mail.example.org", true),
            ("http://mail.example.org", false),
            ("smtp://mail.example.org?tls=none", false),
            ("nonsense", false),
        ] {
            assert_eq!(smtp(&SecretString::from(url)).is_ok(), is_ok, "{url}");
        }
    }
}
