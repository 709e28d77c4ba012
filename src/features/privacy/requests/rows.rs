//! Requests as they stand in the table, and opened for those who may read them.

use super::{place, reference};
use crate::domain::ids::{RequestId, UserId};
use crate::domain::privacy::constants::CLOSED_REQUEST_RETENTION_DAYS;
use crate::domain::privacy::requests::{Channel, RequestKind};
use crate::domain::timestamp::{DAY_MS, Timestamp};
use crate::features::App;
use crate::features::privacy::error::Result;
use crate::infra::crypto::{DataKey, KeysError};
use crate::infra::db::{self, Conn};
use crate::on;
use uuid::Uuid;

crate::row! {
    /// A row with its sealed columns.
    pub(super) struct Row {
        pub id: Uuid,
        pub user_id: Option<Uuid>,
        pub kind: String,
        pub channel: String,
        pub name: Vec<u8>,
        pub email: Vec<u8>,
        pub message: Vec<u8>,
        pub answer: Option<Vec<u8>>,
        pub extension: Option<Vec<u8>>,
        pub created_at: i64,
        pub due_at: i64,
        pub closed_at: Option<i64>,
    }
}

/// A request as its sender, or the operator who answers it, reads it.
#[derive(Clone)]
pub struct RequestView {
    pub id: RequestId,
    /// The account that it belongs to, where there is one.
    pub user: Option<UserId>,
    pub kind: RequestKind,
    pub channel: Channel,
    pub name: String,
    pub email: String,
    pub message: String,
    pub answer: Option<String>,
    /// Why it takes longer.
    pub extension: Option<String>,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

impl RequestView {
    #[must_use]
    pub fn reference(&self) -> String {
        reference(self.id)
    }

    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.closed_at.is_none() && self.due_at < now
    }
}

const FIND: &str = "SELECT id, user_id, kind, channel, name, email, message, answer, extension, created_at, due_at, \
     closed_at FROM privacy_requests WHERE id = $1";
const LIST_MINE: &str = "SELECT id, user_id, kind, channel, name, email, message, answer, extension, \
     created_at, due_at, closed_at FROM privacy_requests \
     WHERE user_id = $1 AND (closed_at IS NULL OR closed_at > $2) ORDER BY created_at DESC, id DESC LIMIT 200";

pub(super) async fn find(conn: &mut Conn, id: RequestId) -> db::Result<Option<Row>> {
    on!(conn, c => sqlx::query_as::<_, Row>(FIND).bind(id.0).fetch_optional(c).await)
}

/// A person's own requests, newest first; closed ones for as long as they are kept.
///
/// # Errors
/// When a database cannot be read.
pub async fn list_mine(app: &App, user: UserId) -> Result<Vec<RequestView>> {
    let since = app.clock.now().minus(CLOSED_REQUEST_RETENTION_DAYS * DAY_MS);
    let mut conn = app.db.acquire().await?;
    let rows = on!(&mut conn, c => sqlx::query_as::<_, Row>(LIST_MINE)
        .bind(user.0)
        .bind(since.0)
        .fetch_all(c)
        .await)?;
    drop(conn);
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.extend(view(app, row).await?);
    }
    Ok(views)
}

/// The row opened; `None` where its key is gone, because it is being erased.
pub(super) async fn view(app: &App, row: Row) -> Result<Option<RequestView>> {
    let key = match app.keys.data_key(row.id).await {
        Err(KeysError::Gone) => return Ok(None),
        key => key?,
    };
    open(&key, row)
}

fn open(key: &DataKey, row: Row) -> Result<Option<RequestView>> {
    let id = RequestId(row.id);
    let text = |column, sealed: &[u8]| key.open_text(place(id, column), sealed).map(|text| text.to_string());
    let optional = |column, sealed: Option<&[u8]>| sealed.map(|sealed| text(column, sealed)).transpose();
    let (Some(kind), Some(channel)) = (RequestKind::from_id(&row.kind), Channel::parse(&row.channel)) else {
        return Ok(None);
    };
    Ok(Some(RequestView {
        id,
        user: row.user_id.map(UserId),
        kind,
        channel,
        name: text("name", &row.name)?,
        email: text("email", &row.email)?,
        message: text("message", &row.message)?,
        answer: optional("answer", row.answer.as_deref())?,
        extension: optional("extension", row.extension.as_deref())?,
        created_at: Timestamp(row.created_at),
        due_at: Timestamp(row.due_at),
        closed_at: row.closed_at.map(Timestamp),
    }))
}

/// What a list of all requests shows: nothing that anybody wrote.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: RequestId,
    pub kind: RequestKind,
    pub channel: Channel,
    pub has_account: bool,
    pub is_extended: bool,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

crate::row! {
    struct LineRow {
        id: Uuid,
        user_id: Option<Uuid>,
        kind: String,
        channel: String,
        extended_at: Option<i64>,
        created_at: i64,
        due_at: i64,
        closed_at: Option<i64>,
    }
}

const LIST_OPEN: &str = "SELECT id, user_id, kind, channel, extended_at, created_at, due_at, closed_at \
     FROM privacy_requests WHERE closed_at IS NULL ORDER BY due_at, id";
const LIST_ALL: &str = "SELECT id, user_id, kind, channel, extended_at, created_at, due_at, closed_at \
     FROM privacy_requests ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, due_at, id";

/// Open requests, what is due first on top; with `closed` also those, at the end.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(app: &App, closed: bool) -> Result<Vec<Line>> {
    let sql = if closed { LIST_ALL } else { LIST_OPEN };
    let mut conn = app.db.acquire().await?;
    let rows = on!(&mut conn, c => sqlx::query_as::<_, LineRow>(sql).fetch_all(c).await)?;
    let lines = rows.into_iter().filter_map(|row| {
        Some(Line {
            id: RequestId(row.id),
            kind: RequestKind::from_id(&row.kind)?,
            channel: Channel::parse(&row.channel)?,
            has_account: row.user_id.is_some(),
            is_extended: row.extended_at.is_some(),
            created_at: Timestamp(row.created_at),
            due_at: Timestamp(row.due_at),
            closed_at: row.closed_at.map(Timestamp),
        })
    });
    Ok(lines.collect())
}

/// Finds a request by the reference that people quote, or by its id.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_by_reference(app: &App, text: &str) -> Result<Option<RequestId>> {
    let wanted = text.trim().to_uppercase();
    let lines = list(app, true).await?;
    let found = lines.into_iter().map(|line| line.id);
    let mut fitting = found.filter(|id| reference(*id) == wanted || id.to_string().eq_ignore_ascii_case(&wanted));
    Ok(fitting.next())
}
