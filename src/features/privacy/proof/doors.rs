//! The ways to a deletion: each door is knocked at like a stranger would, and what was asked for by one way must
//! have ended as by the others.
//!
//! A stranger cannot delete anything: the door of the settings sends him to sign in, and a door that is not there
//! answers something else. Counts only; nothing here tells whose deletion it was.

use super::Finding;
use super::answers::{self, Answer};
use crate::domain::privacy::erasure::Reason;
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::on;
use uuid::Uuid;

/// The form in the settings.
const SETTINGS: &str = "/settings/privacy/delete";
/// The way by a mail to the account's own address.
const BY_LINK: &str = "/delete-account";
/// The way by a request that the operator enters.
const BY_REQUEST: &str = "/contact?kind=privacy";
/// Finished deletions, newest first, whose lines in the ledger are looked for.
const LOOKED_AT: i64 = 20;

pub(super) async fn find(app: &App) -> db::Result<Finding> {
    let (settings, link, request) = tokio::join!(
        answers::ask(app, "POST", SETTINGS),
        answers::ask(app, "GET", BY_LINK),
        answers::ask(app, "GET", BY_REQUEST)
    );
    let (Some(settings), Some(link), Some(request)) = (settings, link, request) else {
        return Ok(Finding::unread("this server could not reach its own address"));
    };
    if let Some(problem) = closed(&settings, &link, &request) {
        return Ok(Finding::judge(false, problem));
    }
    let mut conn = app.db.acquire().await?;
    let ended = ended(&mut conn).await?;
    if let Some((reason, ..)) = ended.iter().find(|(.., otherwise)| *otherwise > 0) {
        let way = Reason::parse(reason).map_or("in an unknown way", Reason::words);
        return Ok(Finding::judge(
            false,
            format!("a deletion asked for {way} left a trace or no receipt"),
        ));
    }
    if !are_in_ledger(app, newest(&mut conn).await?).await? {
        return Ok(Finding::judge(
            false,
            "a finished deletion does not stand in the ledger",
        ));
    }
    Ok(Finding::kept(words(&ended)))
}

/// What is wrong with a door.
fn closed(settings: &Answer, link: &Answer, request: &Answer) -> Option<String> {
    let leads_to_sign_in = settings
        .header("location")
        .is_some_and(|to| to.starts_with("/login?next="));
    if settings.status != 303 || !leads_to_sign_in {
        return Some(format!("the form in the settings answers {}", settings.status));
    }
    let has_form = |page: &Answer, action: &str| {
        let form = format!("action=\"{action}\"");
        page.status == 200 && page.body.contains(&form) && page.body.contains("name=\"email\"")
    };
    if !has_form(link, BY_LINK) {
        return Some(format!("{BY_LINK} shows no form"));
    }
    (!has_form(request, "/contact")).then(|| format!("{BY_REQUEST} shows no form"))
}

/// Finished deletions by the way in which they were asked for, and how many of them still lead to an account or have
/// no signed receipt.
const ENDED: &str = "SELECT reason, COUNT(*), \
     COUNT(CASE WHEN user_id IS NULL AND document IS NOT NULL THEN NULL ELSE 1 END) \
     FROM erasures WHERE state = 'erased' GROUP BY reason ORDER BY reason";

type Ended = (String, i64, i64);

async fn ended(conn: &mut Conn) -> db::Result<Vec<Ended>> {
    on!(conn, c => sqlx::query_as::<_, Ended>(ENDED).fetch_all(c).await)
}

const NEWEST: &str = "SELECT receipt FROM erasures WHERE state = 'erased' ORDER BY ended_at DESC, receipt LIMIT $1";

async fn newest(conn: &mut Conn) -> db::Result<Vec<Uuid>> {
    on!(conn, c => sqlx::query_scalar::<_, Uuid>(NEWEST).bind(LOOKED_AT).fetch_all(c).await)
}

const IN_LEDGER: &str = "SELECT COUNT(*) FROM erasure_ledger WHERE id = $1";

async fn are_in_ledger(app: &App, receipts: Vec<Uuid>) -> db::Result<bool> {
    let mut conn = app.keystore.acquire().await?;
    for receipt in receipts {
        let lines = on!(&mut conn, c => sqlx::query_scalar::<_, i64>(IN_LEDGER).bind(receipt).fetch_one(c).await)?;
        if lines == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn words(ended: &[Ended]) -> String {
    let of = |reason: Reason| {
        let found = ended.iter().find(|(word, ..)| word == reason.as_str());
        found.map_or(0, |(_, count, _)| *count)
    };
    let (settings, mail) = (
        of(Reason::Settings),
        of(Reason::MailLink) + of(Reason::Request) + of(Reason::Child),
    );
    format!("all three forms answer; ended alike: {settings} from the settings, {mail} by mail")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        answers::parse("/", &format!("HTTP/1.1 {text}")).unwrap()
    }

    fn sign_in() -> Answer {
        answer("303 See Other\r\nLocation: /login?next=%2Fsettings\r\n\r\n")
    }

    fn form(action: &str) -> Answer {
        answer(&format!(
            "200 OK\r\na: b\r\n\r\n<form action=\"{action}\"><input name=\"email\">"
        ))
    }

    #[test]
    fn a_door_that_is_gone_or_leads_elsewhere_is_found() {
        let (link, request) = (form(BY_LINK), form("/contact"));
        assert_eq!(closed(&sign_in(), &link, &request), None);
        let gone = answer("404 Not Found\r\na: b\r\n\r\n");
        assert!(closed(&gone, &link, &request).unwrap().contains("404"));
        let elsewhere = answer("303 See Other\r\nLocation: /\r\n\r\n");
        assert!(closed(&elsewhere, &link, &request).is_some());
        assert!(closed(&sign_in(), &gone, &request).unwrap().contains(BY_LINK));
        assert!(closed(&sign_in(), &form("/contact"), &request).is_some());
        assert!(closed(&sign_in(), &link, &gone).unwrap().contains(BY_REQUEST));
    }

    #[test]
    fn every_way_counts_on_one_side() {
        let ended = Reason::ALL.map(|reason| (reason.as_str().to_owned(), 1, 0));
        assert!(words(&ended).ends_with("1 from the settings, 3 by mail"));
    }
}
