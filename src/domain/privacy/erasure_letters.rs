//! The mails of an erasure. They name dates and the receipt, and hold nothing that a person typed
//! but the name.

use super::constants::{ERASURE_GRACE_DAYS, ERASURE_WAIT_DAYS, MAIL_TOKEN_MINUTES};
use crate::domain::mail::Letter;
use crate::domain::timestamp::Timestamp;

fn letter(subject: &str, name: &str, paragraphs: &[String]) -> Letter {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = name.replace("://", " ");
    let text = paragraphs.join("\n\n");
    Letter {
        subject: subject.to_owned(),
        body: format!("Hello {name},\n\n{text}\n\n--\nSpectr\nYou get this mail because of your account.\n"),
    }
}

/// The keys are gone; the rest follows on a date, and can be called off.
#[must_use]
pub fn pending(name: &str, erase_at: Timestamp, receipt: &str, cancel: &str) -> Letter {
    letter(
        "Your Spectr account will be deleted",
        name,
        &[
            "your account is being deleted, as was asked for. Your keys and all open\n\
             links are gone already, and every other device was signed out."
                .to_owned(),
            format!("Everything else goes on {}.", erase_at.human()),
            format!("Until then you can call it off; the keys do not come back:\n\n{cancel}"),
            format!("Your receipt, readable without signing in:\n\n{receipt}"),
        ],
    )
}

/// Everything is being deleted at this moment.
#[must_use]
pub fn at_once(name: &str, receipt: &str) -> Letter {
    letter(
        "Your Spectr account is deleted",
        name,
        &[
            "your account and everything that belongs to it is being deleted now.\nThis is the last mail to you."
                .to_owned(),
            format!("Your receipt, readable without signing in:\n\n{receipt}"),
            "Thank you for having been here.".to_owned(),
        ],
    )
}

/// The account is back.
#[must_use]
pub fn cancelled(name: &str, when: &str, forgot: &str) -> Letter {
    letter(
        "Your Spectr account stays",
        name,
        &[
            format!("the deletion of your account was called off on {when}."),
            "Everything is as it was, but for the keys and links that were deleted\n\
             when it was asked for: add your keys again when you need them."
                .to_owned(),
            format!("If it was not you, set a new password at once:\n\n{forgot}"),
        ],
    )
}

/// The link that begins a deletion without the second factor.
#[must_use]
pub fn confirm_mailed(name: &str, link: &str) -> Letter {
    letter(
        "Delete your Spectr account",
        name,
        &[
            "somebody, hopefully you, asked to delete your account without its password\nor second factor. \
             To begin, open:"
                .to_owned(),
            link.to_owned(),
            format!("The link works once, for {MAIL_TOKEN_MINUTES} minutes. If it was not you, ignore this mail."),
        ],
    )
}

/// A mailed request has begun to wait.
#[must_use]
pub fn waiting(name: &str, due: Timestamp, receipt: &str, cancel: &str) -> Letter {
    letter(
        "Your Spectr account is about to be deleted",
        name,
        &[
            "the deletion of your account was asked for by a link to this mailbox,\n\
             without the account's second factor. So it waits first."
                .to_owned(),
            format!(
                "For {ERASURE_WAIT_DAYS} days nothing happens. On {} your keys are deleted,\n\
                 and {ERASURE_GRACE_DAYS} days later everything else.",
                due.human()
            ),
            format!("If it was not you, or you found your second factor, call it off:\n\n{cancel}"),
            format!("Your receipt, readable without signing in:\n\n{receipt}"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_line_and_makes_no_link() {
        let letter = pending("Eve\r\nhttp://bad.example", Timestamp(0), "R", "C");
        assert!(
            letter.body.starts_with("Hello Eve  http bad.example,\n"),
            "{}",
            letter.body
        );
    }
}
