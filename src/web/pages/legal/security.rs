//! `/security`: how the product protects data, and how to report a weakness.

use super::OperatorFacts;
use crate::domain::privacy::constants::{BCRYPT_COST, SECURITY_REQUEST_HOURS, SESSION_IDLE_DAYS};
use crate::domain::privacy::policy::{Section, list, text};
use crate::web::components::{Document, PublicShell};
use leptos::prelude::*;

#[component]
pub fn Security() -> impl IntoView {
    view! {
        <PublicShell title="Security" description="How Spectr protects data, and how to report a weakness.">
            <Document title="Security" sections=sections()>
                <p class="lead">
                    "How data is protected here, so that you can judge it, and how to tell us where we are wrong."
                </p>
                <p>
                    <a class="button" href="/contact?kind=security">"Report a vulnerability"</a>
                </p>
                <OperatorFacts />
            </Document>
        </PublicShell>
    }
}

fn sections() -> Vec<Section> {
    vec![
        Section::new(
            "report",
            "Report a weakness",
            vec![
                text(format!(
                    "Use the [security form](/contact?kind=security) or the address in \
                     [security.txt](/.well-known/security.txt). A person answers within {SECURITY_REQUEST_HOURS} hours."
                )),
                list([
                    ("", "Test with accounts and data of your own.".to_owned()),
                    (
                        "",
                        "Do not read, change or keep other people's data; stop and report when you meet some."
                            .to_owned(),
                    ),
                    ("", "No denial of service, no spam, no social engineering.".to_owned()),
                    ("", "Give us reasonable time to mend it before you publish.".to_owned()),
                ]),
                text(
                    "Found a platform key of somebody, which begins with `spectr_`? [Burn it](/security/leaked-key): it \
                     stops working at once, and its owner is told.",
                ),
                text("Who keeps to this acts with our permission, and we will say so to anyone who asks."),
            ],
        ),
        Section::new(
            "data",
            "Data at rest",
            vec![list([
                (
                    "Personal fields",
                    "sealed with AES-256-GCM under a random key per person. A sealed value is bound to its table, \
                     column, row and owner: moved elsewhere, it does not open."
                        .to_owned(),
                ),
                (
                    "Data keys",
                    "wrapped by a master key ring and kept in a store of their own. The ring can be rotated online. \
                     Destroying one data key makes everything of that person unreadable, in backups too."
                        .to_owned(),
                ),
                (
                    "Addresses",
                    "found by a keyed index, so that they need not be readable.".to_owned(),
                ),
                (
                    "Passwords",
                    format!(
                        "hashed with bcrypt, cost factor {BCRYPT_COST}, after a keyed pre-hash (HMAC-SHA-384) that \
                         lifts bcrypt's limit of 72 bytes."
                    ),
                ),
            ])],
        ),
        Section::new(
            "keys",
            "Your providers' keys",
            vec![text(
                "A key is tested, sealed and shown never again, only its hint. It is opened for one call, put into one \
                 header, and wiped from memory. It is never in a URL, a log or an error. There is no fallback from your \
                 key to another one. What is out of our reach and therefore not promised: the operating system's swap \
                 and kernel.",
            )],
        ),
        Section::new(
            "sessions",
            "Sessions and sign-in",
            vec![list([
                (
                    "One cookie",
                    format!(
                        "signed, HttpOnly, SameSite=Lax, over https with the prefix __Host-. The server decides on \
                         every request whether the session lives; unused ones end after {SESSION_IDLE_DAYS} days."
                    ),
                ),
                (
                    "Second factor",
                    "one-time codes (TOTP) with recovery codes, in the settings.".to_owned(),
                ),
                (
                    "Guessing",
                    "is slowed down per network and per account without locking anyone out. Answers do not tell \
                     whether an address has an account."
                        .to_owned(),
                ),
                (
                    "Other sites",
                    "cannot make your browser change anything here: requests from other origins are refused."
                        .to_owned(),
                ),
            ])],
        ),
        Section::new(
            "browser",
            "In the browser",
            vec![text(
                "Every response carries a strict Content-Security-Policy (scripts only with a fresh nonce, nothing \
                 from other hosts), no framing, no sniffing, isolation from other origins, and over https \
                 Strict-Transport-Security. Look for yourself: `curl -I` on any address.",
            )],
        ),
        Section::new(
            "outgoing",
            "Outgoing connections",
            vec![text(
                "The server dials only the [published list](/privacy/subprocessors) and base URLs that you give. Those \
                 are resolved once, every address is checked against private and internal networks, and the checked \
                 address is dialled; redirects are not followed.",
            )],
        ),
    ]
}
