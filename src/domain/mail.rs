//! The mails Spectr sends, as text: pure functions from facts to subject and body.
//!
//! Plain text, lines of at most 72 characters around the links. Nothing that a person typed goes
//! into a subject, so that nothing can break out of a header; in a body a name is one line.

use super::privacy::constants::{MAIL_TOKEN_MINUTES, NOT_ME_LINK_DAYS};

/// Subject and body of one mail. Holds links that open accounts: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub body: String,
}

impl Letter {
    fn new(subject: &str, name: &str, paragraphs: &[&str]) -> Self {
        let mut body = format!("Hello {},\n\n", one_line(name));
        for paragraph in paragraphs {
            body.push_str(paragraph);
            body.push_str("\n\n");
        }
        body.push_str("--\nSpectr\nYou get this mail because of your account. There is no newsletter to leave.\n");
        Self {
            subject: subject.to_owned(),
            body,
        }
    }
}

/// A name cannot begin a line of its own or look like a link.
pub(super) fn one_line(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .replace("://", " ")
}

fn lifetime() -> String {
    format!("The link works once, for {MAIL_TOKEN_MINUTES} minutes.")
}

/// The end of every alert: the link that kills sessions and freezes the account.
fn was_not_you(link: &str) -> String {
    format!(
        "If it was not you, say so here within {NOT_ME_LINK_DAYS} days. It signs out every device,\n\
         holds back what cannot be undone, and leads you to a new password:\n\n{link}"
    )
}

/// As [`was_not_you`], where a stranger acted rightly and only the key itself can be a surprise.
fn never_made_it(link: &str) -> String {
    format!(
        "If you never made such a key, somebody else did: say so here within {NOT_ME_LINK_DAYS} days. It\n\
         signs out every device, holds back what cannot be undone, and leads you to a new password:\n\n{link}"
    )
}

/// After "this was not me" on the site: the way to a new password.
#[must_use]
pub fn account_held(name: &str, link: &str) -> Letter {
    Letter::new(
        "Your Spectr account is held: set a new password",
        name,
        &[
            "somebody signed in to your account said \"this was not me\". Every device is\n\
             signed out; deletion, downloads and changes of keys wait.\nSet a new password to go on:",
            link,
            &lifetime(),
        ],
    )
}

/// To a new address: prove that the mailbox is yours.
#[must_use]
pub fn confirm_address(name: &str, link: &str) -> Letter {
    Letter::new(
        "Confirm your address for Spectr",
        name,
        &[
            "somebody, hopefully you, made a Spectr account with this address.\nConfirm that the mailbox is yours:",
            link,
            &lifetime(),
            "If it was not you, ignore this mail: without the confirmation nobody can\n\
             sign in, and the account is deleted by itself.",
        ],
    )
}

/// To an address that has an account already, when somebody signs up with it again.
#[must_use]
pub fn account_exists(name: &str, link: &str, forgot: &str) -> Letter {
    Letter::new(
        "You already have a Spectr account",
        name,
        &[
            "somebody, hopefully you, tried to make a Spectr account with this address.\n\
             It already has one, and nothing about it was changed. Continue here:",
            link,
            &lifetime(),
            &format!("If the password is what is missing, set a new one:\n\n{forgot}"),
            "If it was not you, ignore this mail.",
        ],
    )
}

/// The way back in after a forgotten password.
#[must_use]
pub fn reset_password(name: &str, link: &str) -> Letter {
    Letter::new(
        "Set a new password for Spectr",
        name,
        &[
            "somebody, hopefully you, asked for a new password for your account.\nSet it here:",
            link,
            &lifetime(),
            "Setting a new password signs out every device. If it was not you,\n\
             ignore this mail: your password stays as it is.",
        ],
    )
}

/// After the fact: the password was changed.
#[must_use]
pub fn password_changed(name: &str, when: &str, not_me: &str) -> Letter {
    Letter::new(
        "Your Spectr password was changed",
        name,
        &[
            &format!("the password of your account was changed on {when}.\nOther devices were signed out."),
            &was_not_you(not_me),
        ],
    )
}

/// To the new mailbox of an account that changes its address.
#[must_use]
pub fn confirm_new_address(name: &str, link: &str) -> Letter {
    Letter::new(
        "Confirm your new address for Spectr",
        name,
        &[
            "your Spectr account is to be reached at this address from now on.\nConfirm that the mailbox is yours:",
            link,
            &lifetime(),
            "The change also has to be confirmed from the old address.\n\
             If you did not ask for it, ignore this mail.",
        ],
    )
}

/// To the old mailbox of an account that changes its address.
#[must_use]
pub fn confirm_old_address(name: &str, link: &str, forgot: &str) -> Letter {
    Letter::new(
        "Confirm the change of your address for Spectr",
        name,
        &[
            "somebody signed in to your account asked to change its address.\nIf it was you, agree here:",
            link,
            &lifetime(),
            "The change also has to be confirmed from the new address.",
            &format!(
                "If it was not you, do not open the link: without it nothing changes.\n\
                 Somebody knows your password, so set a new one:\n\n{forgot}"
            ),
        ],
    )
}

/// To both mailboxes once the address has changed.
#[must_use]
pub fn address_changed(name: &str, when: &str, not_me: &str) -> Letter {
    Letter::new(
        "The address of your Spectr account was changed",
        name,
        &[
            &format!("the address of your account was changed on {when}, as was confirmed\nfrom both mailboxes."),
            &was_not_you(not_me),
        ],
    )
}

/// After the fact: the second factor was switched on or off.
#[must_use]
pub fn second_factor_changed(name: &str, when: &str, is_on: bool, not_me: &str) -> Letter {
    let (subject, state) = if is_on {
        ("The second factor of your Spectr account is on", "on")
    } else {
        ("The second factor of your Spectr account is off", "off")
    };
    Letter::new(
        subject,
        name,
        &[
            &format!("the second factor of your account was switched {state} on {when}."),
            &was_not_you(not_me),
        ],
    )
}

/// Somebody signed in from a browser that was not used with the account before.
#[must_use]
pub fn signed_in_anew(name: &str, when: &str, device: &str, not_me: &str) -> Letter {
    Letter::new(
        "A new sign-in to your Spectr account",
        name,
        &[
            &format!(
                "somebody signed in to your account on {when} with a browser that was\nnot used with it before: {device}."
            ),
            &was_not_you(not_me),
        ],
    )
}

/// A recovery code stood in for the second factor.
#[must_use]
pub fn recovery_code_used(name: &str, when: &str, left: usize, not_me: &str) -> Letter {
    Letter::new(
        "A recovery code of your Spectr account was used",
        name,
        &[
            &format!(
                "somebody signed in to your account with a recovery code on {when}.\n\
                 Codes that are left: {left}."
            ),
            &was_not_you(not_me),
        ],
    )
}

/// After the fact: a provider key was added, replaced or deleted. Names the provider, never the key
/// or its label.
#[must_use]
pub fn provider_key_changed(name: &str, change: KeyChange, provider: &str, when: &str, not_me: &str) -> Letter {
    let (subject, what) = match change {
        KeyChange::Added => ("An API key was added to your Spectr account", "was added to"),
        KeyChange::Replaced => ("An API key of your Spectr account was replaced", "was replaced in"),
        KeyChange::Deleted => ("An API key was deleted from your Spectr account", "was deleted from"),
    };
    Letter::new(
        subject,
        name,
        &[
            &format!("a key for {provider} {what} your account on {when}."),
            &was_not_you(not_me),
        ],
    )
}

/// What happened to a provider key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    Added,
    Replaced,
    Deleted,
}

/// After the fact: a platform key was created, replaced, revoked or burned. Never names the key or its
/// label. `keys` leads to the list.
#[must_use]
pub fn platform_key_changed(name: &str, change: PlatformKeyChange, when: &str, (keys, not_me): (&str, &str)) -> Letter {
    let (subject, what) = match change {
        PlatformKeyChange::Created => (
            "A platform key was created for your Spectr account",
            "a key with which programs read your usage was created on",
        ),
        PlatformKeyChange::Replaced => (
            "A platform key of your Spectr account was replaced",
            "a key with which programs read your usage was replaced on",
        ),
        PlatformKeyChange::Revoked => (
            "A platform key of your Spectr account was revoked",
            "a key with which programs read your usage was revoked on",
        ),
        PlatformKeyChange::Leaked => (
            "A leaked platform key of your Spectr account was burned",
            "somebody found one of your platform keys and burned it here on",
        ),
    };
    let first = format!("{what}\n{when}.");
    let paragraphs = if change == PlatformKeyChange::Leaked {
        vec![
            first,
            format!("It has stopped working. Create another where it is needed:\n\n{keys}"),
            "Look for the place where it leaked: a log, a repository, a screenshot.".to_owned(),
            never_made_it(not_me),
        ]
    } else {
        vec![
            first,
            format!("Your keys are listed here:\n\n{keys}"),
            was_not_you(not_me),
        ]
    };
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    Letter::new(subject, name, &paragraphs)
}

/// What happened to a platform key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformKeyChange {
    Created,
    Replaced,
    Revoked,
    /// Somebody found it and gave it in full.
    Leaked,
}

/// After the fact: metadata of calls goes to LangSmith from now on. `link` leads to the switch.
#[must_use]
pub fn tracing_switched_on(name: &str, when: &str, link: &str) -> Letter {
    Letter::new(
        "Tracing to LangSmith is on for your Spectr account",
        name,
        &[
            &format!(
                "metadata of your calls goes to LangSmith since {when}:\n\
                 provider, model, times, tokens, outcome; never a prompt or an answer."
            ),
            &format!("Switch it off, or withdraw your consent, here:\n\n{link}"),
        ],
    )
}

/// Where a budget stands when an alert goes out; amounts and times as text.
#[derive(Clone, Debug)]
pub struct BudgetStand<'a> {
    pub percent: i64,
    /// `daily` or `monthly`.
    pub span: &'a str,
    pub spent: &'a str,
    pub limit: &'a str,
    pub renews: &'a str,
}

/// A budget reached 50, 80 or 100 percent.
#[must_use]
pub fn budget_reached(name: &str, stand: &BudgetStand<'_>, link: &str) -> Letter {
    let BudgetStand {
        percent,
        span,
        spent,
        limit,
        renews,
    } = stand;
    let effect = if *percent >= 100 {
        "Calls that cost money are refused until then, or until you raise it."
    } else {
        "Nothing is stopped yet."
    };
    let subject = if *percent >= 100 {
        format!("Your {span} Spectr budget is spent")
    } else {
        format!("{percent} % of your {span} Spectr budget is spent")
    };
    Letter::new(
        &subject,
        name,
        &[
            &format!("{spent} of your {span} budget of {limit} is spent.\nIt renews on {renews}.\n{effect}"),
            &format!("Look at it or change it:\n\n{link}"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_on_its_line_and_out_of_the_subject() {
        let letter = confirm_address(
            "Eve\r\nBcc: x@y.example\n\nhttps://evil.example",
            "https://s.example/verify?token=t",
        );
        assert!(!letter.subject.contains("Eve"));
        let first = letter.body.lines().next().unwrap();
        assert_eq!(first, "Hello Eve  Bcc: x@y.example  https evil.example,");
    }

    #[test]
    fn a_link_stands_alone_on_its_line() {
        let link = "https://s.example/reset?token=t";
        assert!(reset_password("Ada", link).body.lines().any(|line| line == link));
    }
}
