//! Mails about a request on its way: to its sender the answer or a longer wait, to the operator what is due.
//!
//! The operator's hold nothing of what was written and nothing about the sender.

use super::requests::RequestKind;
use crate::domain::mail::Letter;
use crate::domain::timestamp::Timestamp;

/// What all of these name.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub kind: RequestKind,
    pub reference: &'a str,
    pub due: Timestamp,
}

/// The answer.
#[must_use]
pub fn answered(about: &About<'_>, answer: &str) -> Letter {
    let About { kind, reference, .. } = about;
    Letter {
        subject: format!("The answer to your request {reference}"),
        body: format!(
            "Hello,\n\nthis is the answer to your request {reference} ({}).\n\n{answer}\n\n\
             If it does not settle the matter, write again and name the reference. For privacy requests you may also\n\
             turn to a supervisory authority.\n\n--\nSpectr\n",
            kind.name(),
        ),
    }
}

/// It takes longer: until when, and why.
#[must_use]
pub fn extended(about: &About<'_>, reason: &str) -> Letter {
    let About { kind, reference, due } = about;
    Letter {
        subject: format!("Your request {reference} takes longer"),
        body: format!(
            "Hello,\n\nyour request {reference} ({}) will be answered by {}.\n\nWhy it takes longer:\n\n{reason}\n\n\
             You may turn to a supervisory authority about this.\n\n--\nSpectr\n",
            kind.name(),
            due.human(),
        ),
    }
}

/// To the operator: due soon.
#[must_use]
pub fn due_soon(about: &About<'_>) -> Letter {
    let About { kind, reference, due } = about;
    Letter {
        subject: format!("Due soon: request {reference}"),
        body: format!(
            "{}: request {reference} is due on {}.\n\nRead it:   spectr admin request show {reference}\n\
             Answer it: spectr admin request close {reference} --answer @FILE\n",
            kind.name(),
            due.human(),
        ),
    }
}

/// To the operator, once a day: the promise is broken.
#[must_use]
pub fn overdue(about: &About<'_>) -> Letter {
    let About { kind, reference, due } = about;
    Letter {
        subject: format!("OVERDUE: request {reference}"),
        body: format!(
            "{}: request {reference} was due on {} and has no answer.\n\n\
             Read it:   spectr admin request show {reference}\n\
             Answer it: spectr admin request close {reference} --answer @FILE\n",
            kind.name(),
            due.human(),
        ),
    }
}
