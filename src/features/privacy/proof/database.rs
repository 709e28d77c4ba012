//! Probes that ask the database: ages, hashes, words, what is overdue. Counts and ages only.

use super::ages::{self, DAILY_MS, HOURLY_MS, age_words, first};
use super::{Finding, Sight, Standing, schema};
use crate::domain::accounts::{AccountState, ConsentKind};
use crate::domain::chat::{Credential, Stop};
use crate::domain::pricing;
use crate::domain::privacy::clauses::Probe;
use crate::domain::privacy::constants::{
    BCRYPT_COST, CLOSED_REQUEST_RETENTION_DAYS, EXPIRED_PLATFORM_KEY_DAYS, POLICY_VERSION,
};
use crate::domain::privacy::erasure::Reason;
use crate::domain::privacy::policy_text;
use crate::domain::problem::Code;
use crate::domain::providers::Provider;
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::domain::usage::{CallStatus, Feature};
use crate::infra::db::{self, Conn};
use crate::on;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Longest name of a model that is taken from a list.
const MODEL_CHARS: usize = 200;

pub(super) async fn find(sight: &Sight<'_>, probe: Probe) -> db::Result<Finding> {
    let mut conn = sight.app.db.acquire().await?;
    let (conn, now) = (&mut conn, sight.now);
    match probe {
        Probe::PasswordHashes => hashes(conn).await,
        Probe::Credentials => credentials(conn).await,
        Probe::CallVocabulary => vocabulary(conn).await,
        Probe::OldestUsage => ages::usage(conn, now).await,
        Probe::OldestSession => ages::session(conn, now).await,
        Probe::OldestAddress => ages::address(conn, now).await,
        Probe::ErasuresDue => erasures(conn, now).await,
        Probe::ChildFastPath => children(conn, now).await,
        Probe::RequestsDue => requests(conn, now, OVERDUE_PRIVACY, "privacy").await,
        Probe::AnswersDue => answers(conn, now).await,
        Probe::AgeConfirmed => age(conn).await,
        Probe::LegalBases => disclosures(conn, now).await,
        Probe::MarketingMails => marketing(conn).await,
        Probe::Traces => traces(conn).await,
        Probe::Acceptances => acceptances(conn).await,
        Probe::PlatformKeyHashes => platform_keys(conn).await,
        Probe::RevokedKeys => revoked(conn, now).await,
        _ => Ok(Finding::unread("nothing looks at this yet")),
    }
}

async fn count(conn: &mut Conn, sql: &'static str) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar::<_, i64>(sql).fetch_one(c).await)
}

async fn count_at(conn: &mut Conn, sql: &'static str, at: Timestamp) -> db::Result<i64> {
    on!(conn, c => sqlx::query_scalar::<_, i64>(sql).bind(at.0).fetch_one(c).await)
}

const ALL_HASHES: &str = "SELECT COUNT(*) FROM users";
const OTHER_HASHES: &str = "SELECT COUNT(*) FROM users WHERE password_hash NOT LIKE $1";

async fn hashes(conn: &mut Conn) -> db::Result<Finding> {
    let (all, like) = (count(conn, ALL_HASHES).await?, format!("$2b${BCRYPT_COST:02}$%"));
    let other = on!(conn, c => sqlx::query_scalar::<_, i64>(OTHER_HASHES).bind(&like).fetch_one(c).await)?;
    let prefix = like.trim_end_matches('%');
    Ok(match (all, other) {
        (0, _) => Finding::kept("no accounts yet"),
        (_, 0) => Finding::kept(format!("{all} of {all} hashes begin {prefix}")),
        _ => Finding::judge(false, format!("{other} of {all} hashes do not begin {prefix}")),
    })
}

const WITHOUT_KEY: &str = "SELECT COUNT(*) FROM usage_days WHERE credential = 'byok' AND key_id = $1";
const CREDENTIALS: &str = "SELECT DISTINCT credential FROM usage_days";

/// A call with a person's key names the key: one that fell back to something else would not.
async fn credentials(conn: &mut Conn) -> db::Result<Finding> {
    let nil = Uuid::nil();
    let without = on!(conn, c => sqlx::query_scalar::<_, i64>(WITHOUT_KEY).bind(nil).fetch_one(c).await)?;
    let words = on!(conn, c => sqlx::query_scalar::<_, String>(CREDENTIALS).fetch_all(c).await)?;
    let known = [Credential::Byok, Credential::Trial, Credential::None].map(Credential::id);
    let is_kept = without == 0 && words.iter().all(|word| known.contains(&word.as_str()));
    let providers = Provider::ALL
        .iter()
        .filter(|it| it.default_base_url().is_some())
        .count();
    let value = if is_kept {
        format!("{providers} providers; every recorded call names its own credential")
    } else {
        "a call was recorded without the credential it was asked with".to_owned()
    };
    Ok(Finding::judge(is_kept, value))
}

/// Of the newest calls; the index makes this cheap however many there are.
const VOCABULARY: &str = "SELECT DISTINCT provider, model, feature, credential, status, stop, problem, price_source \
     FROM (SELECT * FROM llm_calls ORDER BY started_at DESC LIMIT 10000) AS newest";

crate::row! {
    struct Words {
        provider: String,
        model: String,
        feature: String,
        credential: String,
        status: String,
        stop: Option<String>,
        problem: Option<String>,
        price_source: Option<String>,
    }
}

const STOPS: [Stop; 9] = [
    Stop::End,
    Stop::StopSequence,
    Stop::MaxTokens,
    Stop::ToolUse,
    Stop::Refusal,
    Stop::ContentFilter,
    Stop::ContextWindow,
    Stop::Pause,
    Stop::Other,
];

impl Words {
    /// The first column that holds something else than a word of the product's own.
    fn stray(&self) -> Option<&'static str> {
        let status = [CallStatus::Ok, CallStatus::Aborted, CallStatus::Error].map(CallStatus::id);
        let credentials = [Credential::Byok, Credential::Trial, Credential::None].map(Credential::id);
        let checks = [
            ("provider", Provider::ALL.iter().any(|it| it.id() == self.provider)),
            (
                "model",
                self.model.chars().count() <= MODEL_CHARS && !self.model.contains(char::is_control),
            ),
            ("feature", Feature::from_id(&self.feature).is_some()),
            ("credential", credentials.contains(&self.credential.as_str())),
            ("status", status.contains(&self.status.as_str())),
            (
                "stop",
                self.stop
                    .as_ref()
                    .is_none_or(|word| STOPS.iter().any(|it| it.id() == word)),
            ),
            (
                "problem",
                self.problem
                    .as_ref()
                    .is_none_or(|word| Code::ALL.iter().any(|it| it.code() == word)),
            ),
            (
                "price_source",
                self.price_source.as_deref().is_none_or(pricing::is_source),
            ),
        ];
        checks.into_iter().find(|(_, is_known)| !is_known).map(|(name, _)| name)
    }
}

async fn vocabulary(conn: &mut Conn) -> db::Result<Finding> {
    let rows = on!(conn, c => sqlx::query_as::<_, Words>(VOCABULARY).fetch_all(c).await)?;
    Ok(match rows.iter().find_map(Words::stray) {
        Some(column) => Finding::judge(
            false,
            format!("llm_calls.{column} holds a word that is not the product's own"),
        ),
        None if rows.is_empty() => Finding::kept("no calls yet"),
        None => Finding::kept("recorded calls hold words of the product's own and numbers, no text"),
    })
}

const KEYS_LEFT: &str =
    "SELECT COUNT(*) FROM provider_keys k JOIN users u ON u.id = k.user_id WHERE u.state IN ($1, $2)";

const ERASURES: &str = "SELECT COUNT(*) FROM erasures WHERE ended_at IS NULL";
const OVERDUE_ERASURES: &str = "SELECT COUNT(*) FROM erasures WHERE ended_at IS NULL AND due_at < $1";

/// Keys of accounts that are on their way out are gone already, and the way ends on its date.
async fn erasures(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let (pending, erasing) = (AccountState::Pending.as_str(), AccountState::Erasing.as_str());
    let left = on!(conn, c => sqlx::query_scalar::<_, i64>(KEYS_LEFT).bind(pending).bind(erasing).fetch_one(c).await)?;
    let open = count(conn, ERASURES).await?;
    let late = count_at(conn, OVERDUE_ERASURES, now.minus(HOURLY_MS)).await?;
    Ok(match (left, late) {
        (0, 0) => Finding::kept(format!(
            "{open} deletions under way, none late; no key of theirs is left"
        )),
        (0, _) => Finding::judge(false, format!("{late} of {open} deletions are late")),
        _ => Finding::judge(
            false,
            format!("{left} keys of accounts that are being deleted are left"),
        ),
    })
}

const CHILDREN: &str = "SELECT COUNT(*) FROM erasures WHERE reason = $1 AND ended_at IS NULL AND asked_at < $2";

async fn children(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let (reason, before) = (Reason::Child.as_str(), now.minus(HOURLY_MS).0);
    let late = on!(conn, c => sqlx::query_scalar::<_, i64>(CHILDREN).bind(reason).bind(before).fetch_one(c).await)?;
    Ok(match late {
        0 => Finding::kept("no child's account waits for its deletion"),
        _ => Finding::judge(false, format!("{late} children's accounts wait for their deletion")),
    })
}

const DISCLOSURES: &str = "SELECT COUNT(*) FROM disclosures";
const UNTOLD: &str = "SELECT COUNT(*) FROM disclosures WHERE told_at IS NULL AND tell_at < $1";

async fn disclosures(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let bases = schema::bases();
    let all = count(conn, DISCLOSURES).await?;
    let untold = count_at(conn, UNTOLD, now.minus(DAILY_MS)).await?;
    Ok(match (bases.standing, untold) {
        (Standing::Kept, 0) => Finding::kept(format!("{}; {all} disclosures, each in its person's log", bases.value)),
        (Standing::Kept, _) => Finding::judge(
            false,
            format!("{untold} of {all} disclosures are kept from their person"),
        ),
        _ => bases,
    })
}

const OPEN_PRIVACY: &str = "SELECT COUNT(*) FROM privacy_requests WHERE closed_at IS NULL AND kind = 'privacy'";
const OVERDUE_PRIVACY: &str =
    "SELECT COUNT(*) FROM privacy_requests WHERE closed_at IS NULL AND kind = 'privacy' AND due_at < $1";
const OPEN_OTHERS: &str = "SELECT COUNT(*) FROM privacy_requests WHERE closed_at IS NULL AND kind <> 'privacy'";
const OVERDUE_OTHERS: &str =
    "SELECT COUNT(*) FROM privacy_requests WHERE closed_at IS NULL AND kind <> 'privacy' AND due_at < $1";
const OLDEST_CLOSED: &str = "SELECT MIN(closed_at) FROM privacy_requests";

async fn requests(conn: &mut Conn, now: Timestamp, overdue: &'static str, kind: &str) -> db::Result<Finding> {
    let late = count_at(conn, overdue, now).await?;
    let open = count(conn, if kind == "privacy" { OPEN_PRIVACY } else { OPEN_OTHERS }).await?;
    let value = match (open, late) {
        (0, _) => "none open".to_owned(),
        (_, 0) => format!("{open} open, none overdue"),
        _ => format!("{late} of {open} open ones overdue"),
    };
    Ok(Finding::judge(late == 0, value))
}

async fn answers(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let closed = first(conn, OLDEST_CLOSED).await?;
    let limit = CLOSED_REQUEST_RETENTION_DAYS * DAY_MS + DAILY_MS;
    if let Some(at) = closed.filter(|at| now.0 - at.0 > limit) {
        let age = age_words(at, now);
        return Ok(Finding::judge(
            false,
            format!("a request was closed {age} ago and is still there"),
        ));
    }
    requests(conn, now, OVERDUE_OTHERS, "others").await
}

const ACCEPTED: &str = "SELECT COUNT(*) FROM policy_acceptances";
const YOUNG: &str = "SELECT COUNT(*) FROM policy_acceptances WHERE age_confirmed = $1";

async fn age(conn: &mut Conn) -> db::Result<Finding> {
    let all = count(conn, ACCEPTED).await?;
    let young = on!(conn, c => sqlx::query_scalar::<_, i64>(YOUNG).bind(false).fetch_one(c).await)?;
    let value = match young {
        0 => format!("{all} acceptances, each with the age passed, none with a date of birth"),
        _ => format!("{young} of {all} acceptances without the age passed"),
    };
    Ok(Finding::judge(young == 0, value))
}

const CONNECTED: &str = "SELECT COUNT(*) FROM integrations WHERE is_on = TRUE";
/// Sent at a moment at which no consent was live.
const SENT_WITHOUT: &str = "SELECT COUNT(*) FROM integrations i WHERE i.last_sent_at IS NOT NULL AND NOT EXISTS ( \
     SELECT 1 FROM consents c WHERE c.user_id = i.user_id AND c.kind = $1 AND c.granted_at <= i.last_sent_at \
         AND (c.withdrawn_at IS NULL OR c.withdrawn_at >= i.last_sent_at))";

async fn traces(conn: &mut Conn) -> db::Result<Finding> {
    let kind = ConsentKind::LangSmithTracing.id();
    let on = count(conn, CONNECTED).await?;
    let without = on!(conn, c => sqlx::query_scalar::<_, i64>(SENT_WITHOUT).bind(kind).fetch_one(c).await)?;
    Ok(match without {
        0 => Finding::kept(format!(
            "{on} accounts switched it on; nothing was sent without a live consent"
        )),
        _ => Finding::judge(
            false,
            format!("{without} accounts' traces were sent without a live consent"),
        ),
    })
}

const ACCEPTED_VERSION: &str = "SELECT COUNT(*) FROM policy_acceptances WHERE version = $1";
const OTHER_TEXT: &str = "SELECT COUNT(*) FROM policy_acceptances WHERE version = $1 AND text_sha256 <> $2";

/// Whoever accepted this version accepted exactly the text that is shown now.
async fn acceptances(conn: &mut Conn) -> db::Result<Finding> {
    let text = Sha256::digest(policy_text()).to_vec();
    let fingerprint = hex::encode(text.get(..4).unwrap_or_default());
    let version = POLICY_VERSION;
    let all = on!(conn, c => sqlx::query_scalar::<_, i64>(ACCEPTED_VERSION).bind(version).fetch_one(c).await)?;
    let other = on!(conn, c => sqlx::query_scalar::<_, i64>(OTHER_TEXT).bind(version).bind(&text).fetch_one(c).await)?;
    Ok(match other {
        0 => Finding::kept(format!("version {version}, text {fingerprint}…, accepted by {all}")),
        _ => Finding::judge(
            false,
            format!("{other} of {all} accepted another text under the name {version}"),
        ),
    })
}

const MARKETING: &str = "SELECT COUNT(*) FROM outbox WHERE kind LIKE 'marketing%'";
/// The database refuses these; a row that is there nonetheless was put past it.
const WITHOUT_CONSENT: &str = "SELECT COUNT(*) FROM outbox o WHERE o.kind LIKE 'marketing%' AND o.state = 'queued' \
     AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.id = o.consent_id AND c.user_id = o.owner_id \
         AND c.kind = o.kind AND c.withdrawn_at IS NULL)";

async fn marketing(conn: &mut Conn) -> db::Result<Finding> {
    let (all, without) = (count(conn, MARKETING).await?, count(conn, WITHOUT_CONSENT).await?);
    Ok(match without {
        0 => Finding::kept(format!("{all} marketing mails, none without a live consent")),
        _ => Finding::judge(false, format!("{without} marketing mails wait without a live consent")),
    })
}

const PLATFORM_KEYS: &str = "SELECT COUNT(*) FROM platform_keys";
/// SHA-256 is 32 bytes.
const NO_HASH: &str = "SELECT COUNT(*) FROM platform_keys WHERE length(hash) <> 32";

async fn platform_keys(conn: &mut Conn) -> db::Result<Finding> {
    let (all, other) = (count(conn, PLATFORM_KEYS).await?, count(conn, NO_HASH).await?);
    Ok(match other {
        0 => Finding::kept(format!("{all} keys, each kept as a SHA-256 only")),
        _ => Finding::judge(false, format!("{other} of {all} keys are not kept as a SHA-256")),
    })
}

const EXPIRED: &str = "SELECT COUNT(*) FROM platform_keys WHERE expires_at IS NOT NULL AND expires_at <= $1";

/// A revoked key is deleted at once; one that expired is told to its owner for a while.
async fn revoked(conn: &mut Conn, now: Timestamp) -> db::Result<Finding> {
    let left = count_at(conn, EXPIRED, now.minus(EXPIRED_PLATFORM_KEY_DAYS * DAY_MS + DAILY_MS)).await?;
    Ok(match left {
        0 => Finding::kept("no key that expired or was revoked is left"),
        _ => Finding::judge(false, format!("{left} expired keys are left")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_in_any_column_of_a_call_is_a_stray_word() {
        let good = || Words {
            provider: "openai".to_owned(),
            model: "gpt-4.1".to_owned(),
            feature: "assistant".to_owned(),
            credential: "byok".to_owned(),
            status: "ok".to_owned(),
            stop: Some("end".to_owned()),
            problem: None,
            price_source: None,
        };
        assert_eq!(good().stray(), None);
        let prompt = || "write a test for my login".to_owned();
        type Set = fn(&mut Words, String);
        let set: [(&str, Set); 6] = [
            ("provider", |words, text| words.provider = text),
            ("feature", |words, text| words.feature = text),
            ("status", |words, text| words.status = text),
            ("stop", |words, text| words.stop = Some(text)),
            ("problem", |words, text| words.problem = Some(text)),
            ("price_source", |words, text| words.price_source = Some(text)),
        ];
        for (name, set) in set {
            let mut words = good();
            set(&mut words, prompt());
            assert_eq!(words.stray(), Some(name));
        }
    }
}
