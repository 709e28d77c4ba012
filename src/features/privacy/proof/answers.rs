//! What this server answers to a stranger: asked over its own listener, like a browser without cookies.
//!
//! Only pages that show no proof are asked for, so that a look never waits for itself.

use super::{Finding, Sight};
use crate::domain::privacy::clauses::Probe;
use crate::features::App;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A page, a form, a file, a machine's address and nothing at all.
const PATHS: [&str; 6] = [
    "/login",
    "/signup",
    "/terms",
    "/robots.txt",
    "/healthz",
    "/no-such-page",
];
/// Pages among them.
const PAGES: [&str; 3] = ["/login", "/signup", "/terms"];
const PATIENCE: Duration = Duration::from_secs(3);
/// More than any of these answers has.
const MOST: u64 = 512 * 1024;

/// Headers that every answer carries, with what must stand in them.
const HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", "default-src 'none'"),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
];

/// One answer, as it came over the wire.
pub(super) struct Answer {
    path: &'static str,
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// All answers; none where the listener could not be reached.
pub(super) struct Answers(Vec<Answer>);

impl Answers {
    pub(super) async fn ask(app: &App) -> Self {
        let answers: Vec<_> = futures::future::join_all(PATHS.map(|path| ask(app, "GET", path))).await;
        // One that is missing makes the whole unread: silence proves nothing.
        let all: Option<Vec<Answer>> = answers.into_iter().collect();
        Self(all.unwrap_or_default())
    }

    fn of(&self, path: &str) -> Option<&Answer> {
        self.0.iter().find(|answer| answer.path == path)
    }
}

/// Where this process listens, as it reaches itself.
fn own_address(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

/// What a stranger is answered who sends nothing but this; `None` where no answer came in time.
pub(super) async fn ask(app: &App, method: &str, path: &'static str) -> Option<Answer> {
    let host = app.config.public_url.host_str().unwrap_or("localhost");
    let asked = send(own_address(app.config.addr), host, (method, path));
    tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()
}

async fn send(addr: SocketAddr, host: &str, (method, path): (&str, &'static str)) -> std::io::Result<Answer> {
    let mut socket = TcpStream::connect(addr).await?;
    let length = if method == "POST" {
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n"
    } else {
        ""
    };
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{length}Connection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    socket.take(MOST).read_to_end(&mut bytes).await?;
    parse(path, &String::from_utf8_lossy(&bytes)).ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}

/// The body keeps the marks of its chunks: it is only searched.
pub(super) fn parse(path: &'static str, text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Answer {
        path,
        status,
        headers,
        body: body.to_owned(),
    })
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Addresses on other hosts from which this page loads something by itself.
    fn foreign(&self) -> Vec<&str> {
        let loads = ["src=\"", "srcset=\"", "<link href=\"", "@import \"", "url("];
        let values = loads.iter().flat_map(|load| self.body.split(load).skip(1));
        let links = self.body.split("<link ").skip(1).filter_map(|link| {
            let tag = link.split('>').next()?;
            tag.split_once("href=\"").map(|(_, value)| value)
        });
        values
            .chain(links)
            .filter_map(|value| value.split(['"', ')']).next())
            .filter(|value| value.starts_with("http") || value.starts_with("//"))
            .collect()
    }
}

pub(super) fn find(sight: &Sight<'_>, probe: Probe) -> Finding {
    let Answers(answers) = &sight.answers;
    if answers.is_empty() {
        return Finding::unread("this server could not reach its own address");
    }
    match probe {
        Probe::Headers => headers(answers, sight.app.config.is_https()),
        Probe::ForeignHosts => foreign_hosts(&sight.answers),
        Probe::WithoutCookies => without_cookies(&sight.answers),
        _ => cookies(answers),
    }
}

fn headers(answers: &[Answer], https: bool) -> Finding {
    let lacks = |answer: &Answer| {
        let wanted = HEADERS.iter().find(|(name, text)| {
            let value = answer.header(name);
            value.is_none_or(|value| !value.contains(text))
        });
        let strict = https && answer.header("strict-transport-security").is_none();
        wanted
            .map(|(name, _)| *name)
            .or_else(|| strict.then_some("strict-transport-security"))
            .map(|name| format!("{} lacks {name}", answer.path))
    };
    match answers.iter().find_map(lacks) {
        Some(problem) => Finding::judge(false, problem),
        None => Finding::kept(format!("{} answers of this server, all headers on each", answers.len())),
    }
}

fn foreign_hosts(answers: &Answers) -> Finding {
    let pages: Vec<&Answer> = PAGES.iter().filter_map(|path| answers.of(path)).collect();
    let foreign: Vec<&str> = pages.iter().flat_map(|page| page.foreign()).collect();
    let open = pages.iter().any(|page| {
        let policy = page.header("content-security-policy").unwrap_or("*");
        policy.contains("http") || policy.contains('*')
    });
    match foreign.first() {
        Some(address) => Finding::judge(false, format!("a page loads {address}")),
        None if open => Finding::judge(false, "the policy of a page allows another host"),
        None => Finding::kept(format!("{} pages asked for, nothing from another host", pages.len())),
    }
}

fn without_cookies(answers: &Answers) -> Finding {
    let closed = PAGES
        .iter()
        .find(|path| answers.of(path).is_none_or(|page| page.status != 200));
    match closed {
        Some(path) => Finding::judge(false, format!("{path} does not open without a cookie")),
        None => Finding::kept(format!("{} pages opened without a cookie", PAGES.len())),
    }
}

fn cookies(answers: &[Answer]) -> Finding {
    let set = answers.iter().find(|answer| answer.header("set-cookie").is_some());
    match set {
        Some(answer) => Finding::judge(false, format!("{} gives a stranger a cookie", answer.path)),
        None => Finding::kept("a stranger is given none; one when you sign in"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(head: &str, body: &str) -> Answer {
        parse("/login", &format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}")).unwrap()
    }

    #[test]
    fn an_answer_without_a_header_is_found() {
        let head = "Content-Security-Policy: default-src 'none'\r\nX-Frame-Options: DENY\r\n\
                    X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin";
        let good = [answer(head, "")];
        assert_eq!(headers(&good, false).standing, super::super::Standing::Kept);
        assert!(headers(&good, true).value.contains("strict-transport-security"));
        let lacking = [answer(&head.replace("DENY", "SAMEORIGIN"), "")];
        assert_eq!(headers(&lacking, false).value, "/login lacks x-frame-options");
    }

    #[test]
    fn what_a_page_loads_from_elsewhere_is_found_and_links_are_not() {
        let page = answer(
            "a: b",
            "<a href=\"https://a.example\">x</a><script src=\"/s.js\"></script>",
        );
        assert!(page.foreign().is_empty());
        for loads in [
            "<script src=\"https://a.example/x.js\">",
            "<img src=\"//a.example/x\">",
            "<link rel=\"stylesheet\" href=\"https://a.example/x.css\">",
        ] {
            assert_eq!(answer("a: b", loads).foreign().len(), 1, "{loads}");
        }
    }

    #[test]
    fn a_cookie_for_a_stranger_is_found() {
        assert!(cookies(&[answer("Set-Cookie: id=1", "")]).value.contains("/login"));
    }
}
