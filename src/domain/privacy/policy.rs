//! The privacy policy as data: every number comes from [`super::constants`], so that the text cannot
//! say something else than what the jobs do.
//!
//! Who operates a server, where, and how to reach them differs between servers and stands beside the
//! text, not in it: the text, and with it the hash that an acceptance records, is the same everywhere.
//! A change of meaning needs a new `POLICY_VERSION`.

use super::constants::{
    BCRYPT_COST, CLOSED_REQUEST_RETENTION_DAYS, ERASURE_DAYS, GENERAL_REQUEST_BUSINESS_DAYS, IP_RETENTION_DAYS,
    MAIL_TOKEN_MINUTES, MINIMUM_AGE_YEARS, PRIVACY_REQUEST_DAYS, SECURITY_EVENT_RETENTION_DAYS, SECURITY_REQUEST_HOURS,
    SESSION_IDLE_DAYS, USAGE_RETENTION_DAYS,
};

pub use super::document::{Block, Section, list, plain, text};

/// Where complaints may be lodged: the European Data Protection Board's list of authorities.
pub const AUTHORITIES_URL: &str = "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en";

/// The sections of the policy in order.
#[must_use]
pub fn policy() -> Vec<Section> {
    vec![
        collected(),
        purposes(),
        content(),
        security(),
        cookies(),
        recipients(),
        retention(),
        rights(),
        children(),
        changes(),
        contact(),
    ]
}

/// The exact text of the policy: what the hash of an acceptance is taken of.
#[must_use]
pub fn policy_text() -> String {
    plain(&policy())
}

fn collected() -> Section {
    Section::new(
        "collected",
        "1. What we hold",
        vec![
            text("Only what the service needs. Each entry says what it is, and nothing else about you is stored."),
            list([
                (
                    "Account",
                    format!(
                        "your name, your email address and a bcrypt hash of your password (cost factor {BCRYPT_COST}). \
                         The password itself is never stored. Organisation, phone and postal address are optional \
                         lines of your profile. Of your age only \"passed\" is kept."
                    ),
                ),
                (
                    "Provider keys",
                    "keys for language models that you add, sealed with AES-256-GCM before they are stored. The plain \
                     key exists only in the server's memory while one call is made, and is never written to a log, a \
                     page or a file."
                        .to_owned(),
                ),
                (
                    "Usage",
                    "one line per call: provider, model, tokens, duration, cost estimate, outcome. No text of the call."
                        .to_owned(),
                ),
                (
                    "Sessions and security events",
                    "sign-ins and changes to your account, with the IP address and the browser's family and version. \
                     Pages that you visit are not recorded."
                        .to_owned(),
                ),
                (
                    "Requests",
                    "what you write in the contact form, with your name and address so that we can answer. Card \
                     numbers are masked before anything is stored."
                        .to_owned(),
                ),
            ]),
            text("There are no payments in the product, so there is no payment data."),
        ],
    )
}

fn purposes() -> Section {
    Section::new(
        "purposes",
        "2. What it is used for, and on what basis",
        vec![
            list([
                (
                    "To run your account",
                    "sign-in, sessions, routing your requests to the provider that you chose, showing you usage and \
                     cost. Basis: the contract with you."
                        .to_owned(),
                ),
                (
                    "To keep it secure",
                    "the security log, throttling, limits. Basis: our and your legitimate interest in security."
                        .to_owned(),
                ),
                (
                    "To write to you",
                    "confirmation of an address, password resets, security alerts, budget alerts that you set, \
                     changes of this policy, answers to what you ask. Basis: the contract with you."
                        .to_owned(),
                ),
                (
                    "To answer requests",
                    "from people with or without an account. Basis: legitimate interest in answering, or our legal \
                     obligation where you exercise a right."
                        .to_owned(),
                ),
            ]),
            text(
                "Nothing else: no advertising, no profiling, no training of models. There is no marketing mail \
                 without your explicit opt-in; today there is none at all. Your data is not sold, rented or shared \
                 for anybody else's purposes.",
            ),
            text(
                "We disclose data to an authority only where the law compels us, only what it compels, and each \
                 disclosure is written down.",
            ),
        ],
    )
}

fn content() -> Section {
    Section::new(
        "content",
        "3. Prompts and answers",
        vec![
            text(
                "Spectr passes your messages to the provider and streams the answer to your browser. Neither is \
                 stored or logged on the server; they are gone from it when the stream ends, also when it fails.",
            ),
            text(
                "Your conversations with JARVIS are kept in your own browser, per account, until you forget them \
                 there. Whoever uses the same browser profile may read them.",
            ),
        ],
    )
}

fn security() -> Section {
    Section::new(
        "security",
        "4. Where it is stored and how it is protected",
        vec![list([
            (
                "At rest",
                "every personal field is sealed with AES-256-GCM under a key of your own, which is kept apart from \
                 the data. Your address is found by a keyed index. A stolen database shows no names, addresses or keys."
                    .to_owned(),
            ),
            (
                "In transit",
                "TLS in production. A database on another machine is spoken to only over verified TLS, and the \
                 running service can be given a database role without the right to change the schema."
                    .to_owned(),
            ),
            (
                "Sessions",
                "one signed cookie. The secret that signs it never leaves the server.".to_owned(),
            ),
            (
                "Every response",
                "carries Content-Security-Policy, X-Frame-Options: DENY, X-Content-Type-Options, Referrer-Policy and, \
                 in production, Strict-Transport-Security."
                    .to_owned(),
            ),
            (
                "Region",
                "the place where this server stores data is named at the top of this page.".to_owned(),
            ),
        ])],
    )
}

fn cookies() -> Section {
    Section::new(
        "cookies",
        "5. Cookies",
        vec![text(
            "One cookie, only after you sign in, only to keep you signed in. No analytics, no tracking, no scripts, \
             fonts or images from other hosts. Your browser lets you block or delete it; public pages work without \
             it. [All about cookies and browser storage](/privacy/cookies).",
        )],
    )
}

fn recipients() -> Section {
    Section::new(
        "recipients",
        "6. Who else receives data",
        vec![
            text(
                "When you send a message, it goes to the one provider that you picked, with your own key: Anthropic, \
                 OpenAI, Google, Mistral, Groq, or a server that you name yourself. Where the operator offers trial \
                 calls, they use the operator's key and say so. One credential is never silently replaced by another.",
            ),
            text(
                "Each provider's own privacy policy governs what it does with a request. No traces or telemetry are \
                 sent to LangSmith or anyone else. The complete list of recipients: \
                 [subprocessors](/privacy/subprocessors).",
            ),
        ],
    )
}

fn retention() -> Section {
    let months = CLOSED_REQUEST_RETENTION_DAYS / 30;
    Section::new(
        "retention",
        "7. How long it is kept",
        vec![
            list([
                (
                    "Account",
                    "until you ask for its deletion. A sign-up that is never confirmed is removed by itself."
                        .to_owned(),
                ),
                (
                    "Provider keys",
                    "until you delete them: immediately, the moment you press the button.".to_owned(),
                ),
                (
                    "Usage",
                    format!("{USAGE_RETENTION_DAYS} days, then deleted automatically."),
                ),
                (
                    "Sessions",
                    format!("end after {SESSION_IDLE_DAYS} days without use, or when you sign out."),
                ),
                (
                    "Security events",
                    format!("{SECURITY_EVENT_RETENTION_DAYS} days; the IP address in them {IP_RETENTION_DAYS} days."),
                ),
                ("Links in mails", format!("{MAIL_TOKEN_MINUTES} minutes.")),
                ("Requests", format!("{months} months after they are closed.")),
            ]),
            text(format!(
                "When an account is deleted, its provider keys are deleted immediately and all other personal data \
                 within {ERASURE_DAYS} days, backups included."
            )),
        ],
    )
}

fn rights() -> Section {
    Section::new(
        "rights",
        "8. Your rights",
        vec![
            list([
                ("Access", "a copy of everything we hold about you.".to_owned()),
                (
                    "Rectification",
                    "correct what is wrong; name, address and profile yourself in the [settings](/settings/profile)."
                        .to_owned(),
                ),
                (
                    "Erasure",
                    "the deletion of your account and all that belongs to it.".to_owned(),
                ),
                (
                    "Portability",
                    "your data in a structured, machine-readable form; usage as CSV or JSON on the \
                     [dashboard](/dashboard) at any time."
                        .to_owned(),
                ),
                (
                    "Objection and restriction",
                    "against any of the purposes above.".to_owned(),
                ),
            ]),
            text(format!(
                "Send a [privacy request](/contact?kind=privacy) or a mail to the address at the top of this page. You \
                 get an answer within {PRIVACY_REQUEST_DAYS} days, and nothing is charged."
            )),
            text(format!(
                "You may complain to a supervisory authority, for example where you live or work: \
                 [list of supervisory authorities in the European Economic Area]({AUTHORITIES_URL})."
            )),
        ],
    )
}

fn children() -> Section {
    Section::new(
        "children",
        "9. Children",
        vec![text(format!(
            "Spectr is not for people under {MINIMUM_AGE_YEARS}. A sign-up that says so is refused and leaves nothing \
             behind. If you believe that a child has given us data, [tell us](/contact?kind=privacy): it is deleted \
             promptly."
        ))],
    )
}

fn changes() -> Section {
    Section::new(
        "changes",
        "10. Changes of this policy",
        vec![text(
            "Material changes are announced by mail and in the product before they take effect, and the date on top \
             changes with them. Which version you accepted is recorded with a fingerprint of its exact text.",
        )],
    )
}

fn contact() -> Section {
    Section::new(
        "contact",
        "11. Contact",
        vec![text(format!(
            "Use the [contact form](/contact) or the address at the top of this page. General questions are answered \
             within {GENERAL_REQUEST_BUSINESS_DAYS} business days, reports of security problems within \
             {SECURITY_REQUEST_HOURS} hours."
        ))],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_holds_the_words_that_the_law_and_the_contract_ask_for() {
        let text = policy_text();
        for words in [
            "supervisory authority",
            "90 days",
            "30 days",
            "AES-256-GCM",
            "cost factor 12",
            "under 16",
            "72 hours",
        ] {
            assert!(text.contains(words), "{words}");
        }
    }

    #[test]
    fn anchors_are_unique() {
        let mut ids: Vec<_> = policy().iter().map(|section| section.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), policy().len());
    }
}
