//! The `users` table. Personal columns go in and out sealed.

use super::error::Result;
use crate::domain::accounts::{AccountState, Email, PersonName, ProfileText};
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::crypto::{DataKey, Place};
use crate::infra::db::{self, Conn, Db};
use crate::{execute, on};
use uuid::Uuid;

/// Where a sealed column of a user's row lives: the row is the user.
pub(super) const fn place(user: UserId, column: &'static str) -> Place {
    Place {
        table: "users",
        column,
        row: user.0,
        owner: user.0,
    }
}

/// A user to be written down. The data key of `id` exists already.
pub struct NewUser<'a> {
    pub id: UserId,
    pub name: &'a PersonName,
    pub email: &'a Email,
    /// bcrypt, `$2b$12$…`.
    pub password_hash: &'a str,
    pub state: AccountState,
}

const INSERT: &str = "INSERT INTO users (id, email_index, email, name, password_hash, state, created_at, verified_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Writes a new user down.
///
/// # Errors
/// When the database refuses, as it does for an address that has a row already.
pub async fn insert(conn: &mut Conn, app: &App, key: &DataKey, user: &NewUser<'_>) -> Result<()> {
    let now = app.clock.now().0;
    execute!(
        conn,
        INSERT,
        user.id.0,
        app.keys.email_index(&user.email.normalised()).to_vec(),
        key.seal(place(user.id, "email"), user.email.as_str().as_bytes())?,
        key.seal(place(user.id, "name"), user.name.as_str().as_bytes())?,
        user.password_hash.to_owned(),
        user.state.as_str(),
        now,
        user.state.may_sign_in().then_some(now),
    )?;
    Ok(())
}

crate::row! {
    /// What signing in needs to know.
    pub(super) struct Credentials {
        pub id: Uuid,
        pub password_hash: String,
        pub state: String,
        pub totp_enabled_at: Option<i64>,
        pub frozen_at: Option<i64>,
    }
}

impl Credentials {
    pub fn id(&self) -> UserId {
        UserId(self.id)
    }

    pub fn state(&self) -> AccountState {
        AccountState::parse(&self.state)
    }
}

const FIND_BY_EMAIL: &str =
    "SELECT id, password_hash, state, totp_enabled_at, frozen_at FROM users WHERE email_index = $1";

pub(super) async fn find_by_email(conn: &mut Conn, index: &[u8; 32]) -> db::Result<Option<Credentials>> {
    on!(conn, c => sqlx::query_as::<_, Credentials>(FIND_BY_EMAIL).bind(index.to_vec()).fetch_optional(c).await)
}

/// Whose account has the address with this index; one that waits for its confirmation is nobody's yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_by_index(conn: &mut Conn, index: &[u8; 32]) -> db::Result<Option<UserId>> {
    let found = find_by_email(conn, index).await?;
    Ok(found.filter(|user| user.state().may_sign_in()).map(|user| user.id()))
}

const FIND_BY_ID: &str = "SELECT id, password_hash, state, totp_enabled_at, frozen_at FROM users WHERE id = $1";

pub(super) async fn find(conn: &mut Conn, id: UserId) -> db::Result<Option<Credentials>> {
    on!(conn, c => sqlx::query_as::<_, Credentials>(FIND_BY_ID).bind(id.0).fetch_optional(c).await)
}

const DELETE_UNVERIFIED: &str = "DELETE FROM users WHERE id = $1 AND state = 'unverified'";

/// Removes a sign-up that nobody confirmed.
pub(super) async fn delete_unverified(conn: &mut Conn, id: UserId) -> db::Result<bool> {
    Ok(execute!(conn, DELETE_UNVERIFIED, id.0)? == 1)
}

const LIST_UNVERIFIED: &str = "SELECT id FROM users WHERE state = 'unverified' AND created_at <= $1 LIMIT 500";

/// Sign-ups older than this that nobody confirmed.
pub(super) async fn list_unverified(conn: &mut Conn, before: Timestamp) -> db::Result<Vec<UserId>> {
    let ids = on!(conn, c => sqlx::query_scalar::<_, Uuid>(LIST_UNVERIFIED).bind(before.0).fetch_all(c).await)?;
    Ok(ids.into_iter().map(UserId).collect())
}

const VERIFY: &str = "UPDATE users SET state = 'active', verified_at = $2 WHERE id = $1 AND state = 'unverified'";

/// The mailbox answered: the account may be used. Whether it was waiting for that.
pub(super) async fn verify(conn: &mut Conn, id: UserId, now: Timestamp) -> db::Result<bool> {
    Ok(execute!(conn, VERIFY, id.0, now.0)? == 1)
}

const SET_PASSWORD: &str = "UPDATE users SET password_hash = $2 WHERE id = $1";

pub(super) async fn set_password(conn: &mut Conn, id: UserId, hash: &str) -> db::Result<bool> {
    Ok(execute!(conn, SET_PASSWORD, id.0, hash.to_owned())? == 1)
}

const SET_EMAIL: &str = "UPDATE users SET email = $2, email_index = $3 WHERE id = $1";

pub(super) async fn set_email(conn: &mut Conn, id: UserId, sealed: Vec<u8>, index: Vec<u8>) -> db::Result<bool> {
    Ok(execute!(conn, SET_EMAIL, id.0, sealed, index)? == 1)
}

/// What a person may write about himself.
pub struct Profile {
    pub name: PersonName,
    pub organisation: ProfileText,
    pub phone: ProfileText,
    pub address: ProfileText,
}

const SET_PROFILE: &str = "UPDATE users SET name = $2, organisation = $3, phone = $4, address = $5 WHERE id = $1";

pub(super) async fn set_profile(conn: &mut Conn, id: UserId, key: &DataKey, profile: &Profile) -> Result<()> {
    let sealed = |column, text: &ProfileText| {
        text.as_deref()
            .map(|text| key.seal(place(id, column), text.as_bytes()))
            .transpose()
    };
    execute!(
        conn,
        SET_PROFILE,
        id.0,
        key.seal(place(id, "name"), profile.name.as_str().as_bytes())?,
        sealed("organisation", &profile.organisation)?,
        sealed("phone", &profile.phone)?,
        sealed("address", &profile.address)?,
    )?;
    Ok(())
}

/// The profile as its owner reads it.
#[derive(Clone, Default)]
pub struct ProfileView {
    pub name: String,
    pub email: String,
    pub organisation: String,
    pub phone: String,
    pub address: String,
}

crate::row! {
    struct ProfileRow {
        name: Vec<u8>,
        email: Vec<u8>,
        organisation: Option<Vec<u8>>,
        phone: Option<Vec<u8>>,
        address: Option<Vec<u8>>,
    }
}

const PROFILE: &str = "SELECT name, email, organisation, phone, address FROM users WHERE id = $1";

pub(super) async fn profile(conn: &mut Conn, id: UserId, key: &DataKey) -> Result<ProfileView> {
    let row = on!(conn, c => sqlx::query_as::<_, ProfileRow>(PROFILE).bind(id.0).fetch_one(c).await)?;
    let open = |column, sealed: Option<&[u8]>| {
        sealed.map_or(Ok(String::new()), |sealed| {
            key.open_text(place(id, column), sealed).map(|text| text.to_string())
        })
    };
    Ok(ProfileView {
        name: open("name", Some(&row.name))?,
        email: open("email", Some(&row.email))?,
        organisation: open("organisation", row.organisation.as_deref())?,
        phone: open("phone", row.phone.as_deref())?,
        address: open("address", row.address.as_deref())?,
    })
}

const ANY: &str = "SELECT COUNT(*) FROM (SELECT id FROM users LIMIT 1) AS one";

/// Whether there is any account: its sealed columns need the keystore that they were sealed with.
///
/// # Errors
/// When the database cannot be read.
pub async fn exist(db: &Db) -> db::Result<bool> {
    let mut conn = db.acquire().await?;
    on!(&mut conn, c => sqlx::query_scalar::<_, i64>(ANY).fetch_one(c).await).map(|count| count > 0)
}
