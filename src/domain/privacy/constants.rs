//! Numbers of the privacy policy. Pages render them, jobs and queries enforce them: there is no
//! second place where any of them is written down.

/// Metadata of calls is kept this long, in days.
pub const USAGE_RETENTION_DAYS: i64 = 90;
/// Sessions end after this many days without a request.
pub const SESSION_IDLE_DAYS: i64 = 30;
/// IP addresses in security events are removed after this many days.
pub const IP_RETENTION_DAYS: i64 = 30;
/// Security events are kept this long, in days.
pub const SECURITY_EVENT_RETENTION_DAYS: i64 = 90;
/// Closed requests are kept this long, in days.
pub const CLOSED_REQUEST_RETENTION_DAYS: i64 = 365;
/// Sign-ups whose address nobody confirmed are deleted after this many days.
pub const UNVERIFIED_RETENTION_DAYS: i64 = 7;
/// Rows of mails that have left are kept this long, in days, against sending the same mail twice.
pub const OUTBOX_RETENTION_DAYS: i64 = 30;
/// What is held from a budget for a call is given back after so long, in hours, whatever happened to the call.
pub const RESERVATION_HOURS: i64 = 1;
/// What is left of a platform key that has expired is deleted after this many days.
pub const EXPIRED_PLATFORM_KEY_DAYS: i64 = 7;
/// Verification and reset links work this long, in minutes.
pub const MAIL_TOKEN_MINUTES: i64 = 30;
/// The link "this was not me" in alerts works this long, in days.
pub const NOT_ME_LINK_DAYS: i64 = 7;
/// The youngest age at which an account may be made.
pub const MINIMUM_AGE_YEARS: u8 = 16;
/// Days within which everything of a deleted account is gone, backups included.
pub const ERASURE_DAYS: i64 = 30;
/// Days in which a deletion can be called off.
pub const ERASURE_GRACE_DAYS: i64 = 7;
/// Days that a deletion waits first where it was asked for by a mailed link alone.
pub const ERASURE_WAIT_DAYS: i64 = 7;
/// Days within which a deletion that is due is done, with all that can go wrong.
pub const ERASURE_PURGE_DAYS: i64 = 2;
/// Backups are deleted after this many days.
pub const BACKUP_RETENTION_DAYS: i64 = 14;
/// The promise holds on every way: all stages together fit into it.
const _: () = assert!(
    ERASURE_WAIT_DAYS + ERASURE_GRACE_DAYS + ERASURE_PURGE_DAYS + BACKUP_RETENTION_DAYS <= ERASURE_DAYS,
    "waiting, grace, purge and backups must fit into the days that the policy promises"
);
/// Days in which a privacy request is answered.
pub const PRIVACY_REQUEST_DAYS: i64 = 30;
/// By how many days the answer to a privacy request may be put off, once and with a reason.
pub const REQUEST_EXTENSION_DAYS: i64 = 60;
/// Business days in which a general request is answered.
pub const GENERAL_REQUEST_BUSINESS_DAYS: u8 = 2;
/// Hours in which a security report is answered.
pub const SECURITY_REQUEST_HOURS: i64 = 72;
/// Hours after it was found in which a breach is reported to the authority.
pub const BREACH_REPORT_HOURS: i64 = 72;
/// Cost factor of every bcrypt hash.
pub const BCRYPT_COST: u32 = 12;
/// The version of the policy that sign-up asks to accept.
pub const POLICY_VERSION: &str = "2026-11-21";
/// A material change of the policy is announced so many days before it takes effect, unless the operator names a later day.
pub const POLICY_NOTICE_DAYS: i64 = 14;
/// A job that did not come to its end for so long, in hours, is reported to the operator.
pub const JOB_OVERDUE_HOURS: i64 = 26;
/// A finished export can be downloaded again for this many days; then its file is deleted.
pub const EXPORT_RETENTION_DAYS: i64 = 7;
/// Finished exports of one person that are kept at once; a newer one replaces the oldest.
pub const EXPORTS_KEPT: i64 = 5;
/// The largest bundle that is taken over, in bytes.
pub const IMPORT_MAX_BYTES: u64 = 500_000_000;
