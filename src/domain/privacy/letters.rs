//! The two mails of a request: to its sender, and to the operator.
//!
//! The sender's holds nothing of what was written, so that the form cannot be used to send words of
//! one's choice to somebody else.

use super::requests::RequestKind;
use crate::domain::mail::{Letter, one_line};
use crate::domain::timestamp::Timestamp;

/// What both mails need to know.
pub struct Received<'a> {
    pub kind: RequestKind,
    pub reference: &'a str,
    pub due: Timestamp,
}

/// "We have it, and by when you get an answer."
#[must_use]
pub fn received(request: &Received<'_>) -> Letter {
    let Received { kind, reference, due } = request;
    Letter {
        subject: format!("We have your request {reference}"),
        body: format!(
            "Hello,\n\nyour request has arrived: {}.\n\nReference: {reference}\nAnswered by: {}\n\n\
             You need to do nothing until then.\n\n--\nSpectr\nYou get this mail because somebody wrote to us with \
             this address.\nIf it was not you, ignore it: the address is used for nothing else.\n",
            kind.name(),
            due.human(),
        ),
    }
}

/// What somebody wrote, for those who answer.
#[must_use]
pub fn for_operator(request: &Received<'_>, sender: &Sender<'_>) -> Letter {
    let Received { kind, reference, due } = request;
    let organisation = sender
        .organisation
        .map(|name| format!("Organisation: {name}\n"))
        .unwrap_or_default();
    Letter {
        subject: format!("[{}] request {reference}", kind.id()),
        body: format!(
            "{}, answer by {}.\n\nFrom: {}\nAddress: {}\n{organisation}Reference: {reference}\n\n{}\n",
            kind.name(),
            due.human(),
            sender.name,
            sender.email,
            sender.message,
        ),
    }
}

/// What the mail about a changed policy needs to know.
#[derive(Clone, Copy)]
pub struct PolicyChange<'a> {
    /// The name of its reader.
    pub name: &'a str,
    pub effective: Timestamp,
    pub changes: &'a str,
    /// Where the new text stands.
    pub link: &'a str,
    /// Where every version stands.
    pub versions: &'a str,
    pub sha256: &'a str,
}

/// "The policy changes on that day": to every account, before that day.
#[must_use]
pub fn policy_changed(change: PolicyChange<'_>) -> Letter {
    let PolicyChange {
        name,
        effective,
        changes,
        link,
        versions,
        sha256,
    } = change;
    let day = effective.day_words();
    Letter {
        subject: format!("Our privacy policy changes on {day}"),
        body: format!(
            "Hello {},\n\nour privacy policy changes. The new version takes effect on {day}.\n\nWhat is different: \
             {changes}\n\nThe new text:\n\n{link}\n\nAll versions, word for word:\n\n{versions}\n\nFingerprint \
             of the new text (SHA-256):\n{sha256}\n\nWhen you sign in, a notice asks you to confirm that you have seen \
             it. If you do not agree, you can\ndownload your data and delete your account in the privacy centre at any \
             time.\n\n--\nSpectr\nYou get this mail because of your account. There is no newsletter to leave.\n",
            one_line(name),
        ),
    }
}

/// Who wrote, and what.
pub struct Sender<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub organisation: Option<&'a str>,
    pub message: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_senders_mail_holds_nothing_of_what_was_written() {
        let request = Received {
            kind: RequestKind::Demo,
            reference: "7F3A-91C2-55E0",
            due: Timestamp(0),
        };
        let letter = received(&request);
        assert!(letter.body.contains("7F3A-91C2-55E0") && letter.body.contains("1 January 1970"));
    }
}
