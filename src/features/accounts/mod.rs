//! Accounts: who a person is, how that is proved, and what happened to the account.
//!
//! Nothing here tells whether an address has an account: every door answers the same, in the same
//! time. Names and addresses leave this feature only opened for their owner or sealed.

pub mod alarm;
pub mod closing;
pub mod consents;
pub mod email_change;
pub mod error;
pub mod import;
pub mod jobs;
pub mod limits;
pub mod notify;
pub mod profile;
pub mod reset;
pub mod second_factor;
pub mod security_log;
pub mod sessions;
pub mod signin;
pub mod signup;
pub mod throttle;
pub mod tokens;

mod strength;
mod users;

pub use error::{Error, Result};
pub use notify::{Notification, notify};
pub use security_log::{Caller, SecurityEvent, record as security_log};
pub use sessions::insert as open_session;
pub use signup::accept_policy;
pub use users::{NewUser, ProfileView, exist, find_by_index, insert as insert_user};

use crate::domain::accounts::AccountState;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::timestamp::Timestamp;
use crate::features::App;
use crate::infra::crypto::KeysError;
use sessions::Secret;
use std::sync::Arc;

/// Whose session it is and what it may do: what can be told without opening anything that is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub id: UserId,
    pub session: SessionId,
    /// When the password was last entered: at sign-in or at a step-up.
    pub signed_in_at: Timestamp,
    /// Erasure was asked for and can still be called off.
    pub is_pending_erasure: bool,
    /// Somebody said "this was not me": what cannot be undone waits for a new password.
    pub is_frozen: bool,
    /// The person restricted calls, or everything.
    pub restricts_calls: bool,
}

/// The person behind a request, proved by a live session.
#[derive(Clone, PartialEq, Eq)]
pub struct CurrentUser {
    holder: Holder,
    pub name: String,
    pub email: String,
}

impl std::ops::Deref for CurrentUser {
    type Target = Holder;

    fn deref(&self) -> &Holder {
        &self.holder
    }
}

impl std::fmt::Debug for CurrentUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CurrentUser({})", self.id)
    }
}

/// Whose session a cookie names, and whether the cookie should be sent anew.
pub struct Resolved {
    pub holder: Holder,
    pub was_touched: bool,
    row: Arc<sessions::Row>,
}

/// Finds the session behind the cookie's secret and, every few minutes, notes that it was used. Whether the
/// account's key is still there is asked afterwards, once: by [`Resolved::open`] or [`Resolved::is_erased`].
///
/// # Errors
/// When the database cannot be read. A session that cannot be *touched* (disk full, busy) still counts.
pub async fn resolve(app: &App, secret: &Secret) -> Result<Option<Resolved>> {
    let now = app.clock.now();
    let Some(row) = sessions::find(app, secret, now).await? else {
        return Ok(None);
    };
    let state = AccountState::parse(&row.state);
    if !state.may_sign_in() {
        return Ok(None);
    }
    Ok(Some(Resolved {
        was_touched: row.wants_touch(now) && touch(app, secret, &row).await,
        holder: Holder {
            id: UserId(row.user_id),
            session: SessionId(row.id),
            signed_in_at: Timestamp(row.fresh_at),
            is_pending_erasure: state == AccountState::Pending,
            is_frozen: row.frozen_at.is_some(),
            restricts_calls: row.call_limits > 0,
        },
        row,
    }))
}

impl Resolved {
    /// Whether what the row says about the person opens for nobody any more.
    ///
    /// # Errors
    /// When the keystore cannot be read.
    pub async fn is_erased(&self, app: &App) -> Result<bool> {
        Ok(!app.keys.has_data_key(self.holder.id.0).await?)
    }

    /// Opens who the person is; `None` when the account was erased.
    ///
    /// # Errors
    /// When the keystore cannot be read, or holds another key than the name was sealed with.
    pub async fn open(&self, app: &App) -> Result<Option<CurrentUser>> {
        let holder = self.holder;
        let key = match app.keys.data_key(holder.id.0).await {
            Err(KeysError::Gone) => return Ok(None),
            key => key?,
        };
        let opened = |column, sealed: &[u8]| key.open_text(users::place(holder.id, column), sealed);
        Ok(Some(CurrentUser {
            holder,
            name: opened("name", &self.row.name)?.to_string(),
            email: opened("email", &self.row.email)?.to_string(),
        }))
    }
}

async fn touch(app: &App, secret: &Secret, row: &sessions::Row) -> bool {
    try_touch(app, secret, row).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a session could not be marked as seen");
        false
    })
}

async fn try_touch(app: &App, secret: &Secret, row: &sessions::Row) -> crate::infra::db::Result<bool> {
    // Of all that is kept in memory, only this session's row grows old by it.
    let mut conn = app.db.begin_quiet().await?;
    let touched = sessions::touch(&mut conn, row.id, app.clock.now()).await?;
    conn.commit().await?;
    app.sessions.forget(&secret.hash());
    Ok(touched)
}

/// Whether the password was entered at most ten minutes ago: sensitive actions ask for it otherwise.
#[must_use]
pub fn is_fresh(app: &App, user: &CurrentUser) -> bool {
    app.clock.now().0 - user.signed_in_at.0 <= sessions::FRESH_MS
}

/// # Errors
/// [`Error::StepUpNeeded`] unless [`is_fresh`]; [`Error::Frozen`] after "this was not me".
pub fn require_fresh(app: &App, user: &CurrentUser) -> Result<()> {
    alarm::require_unfrozen(user)?;
    if is_fresh(app, user) {
        Ok(())
    } else {
        Err(Error::StepUpNeeded)
    }
}
