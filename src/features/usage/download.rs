//! All calls of the last 90 days as CSV or JSON, page by page: memory stays flat and no connection is
//! held while a slow reader takes its time.

use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::usage::{csv_guard, oldest_shown, plain_usd};
use crate::features::App;
use crate::infra::db::{self, Conn};
use crate::on;
use futures::Stream;
use serde::Serialize;
use std::io;
use uuid::Uuid;

/// Rows per page.
const PAGE: i64 = 1_000;

/// The form of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

crate::row! {
    /// A call as it is written out, in files and by the API.
    #[derive(Debug)]
    pub struct CallRow {
        pub(super) id: Uuid,
        pub(super) started_at: i64,
        provider: String,
        model: String,
        feature: String,
        credential: String,
        key_id: Option<Uuid>,
        input_tokens: i64,
        output_tokens: i64,
        cached_read_tokens: i64,
        cached_write_tokens: i64,
        reasoning_tokens: i64,
        estimated: bool,
        cost_nano_usd: Option<i64>,
        price_source: Option<String>,
        price_date: Option<String>,
        latency_ms: i64,
        ttft_ms: Option<i64>,
        status: String,
        problem: Option<String>,
        stop: Option<String>,
    }
}

/// One call as it is written out; field names are the column names of the CSV.
#[derive(Serialize)]
struct Line<'a> {
    id: Uuid,
    started_at: String,
    provider: &'a str,
    model: &'a str,
    feature: &'a str,
    credential: &'a str,
    key_id: Option<Uuid>,
    input_tokens: i64,
    output_tokens: i64,
    cached_read_tokens: i64,
    cached_write_tokens: i64,
    reasoning_tokens: i64,
    estimated: bool,
    cost_usd: Option<String>,
    cost_nano_usd: Option<i64>,
    price_source: Option<&'a str>,
    price_date: Option<&'a str>,
    latency_ms: i64,
    ttft_ms: Option<i64>,
    status: &'a str,
    problem: Option<&'a str>,
    stop: Option<&'a str>,
}

const COLUMNS: [&str; 22] = [
    "id",
    "started_at",
    "provider",
    "model",
    "feature",
    "credential",
    "key_id",
    "input_tokens",
    "output_tokens",
    "cached_read_tokens",
    "cached_write_tokens",
    "reasoning_tokens",
    "estimated",
    "cost_usd",
    "cost_nano_usd",
    "price_source",
    "price_date",
    "latency_ms",
    "ttft_ms",
    "status",
    "problem",
    "stop",
];

impl CallRow {
    fn line<'a>(&'a self, model: &'a str) -> Line<'a> {
        Line {
            id: self.id,
            started_at: Timestamp(self.started_at).rfc3339(),
            provider: &self.provider,
            model,
            feature: &self.feature,
            credential: &self.credential,
            key_id: self.key_id,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
            cached_read_tokens: self.cached_read_tokens,
            cached_write_tokens: self.cached_write_tokens,
            reasoning_tokens: self.reasoning_tokens,
            estimated: self.estimated,
            cost_usd: self.cost_nano_usd.map(plain_usd),
            cost_nano_usd: self.cost_nano_usd,
            price_source: self.price_source.as_deref(),
            price_date: self.price_date.as_deref(),
            latency_ms: self.latency_ms,
            ttft_ms: self.ttft_ms,
            status: &self.status,
            problem: self.problem.as_deref(),
            stop: self.stop.as_deref(),
        }
    }
}

impl Serialize for CallRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.line(&self.model).serialize(serializer)
    }
}

/// Newest first; `$3` and `$4` are the last row of the page before.
const NEXT: &str = "
    SELECT id, started_at, provider, model, feature, credential, key_id, input_tokens, output_tokens,
        cached_read_tokens, cached_write_tokens, reasoning_tokens, estimated, cost_nano_usd, price_source, price_date,
        latency_ms, ttft_ms, status, problem, stop
    FROM llm_calls
    WHERE user_id = $1 AND started_at >= $2 AND started_at <= $3 AND (started_at < $3 OR id < $4)
    ORDER BY started_at DESC, id DESC LIMIT $5";

async fn next(conn: &mut Conn, user: UserId, oldest: Timestamp, last: (i64, Uuid)) -> db::Result<Vec<CallRow>> {
    on!(conn, c => sqlx::query_as(NEXT)
        .bind(user.0)
        .bind(oldest.0)
        .bind(last.0)
        .bind(last.1)
        .bind(PAGE)
        .fetch_all(c)
        .await)
}

/// The file in pieces. An error cuts the download short, so that it is never taken for complete.
pub fn download(app: App, user: UserId, format: Format) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let oldest = oldest_shown(app.clock.now());
    async_stream::try_stream! {
        yield head(format)?;
        let mut last = (i64::MAX, Uuid::max());
        let mut is_first = true;
        loop {
            let mut conn = app.db.acquire().await.map_err(io::Error::other)?;
            let rows = next(&mut conn, user, oldest, last).await.map_err(io::Error::other)?;
            drop(conn);
            let Some(end) = rows.last() else { break };
            last = (end.started_at, end.id);
            yield page(&rows, format, is_first)?;
            is_first = false;
        }
        if format == Format::Json {
            yield b"\n]}\n".to_vec();
        }
    }
}

fn head(format: Format) -> io::Result<Vec<u8>> {
    match format {
        Format::Csv => {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            writer.write_record(COLUMNS)?;
            writer.into_inner().map_err(|error| error.into_error())
        }
        Format::Json => Ok(b"{\"calls\":[".to_vec()),
    }
}

fn page(rows: &[CallRow], format: Format, is_first: bool) -> io::Result<Vec<u8>> {
    match format {
        Format::Csv => {
            let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
            for row in rows {
                // The only text that comes from outside; everything else is ours.
                writer.serialize(row.line(&csv_guard(&row.model)))?;
            }
            writer.into_inner().map_err(|error| error.into_error())
        }
        Format::Json => {
            let mut out = Vec::new();
            for (index, row) in rows.iter().enumerate() {
                out.extend_from_slice(if is_first && index == 0 { b"\n" } else { b",\n" });
                serde_json::to_writer(&mut out, row)?;
            }
            Ok(out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(model: &str) -> CallRow {
        CallRow {
            id: Uuid::nil(),
            started_at: 0,
            provider: "compatible".into(),
            model: model.into(),
            feature: "assistant".into(),
            credential: "byok".into(),
            key_id: None,
            input_tokens: 1,
            output_tokens: 2,
            cached_read_tokens: 0,
            cached_write_tokens: 0,
            reasoning_tokens: 0,
            estimated: false,
            cost_nano_usd: Some(2_500_000),
            price_source: None,
            price_date: None,
            latency_ms: 9,
            ttft_ms: None,
            status: "ok".into(),
            problem: None,
            stop: Some("end".into()),
        }
    }

    #[test]
    fn the_head_names_the_columns_of_the_lines() {
        let json = serde_json::to_value(row("m").line("m")).unwrap();
        let mut names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let mut columns = COLUMNS.to_vec();
        names.sort_unstable();
        columns.sort_unstable();
        assert_eq!(names, columns);
        let text = String::from_utf8(page(&[row("m")], Format::Csv, true).unwrap()).unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        let at = |name: &str| COLUMNS.iter().position(|column| *column == name).unwrap();
        assert_eq!((&record[at("cost_usd")], &record[at("model")]), ("0.0025", "m"));
    }

    #[test]
    fn a_model_named_like_a_formula_stays_text() {
        let text = String::from_utf8(page(&[row("=cmd|'/c calc'!A1,\"\n")], Format::Csv, true).unwrap()).unwrap();
        assert!(text.contains("\"'=cmd|'/c calc'!A1,\"\"\n\""), "{text}");
    }

    #[test]
    fn json_pages_join_to_one_document() {
        let mut out = head(Format::Json).unwrap();
        out.extend(page(&[row("a"), row("b")], Format::Json, true).unwrap());
        out.extend(page(&[row("c")], Format::Json, false).unwrap());
        out.extend(b"\n]}\n");
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["calls"].as_array().unwrap().len(), 3);
    }
}
