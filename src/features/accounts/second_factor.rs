//! The second factor: time-based codes (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes.
//!
//! A code is good for its own half minute and the one on either side, and never twice. Recovery
//! codes are kept as keyed hashes and deleted when used.

use super::error::{Error, Result};
use super::security_log::{self, Caller, SecurityEvent};
use super::signup::queue;
use super::{CurrentUser, alarm, users};
use crate::domain::accounts::SecurityEventKind;
use crate::domain::ids::UserId;
use crate::domain::mail;
use crate::features::App;
use crate::infra::crypto::{DataKey, random};
use crate::infra::db::{self, Conn};
use crate::{execute, on};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// How many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters of recovery codes: no 0, 1, i, l, o that could be misread.
const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// A secret that was made but not confirmed by a code yet.
pub struct Setup {
    /// Base32, in groups of four, for typing.
    pub secret: Zeroizing<String>,
    /// The QR code of the `otpauth:` URL, as an SVG document.
    pub qr: Zeroizing<String>,
}

crate::row! {
    struct State {
        totp_secret: Option<Vec<u8>>,
        totp_enabled_at: Option<i64>,
    }
}

const STATE: &str = "SELECT totp_secret, totp_enabled_at FROM users WHERE id = $1";

async fn state(conn: &mut Conn, user: UserId) -> db::Result<State> {
    on!(conn, c => sqlx::query_as::<_, State>(STATE).bind(user.0).fetch_one(c).await)
}

fn totp(secret: &[u8]) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .build()
        .map_err(|_| Error::Unreadable("a second factor's secret cannot be used"))
}

fn open(key: &DataKey, user: UserId, sealed: &[u8]) -> Result<Totp> {
    totp(&key.open(users::place(user, "totp_secret"), sealed)?)
}

const OFFER: &str = "UPDATE users SET totp_secret = $2 WHERE id = $1 AND totp_enabled_at IS NULL";

/// The secret to be scanned: the one that waits for its first code, or a new one.
/// `None` when the second factor is on.
///
/// # Errors
/// When the database cannot be used.
pub async fn setup(app: &App, user: &CurrentUser) -> Result<Option<Setup>> {
    let key = app.keys.data_key(user.id.0).await?;
    let mut conn = app.db.begin().await?;
    let state = state(&mut conn, user.id).await?;
    let totp = match (state.totp_enabled_at, state.totp_secret) {
        (Some(_), _) => return Ok(None),
        (None, Some(sealed)) => open(&key, user.id, &sealed)?,
        (None, None) => {
            let bytes = Zeroizing::new(random::<20>().map_err(|_| Error::Randomness)?);
            let sealed = key.seal(users::place(user.id, "totp_secret"), &*bytes)?;
            execute!(&mut conn, OFFER, user.id.0, sealed)?;
            totp(&*bytes)?
        }
    };
    conn.commit().await?;
    let base32 = Zeroizing::new(totp.secret().to_base32());
    let groups: Vec<&str> = (0..base32.len())
        .step_by(4)
        .filter_map(|at| base32.get(at..(at + 4).min(base32.len())))
        .collect();
    Ok(Some(Setup {
        qr: qr(&user.email, &base32)?,
        secret: Zeroizing::new(groups.join(" ")),
    }))
}

/// `otpauth://totp/Spectr:ADDRESS?secret=…&issuer=Spectr` as a QR code.
fn qr(email: &str, base32: &str) -> Result<Zeroizing<String>> {
    let label: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    let url = Zeroizing::new(format!("otpauth://totp/Spectr:{label}?secret={base32}&issuer=Spectr"));
    let code = QrCode::new(url.as_bytes()).map_err(|_| Error::Unreadable("the QR code could not be drawn"))?;
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build();
    // Without the XML declaration it can stand inside a page.
    Ok(Zeroizing::new(
        drawn.split_once("?>").map_or(drawn.as_str(), |(_, svg)| svg).to_owned(),
    ))
}

const ENABLE: &str = "UPDATE users SET totp_enabled_at = $2, totp_last_step = $3 \
     WHERE id = $1 AND totp_enabled_at IS NULL AND totp_secret IS NOT NULL";

/// Switches the second factor on when the code fits the secret that was scanned.
/// Answers the recovery codes, shown this once; `None` when the code does not fit.
///
/// # Errors
/// When the password was not entered lately or the database cannot be used.
pub async fn enable(app: &App, caller: &Caller, user: &CurrentUser, code: &str) -> Result<Option<Vec<String>>> {
    super::require_fresh(app, user)?;
    super::signin::throttle_user(app, caller, user.id)?;
    let key = app.keys.data_key(user.id.0).await?;
    let mut conn = app.db.begin().await?;
    let Some(sealed) = state(&mut conn, user.id).await?.totp_secret else {
        return Ok(None);
    };
    let Some(step) = matching_step(app, &open(&key, user.id, &sealed)?, code) else {
        return Ok(None);
    };
    let now = app.clock.now();
    if execute!(&mut conn, ENABLE, user.id.0, now.0, step)? != 1 {
        return Ok(None);
    }
    let codes = make_codes(app, &mut conn, user.id).await?;
    tell(app, &mut conn, caller, user, true).await?;
    conn.commit().await?;
    Ok(Some(codes))
}

const DISABLE: &str =
    "UPDATE users SET totp_secret = NULL, totp_enabled_at = NULL WHERE id = $1 AND totp_enabled_at IS NOT NULL";
const DELETE_CODES: &str = "DELETE FROM recovery_codes WHERE user_id = $1";

/// Switches the second factor off; whether it was on.
///
/// # Errors
/// When the password was not entered lately or the database cannot be used.
pub async fn disable(app: &App, caller: &Caller, user: &CurrentUser) -> Result<bool> {
    super::require_fresh(app, user)?;
    let mut conn = app.db.begin().await?;
    if execute!(&mut conn, DISABLE, user.id.0)? != 1 {
        return Ok(false);
    }
    execute!(&mut conn, DELETE_CODES, user.id.0)?;
    tell(app, &mut conn, caller, user, false).await?;
    conn.commit().await?;
    Ok(true)
}

async fn tell(app: &App, conn: &mut Conn, caller: &Caller, user: &CurrentUser, is_on: bool) -> Result<()> {
    let kind = if is_on {
        SecurityEventKind::TotpEnabled
    } else {
        SecurityEventKind::TotpDisabled
    };
    record(app, conn, caller, user.id, kind).await?;
    let when = app.clock.now().human();
    let letter = mail::second_factor_changed(&user.name, &when, is_on, &alarm::link(conn, app, user.id).await?);
    queue(app, conn, (user.id, &user.email), "second_factor", letter).await
}

/// New recovery codes in place of the old ones, shown this once; `None` when the factor is off.
///
/// # Errors
/// When the password was not entered lately or the database cannot be used.
pub async fn renew_codes(app: &App, caller: &Caller, user: &CurrentUser) -> Result<Option<Vec<String>>> {
    super::require_fresh(app, user)?;
    let mut conn = app.db.begin().await?;
    if state(&mut conn, user.id).await?.totp_enabled_at.is_none() {
        return Ok(None);
    }
    let codes = make_codes(app, &mut conn, user.id).await?;
    record(app, &mut conn, caller, user.id, SecurityEventKind::RecoveryCodesMade).await?;
    conn.commit().await?;
    Ok(Some(codes))
}

const INSERT_CODE: &str = "INSERT INTO recovery_codes (hash, user_id, created_at) VALUES ($1, $2, $3)";

async fn make_codes(app: &App, conn: &mut Conn, user: UserId) -> Result<Vec<String>> {
    execute!(conn, DELETE_CODES, user.0)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = new_code()?;
        execute!(
            conn,
            INSERT_CODE,
            code_hash(app, user, &code),
            user.0,
            app.clock.now().0
        )?;
        codes.push(code);
    }
    Ok(codes)
}

/// `xxxx-xxxx-xxxx`: 12 letters of 31, about 59 bits.
fn new_code() -> Result<String> {
    let mut letters = String::with_capacity(14);
    while letters.len() < 14 {
        let [byte] = random::<1>().map_err(|_| Error::Randomness)?;
        // Bytes from 248 on would make the first letters likelier.
        let Some(letter) = (byte < 248).then(|| ALPHABET.get(usize::from(byte) % 31)).flatten() else {
            continue;
        };
        if letters.len() == 4 || letters.len() == 9 {
            letters.push('-');
        }
        letters.push(char::from(*letter));
    }
    Ok(letters)
}

fn code_hash(app: &App, user: UserId, code: &str) -> Vec<u8> {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let value = Zeroizing::new(format!("{user}:{}", letters.to_ascii_lowercase()));
    app.keys.blind_index("recovery code", &value).to_vec()
}

const USE_STEP: &str = "UPDATE users SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2";
const USE_CODE: &str = "DELETE FROM recovery_codes WHERE hash = $1 AND user_id = $2";
const COUNT_CODES: &str = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1";

/// Takes a code of the authenticator or a recovery code and uses it up; whether it was good.
pub(super) async fn accept(app: &App, caller: &Caller, user: UserId, code: &str) -> Result<bool> {
    let key = app.keys.data_key(user.0).await?;
    let mut conn = app.db.begin().await?;
    let Some(sealed) = state(&mut conn, user).await?.totp_secret else {
        return Ok(false);
    };
    if let Some(step) = matching_step(app, &open(&key, user, &sealed)?, code) {
        let is_new = execute!(&mut conn, USE_STEP, user.0, step)? == 1;
        conn.commit().await?;
        return Ok(is_new);
    }
    if execute!(&mut conn, USE_CODE, code_hash(app, user, code), user.0)? != 1 {
        return Ok(false);
    }
    let left = count_codes(&mut conn, user).await?;
    let profile = users::profile(&mut conn, user, &key).await?;
    record(app, &mut conn, caller, user, SecurityEventKind::RecoveryCodeUsed).await?;
    let when = app.clock.now().human();
    let letter = mail::recovery_code_used(&profile.name, &when, left, &alarm::link(&mut conn, app, user).await?);
    queue(app, &mut conn, (user, &profile.email), "recovery_code", letter).await?;
    conn.commit().await?;
    Ok(true)
}

pub(super) async fn count_codes(conn: &mut Conn, user: UserId) -> db::Result<usize> {
    let count = on!(conn, c => sqlx::query_scalar::<_, i64>(COUNT_CODES).bind(user.0).fetch_one(c).await)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The half minute that the code belongs to, if it is one near now.
fn matching_step(app: &App, totp: &Totp, code: &str) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(app.clock.now().0 / 1_000).ok()?;
    totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok())
}

async fn record(app: &App, conn: &mut Conn, caller: &Caller, user: UserId, kind: SecurityEventKind) -> Result<()> {
    let event = SecurityEvent {
        kind,
        caller: Some(caller),
        note: "",
    };
    security_log::record(conn, app, user, event).await
}
