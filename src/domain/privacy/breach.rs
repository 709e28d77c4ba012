//! A breach of personal data in the operator's words, and the mail to everybody whom it touched
//! (GDPR, article 34: what happened, what follows from it, what is done, what to do).

use crate::domain::mail::Letter;
use crate::domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// One line.
    pub title: String,
    /// What happened, to which data, what follows from it, what was done, what to do now.
    pub text: String,
}

/// The mail to one person.
#[must_use]
pub fn letter(name: &str, breach: &Breach, found_at: Timestamp, contact: &str) -> Letter {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Letter {
        subject: "A data breach touched your Spectr account".to_owned(),
        body: format!(
            "Hello {name},\n\nwe found on {} that personal data of your account was touched by a breach:\n{}\n\n{}\n\n\
             Questions go to:\n\n{contact}\n\nYou may also turn to a supervisory authority.\n\n--\nSpectr\n\
             The law asks us to tell you this; it cannot be switched off.\n",
            found_at.human(),
            breach.title,
            breach.text,
        ),
    }
}
