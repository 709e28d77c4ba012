//! The privacy policy as data: what is held comes from [`super::inventory`] and every number from
//! [`super::constants`], so that the text cannot say something else than what the server does.
//!
//! Who operates a server, where, and how to reach them differs between servers and stands beside the
//! text, not in it: the text, and with it the hash that an acceptance records, is the same everywhere.
//! Every text that was ever published is a file in `versions/`; a test fails when this one differs
//! from the newest of them.

use super::constants::{
    BACKUP_RETENTION_DAYS, BCRYPT_COST, CLOSED_REQUEST_RETENTION_DAYS, ERASURE_DAYS, ERASURE_GRACE_DAYS,
    ERASURE_WAIT_DAYS, GENERAL_REQUEST_BUSINESS_DAYS, IP_RETENTION_DAYS, MAIL_TOKEN_MINUTES, MINIMUM_AGE_YEARS,
    NOT_ME_LINK_DAYS, PRIVACY_REQUEST_DAYS, SECURITY_EVENT_RETENTION_DAYS, SECURITY_REQUEST_HOURS, SESSION_IDLE_DAYS,
    UNVERIFIED_RETENTION_DAYS, USAGE_RETENTION_DAYS,
};
use super::inventory::{self, Basis, Purpose, Span, Table};

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
            text(
                "Only what the service needs. This table is made from the list by which the server itself exports, \
                 deletes and checks its database; nothing else about you is stored.",
            ),
            held(),
            text(format!(
                "Your password is never stored, only a bcrypt hash of it (cost factor {BCRYPT_COST}). The plain form \
                 of a provider key exists only in the server's memory while one call is made, and is never written to \
                 a log, a page or a file. Pages that you visit are not recorded. There are no payments in the product, \
                 so there is no payment data.",
            )),
        ],
    )
}

/// One row per table that is about people.
fn held() -> Block {
    let rows = inventory::Section::ALL
        .into_iter()
        .flat_map(inventory::Section::tables)
        .map(|table| {
            vec![
                format!("{}: {}", table.title, table.holds),
                table.purpose.name().to_owned(),
                capitalised(table.purpose.basis().name()),
                kept(table),
            ]
        });
    Block::Table {
        head: &["What", "What for", "On what basis", "How long"],
        rows: rows.collect(),
    }
}

/// How long a table's rows are kept, and what in them goes sooner.
#[must_use]
pub fn kept(table: &Table) -> String {
    let mut words = capitalised(&table.retention.words());
    for column in table.columns {
        if let Some(retention) = column.retention {
            words.push_str(&format!("; {}: {}", column.label(), retention.words()));
        }
    }
    words
}

/// With a capital first letter.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn purposes() -> Section {
    let purposes = Purpose::ALL
        .into_iter()
        .map(|purpose| (purpose.name(), purpose_sentence(purpose)));
    Section::new(
        "purposes",
        "2. What it is used for, and on what basis",
        vec![
            list(purposes),
            text(
                "Nothing else: no advertising, no profiling, no training of models. There is no marketing mail \
                 without your explicit opt-in. Your data is not sold, rented or shared for anybody else's purposes.",
            ),
            text(
                "We disclose data to an authority only where the law compels us, only what it compels, and each \
                 disclosure is written down.",
            ),
        ],
    )
}

fn purpose_sentence(purpose: Purpose) -> String {
    let basis = purpose.basis();
    let right = match basis {
        Basis::Consent => " You can withdraw it at any time.",
        Basis::LegitimateInterest => " You can object.",
        Basis::Contract | Basis::LegalObligation | Basis::None => "",
    };
    format!(
        "{} Basis: {} ({}).{right}",
        purpose.words(),
        basis.name(),
        basis.article()
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
                 there. Whoever uses the same browser profile may read them. Test reports are read there, too; of one \
                 that you save, the server keeps what you chose and saw beforehand, sealed.",
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
                "Each provider's own privacy policy governs what it does with a request. LangSmith \
                 receives the metadata of your calls, never their text, and only if you add your own key for it, \
                 switch it on and consent. There is no telemetry. The complete list of recipients: \
                 [subprocessors](/privacy/subprocessors).",
            ),
        ],
    )
}

fn retention() -> Section {
    let days = |days: i64| Span::Days(days).words();
    Section::new(
        "retention",
        "7. How long it is kept",
        vec![
            list([
                (
                    "Account",
                    format!(
                        "until you delete it. A sign-up that is not confirmed is deleted by itself after {}.",
                        days(UNVERIFIED_RETENTION_DAYS)
                    ),
                ),
                (
                    "Provider keys",
                    "until you delete them: immediately, the moment you press the button.".to_owned(),
                ),
                (
                    "Usage",
                    format!("{}, then deleted automatically.", days(USAGE_RETENTION_DAYS)),
                ),
                (
                    "Sessions",
                    format!(
                        "end after {} without use, or when you sign out.",
                        days(SESSION_IDLE_DAYS)
                    ),
                ),
                (
                    "Security events",
                    format!(
                        "{}; the IP address in them {}.",
                        days(SECURITY_EVENT_RETENTION_DAYS),
                        days(IP_RETENTION_DAYS)
                    ),
                ),
                (
                    "Links in mails",
                    format!(
                        "{}; the link \"this was not me\" in alerts {}.",
                        Span::Minutes(MAIL_TOKEN_MINUTES).words(),
                        days(NOT_ME_LINK_DAYS)
                    ),
                ),
                (
                    "Requests",
                    format!("{} after they are closed.", days(CLOSED_REQUEST_RETENTION_DAYS)),
                ),
            ]),
            text(format!(
                "When an account is deleted, its provider keys are deleted immediately and all other personal data \
                 within {}, backups included. You can call a deletion off for {}, or have everything erased at once. \
                 Where the deletion was asked for by a mailed link alone, it waits {} first. Backups are deleted \
                 after {}, and none of them opens what was erased.",
                days(ERASURE_DAYS),
                days(ERASURE_GRACE_DAYS),
                days(ERASURE_WAIT_DAYS),
                days(BACKUP_RETENTION_DAYS)
            )),
        ],
    )
}

fn rights() -> Section {
    Section::new(
        "rights",
        "8. Your rights",
        vec![
            text(
                "Most of them you exercise yourself, at once, in the [privacy centre](/settings/privacy); for all of \
                 them you can write to us.",
            ),
            list([
                (
                    "Access",
                    "[everything that is held about you](/settings/privacy), category by category.".to_owned(),
                ),
                (
                    "Rectification",
                    "correct what is wrong; name, address and profile yourself in the [settings](/settings/profile)."
                        .to_owned(),
                ),
                (
                    "Erasure",
                    "[delete your account](/settings/privacy/delete) and all that belongs to it.".to_owned(),
                ),
                (
                    "Portability",
                    "[download your data](/settings/privacy/export) in structured, machine-readable files, and take \
                     them to another account."
                        .to_owned(),
                ),
                (
                    "Objection and restriction",
                    "[against a purpose](/settings/privacy/rights), or a consent withdrawn.".to_owned(),
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
             changes with them. Which version you accepted is recorded with a fingerprint of its exact text. \
             [Every version](/privacy/versions) stays readable.",
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
