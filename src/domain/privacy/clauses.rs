//! The promises of the policy, one by one: the sentence, the constants in it, the probe that looks at
//! the running server, the job that keeps it, and the test that guards it.
//!
//! The proof page, the margin of the policy and `cargo xtask clauses` read this one list (the last of
//! them as text: each `test:` stands on a line of its own). Numbers come from [`super::constants`]: a
//! sentence names them in braces and cannot hold another one.

use super::constants::{
    BCRYPT_COST, CLOSED_REQUEST_RETENTION_DAYS, ERASURE_DAYS, GENERAL_REQUEST_BUSINESS_DAYS, IP_RETENTION_DAYS,
    MINIMUM_AGE_YEARS, PRIVACY_REQUEST_DAYS, SECURITY_REQUEST_HOURS, SESSION_IDLE_DAYS, USAGE_RETENTION_DAYS,
};

/// One promise.
#[derive(Debug)]
pub struct Clause {
    /// 1 to 33.
    pub number: u8,
    pub title: &'static str,
    /// With the names of constants in braces; see [`Clause::sentence`].
    text: &'static str,
    /// What the sentence's numbers are called in the code, with their values.
    pub constants: &'static [(&'static str, i64)],
    /// What looks at the running server.
    pub probe: Probe,
    /// The section of the policy to which the sentence belongs.
    pub section: &'static str,
    /// The job that keeps the promise, where time has to pass for it.
    pub job: Option<&'static str>,
    /// The test that guards it; `tests/clauses` holds it for both databases.
    pub test: &'static str,
}

/// What is looked at. Each reads this very server; `features::privacy::proof` says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Probe {
    AccountColumns,
    PasswordHashes,
    KeySeals,
    Credentials,
    CallVocabulary,
    OneCookie,
    ForeignHosts,
    Purposes,
    MarketingMails,
    DialledHosts,
    DatabaseAccess,
    Region,
    SealedColumns,
    SigningSecret,
    Headers,
    Traces,
    OldestUsage,
    OldestSession,
    DeletionDoors,
    ErasuresDue,
    RequestsDue,
    Authorities,
    AgeConfirmed,
    ChildFastPath,
    Acceptances,
    AnswersDue,
    PlatformKeyHashes,
    RevokedKeys,
    OldestAddress,
    CardNumbers,
    LegalBases,
    WithoutCookies,
    SavedContent,
}

impl Clause {
    /// The sentence with its numbers.
    #[must_use]
    pub fn sentence(&self) -> String {
        let filled =
            |text: String, (name, value): &(&str, i64)| text.replace(&format!("{{{name}}}"), &value.to_string());
        self.constants.iter().fold(self.text.to_owned(), filled)
    }

    /// The clause with this number.
    #[must_use]
    pub fn find(number: u8) -> Option<&'static Self> {
        CLAUSES.iter().find(|clause| clause.number == number)
    }
}

/// Names and values of constants, from one place.
macro_rules! constants {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), $name as i64)),*] };
}

/// A row of the list.
macro_rules! clause {
    ($number:literal, $title:literal, $text:literal, [$($constant:ident),*], $probe:ident, $section:literal, $job:expr,
        test: $test:literal) => {
        Clause {
            number: $number,
            title: $title,
            text: $text,
            constants: constants![$($constant),*],
            probe: Probe::$probe,
            section: $section,
            job: $job,
            test: $test,
        }
    };
}

/// All promises in order.
#[rustfmt::skip]
pub const CLAUSES: [Clause; 33] = [
    clause!(1, "What an account needs", "Registration asks for a name and an email address only; organisation, phone and postal address are optional lines of the profile.",
        [], AccountColumns, "collected", None,
        test: "clause_01_only_name_and_email_are_required"),
    clause!(2, "Passwords", "Of a password only a bcrypt hash with cost factor {BCRYPT_COST} is kept; the password itself is never stored.",
        [BCRYPT_COST], PasswordHashes, "collected", None,
        test: "clause_02_passwords_are_kept_as_bcrypt_cost_12"),
    clause!(3, "Provider keys", "Provider keys are sealed with AES-256-GCM; the plain key exists only in the server's memory while one call is made.",
        [], KeySeals, "collected", None,
        test: "clause_03_keys_are_sealed_and_plain_only_during_a_call"),
    clause!(4, "Five providers, your own key", "Calls go to the provider you picked with the credential you picked; one credential never silently replaces another.",
        [], Credentials, "recipients", None,
        test: "clause_04_five_providers_with_the_users_own_key"),
    clause!(5, "Prompts and answers", "Of a call only metadata is kept: prompts and answers are neither stored nor logged.",
        [], CallVocabulary, "content", None,
        test: "clause_05_prompts_and_answers_are_nowhere_after_a_call"),
    clause!(6, "One cookie", "There is one cookie: signed, set when you sign in, only to keep you signed in. No analytics.",
        [], OneCookie, "cookies", None,
        test: "clause_06_there_is_one_signed_cookie_and_no_other"),
    clause!(7, "No third-party scripts", "Pages load no scripts, fonts or images from other hosts.",
        [], ForeignHosts, "cookies", None,
        test: "clause_07_no_page_loads_anything_from_another_host"),
    clause!(8, "Listed purposes only", "Every field that can hold personal data has a listed purpose, and there is no field without one.",
        [], Purposes, "purposes", None,
        test: "clause_08_every_column_has_a_listed_purpose"),
    clause!(9, "No marketing without opt-in", "There is no marketing mail without your explicit opt-in, which is off by default for each kind.",
        [], MarketingMails, "purposes", None,
        test: "clause_09_marketing_mail_needs_a_live_consent"),
    clause!(10, "No selling, no sharing", "Your data goes to nobody but the published list of recipients and what you connect yourself.",
        [], DialledHosts, "recipients", None,
        test: "clause_10_only_listed_hosts_are_dialled"),
    clause!(11, "Access to the database", "A database on another machine is spoken to only over verified TLS, a file is readable by its owner only, and the running service needs no right to change the schema.",
        [], DatabaseAccess, "security", None,
        test: "clause_11_a_remote_database_needs_verified_tls_and_no_ddl"),
    clause!(12, "Region", "The region in which this server stores data is named on the policy.",
        [], Region, "security", None,
        test: "clause_12_the_region_is_named_and_required_in_production"),
    clause!(13, "Encryption at rest", "Every personal field is sealed with AES-256-GCM under a key of your own that is kept apart from the data.",
        [], SealedColumns, "security", None,
        test: "clause_13_a_stolen_database_shows_nobody"),
    clause!(14, "Signing secret", "The secret that signs the session cookie never leaves the server.",
        [], SigningSecret, "security", None,
        test: "clause_14_the_signing_secret_never_leaves_the_server"),
    clause!(15, "Headers", "Every response carries Content-Security-Policy, X-Frame-Options: DENY, X-Content-Type-Options, Referrer-Policy and, in production, Strict-Transport-Security.",
        [], Headers, "security", None,
        test: "clause_15_every_response_carries_the_security_headers"),
    clause!(16, "LangSmith", "Traces go to LangSmith only with your own key, your switch and your consent; they hold metadata, never content.",
        [], Traces, "recipients", None,
        test: "clause_16_langsmith_needs_key_switch_and_consent"),
    clause!(17, "Usage", "Metadata of your calls is kept {USAGE_RETENTION_DAYS} days, then deleted automatically.",
        [USAGE_RETENTION_DAYS], OldestUsage, "retention", Some("usage_purge"),
        test: "clause_17_usage_rows_are_gone_after_90_days"),
    clause!(18, "Sessions", "A session ends after {SESSION_IDLE_DAYS} days without use.",
        [SESSION_IDLE_DAYS], OldestSession, "retention", Some("session_purge"),
        test: "clause_18_sessions_end_after_30_days_of_inactivity"),
    clause!(19, "Ways to delete", "You delete your account yourself in the settings at any time, or ask for it by mail.",
        [], DeletionDoors, "rights", None,
        test: "clause_19_deletion_by_settings_and_by_mail_end_alike"),
    clause!(20, "Deletion", "When you delete your account, keys go immediately and everything else within {ERASURE_DAYS} days, backups included.",
        [ERASURE_DAYS], ErasuresDue, "retention", Some("erasures_due"),
        test: "clause_20_keys_go_at_once_and_everything_within_30_days"),
    clause!(21, "Your requests", "Access, rectification, erasure, portability and objection are answered within {PRIVACY_REQUEST_DAYS} days; most of them at once, by yourself.",
        [PRIVACY_REQUEST_DAYS], RequestsDue, "rights", None,
        test: "clause_21_privacy_requests_have_a_30_day_clock"),
    clause!(22, "Complaints", "You may complain to a supervisory authority; the policy links to the list of them.",
        [], Authorities, "rights", None,
        test: "clause_22_the_policy_links_to_the_supervisory_authorities"),
    clause!(23, "Minimum age", "Spectr is not for people under {MINIMUM_AGE_YEARS}; of your age only \"passed\" is kept, and a refusal keeps nothing.",
        [MINIMUM_AGE_YEARS], AgeConfirmed, "children", None,
        test: "clause_23_a_refused_age_leaves_nothing"),
    clause!(24, "A child's data", "If a child has given us data, it is deleted promptly, without the usual days of grace.",
        [], ChildFastPath, "children", Some("erasures_due"),
        test: "clause_24_a_childs_account_is_erased_without_grace"),
    clause!(25, "Changes of the policy", "Material changes are announced by mail and in the product before they take effect; your acceptance is recorded with a fingerprint of the exact text.",
        [], Acceptances, "changes", None,
        test: "clause_25_a_new_version_is_mailed_once_and_shown_until_acknowledged"),
    clause!(26, "Answers", "General questions are answered within {GENERAL_REQUEST_BUSINESS_DAYS} business days, reports of security problems within {SECURITY_REQUEST_HOURS} hours; closed requests are erased after {CLOSED_REQUEST_RETENTION_DAYS} days.",
        [GENERAL_REQUEST_BUSINESS_DAYS, SECURITY_REQUEST_HOURS, CLOSED_REQUEST_RETENTION_DAYS], AnswersDue, "contact", Some("closed_request_purge"),
        test: "clause_26_every_request_has_a_due_date"),
    clause!(27, "Platform keys", "Of a platform key only a SHA-256, its prefix and its last four characters are kept; the key itself is shown once.",
        [], PlatformKeyHashes, "collected", None,
        test: "clause_27_platform_keys_are_shown_once_and_kept_as_hash"),
    clause!(28, "Leaked keys", "A compromised key is rotated by yourself or burnt by whoever found it, and is dead on the next request.",
        [], RevokedKeys, "security", None,
        test: "clause_28_a_revoked_or_leaked_key_is_dead_on_the_next_request"),
    clause!(29, "IP addresses and pages", "IP addresses are kept for security events only, sealed, for {IP_RETENTION_DAYS} days; pages you visit are not recorded.",
        [IP_RETENTION_DAYS], OldestAddress, "retention", Some("security_event_purge"),
        test: "clause_29_addresses_go_after_30_days_and_pages_are_not_recorded"),
    clause!(30, "Payments", "There is no payment data, and card numbers that you write to us are masked before anything is stored.",
        [], CardNumbers, "collected", None,
        test: "clause_30_card_numbers_are_masked_before_they_are_stored"),
    clause!(31, "Legal bases", "Every purpose has a legal basis; a disclosure that the law compels is written down and appears in your security log.",
        [], LegalBases, "purposes", None,
        test: "clause_31_purposes_have_a_basis_and_disclosures_are_recorded"),
    clause!(32, "Browser's control", "With cookies blocked the public pages work, and signing in explains what is missing.",
        [], WithoutCookies, "cookies", None,
        test: "clause_32_without_cookies_public_pages_work_and_sign_in_explains"),
    clause!(33, "Your content", "Your content stays in your browser unless you save it; what you save is sealed, exported and erased with the account.",
        [], SavedContent, "content", None,
        test: "clause_33_content_reaches_the_server_only_when_saved"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_probes_and_tests_are_each_given_once_and_in_order() {
        for (clause, number) in CLAUSES.iter().zip(1..) {
            assert_eq!(clause.number, number);
            assert!(
                clause.test.starts_with(&format!("clause_{number:02}_")),
                "{}",
                clause.test
            );
        }
        let probes: std::collections::HashSet<_> = CLAUSES.iter().map(|clause| clause.probe).collect();
        assert_eq!(probes.len(), CLAUSES.len());
    }

    #[test]
    fn a_sentence_holds_no_number_but_constants() {
        for clause in &CLAUSES {
            let sentence = clause.sentence();
            assert!(!sentence.contains('{') && sentence.ends_with('.'), "{sentence}");
            let without_names = clause.text.replace("AES-256-GCM", "").replace("SHA-256", "");
            assert!(
                !without_names.contains(|it: char| it.is_ascii_digit()),
                "{}",
                clause.text
            );
            for (name, value) in clause.constants {
                assert!(clause.text.contains(&format!("{{{name}}}")), "{name}");
                assert!(sentence.contains(&value.to_string()), "{sentence}");
            }
        }
    }

    #[test]
    fn every_sentence_belongs_to_a_section_of_the_policy() {
        let sections = crate::domain::privacy::policy::policy();
        for clause in &CLAUSES {
            let found = sections.iter().any(|section| section.id == clause.section);
            assert!(found, "{} names {}", clause.number, clause.section);
        }
    }
}
