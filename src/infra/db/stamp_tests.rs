//! A stamp is the same while nothing was written that matters, and another one, or none, otherwise.

use crate::execute;
use crate::infra::db::{Db, Rows, Schema, Stamp};
use sqlx::{Connection, Executor, SqliteConnection};
use std::path::Path;

struct Place {
    db: Db,
    url: String,
    _folder: tempfile::TempDir,
}

async fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder.path().join("a.db"));
    let db = Db::open(&url, Schema::Main).await.unwrap();
    let mut conn = db.begin().await.unwrap();
    execute!(&mut conn, "CREATE TABLE a (b BIGINT)").unwrap();
    conn.commit().await.unwrap();
    Place {
        db,
        url,
        _folder: folder,
    }
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// The next stamp that is given out.
async fn settled(db: &Db) -> Stamp {
    loop {
        if let Some(stamp) = db.stamp() {
            return stamp;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_stamp_holds_while_nothing_is_written() {
    let place = place().await;
    let stamp = settled(&place.db).await;
    for _ in 0..100 {
        assert_eq!(place.db.stamp(), Some(stamp));
    }
}

#[tokio::test]
async fn from_the_moment_of_a_commit_the_old_stamp_is_never_given_out_again() {
    let place = place().await;
    for _ in 0..20 {
        let before = settled(&place.db).await;
        let mut conn = place.db.begin().await.unwrap();
        execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
        conn.commit().await.unwrap();
        assert_ne!(place.db.stamp(), Some(before));
        assert!(settled(&place.db).await > before);
    }
}

#[tokio::test]
async fn a_commit_whose_writer_went_away_counts_too() {
    let place = place().await;
    let before = settled(&place.db).await;
    let mut conn = place.db.begin().await.unwrap();
    execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
    {
        let mut commit = std::pin::pin!(conn.commit());
        // Begun, and dropped before its answer.
        assert!(futures::poll!(commit.as_mut()).is_pending());
    }
    let rows = loop {
        let mut conn = place.db.acquire().await.unwrap();
        let rows: i64 =
            crate::on!(&mut conn, c => sqlx::query_scalar("SELECT COUNT(*) FROM a").fetch_one(c).await).unwrap();
        if place.db.stamp().is_some() {
            break rows;
        }
    };
    assert!(rows == 0 || place.db.stamp() != Some(before));
}

#[tokio::test]
async fn a_quiet_write_keeps_the_stamp() {
    let place = place().await;
    let before = settled(&place.db).await;
    for _ in 0..3 {
        let mut conn = place.db.begin_quiet().await.unwrap();
        execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
        conn.commit().await.unwrap();
        assert_eq!(settled(&place.db).await, before);
        let mut conn = place.db.begin_quiet().await.unwrap();
        execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
        place.db.commit_quiet(conn).await.unwrap();
        assert_eq!(place.db.stamp(), Some(before), "known at once");
    }
    // Quiet is one transaction, not the connection.
    let mut conn = place.db.begin().await.unwrap();
    execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
    conn.commit().await.unwrap();
    assert_ne!(settled(&place.db).await, before);
}

#[tokio::test]
async fn a_commit_of_another_process_ends_the_stamp_even_between_quiet_writes() {
    let place = place().await;
    let mut other = SqliteConnection::connect(&place.url).await.unwrap();
    for _ in 0..10 {
        let before = settled(&place.db).await;
        other.execute("INSERT INTO a VALUES (2)").await.unwrap();
        assert_ne!(place.db.stamp(), Some(before));
        let mut conn = place.db.begin_quiet().await.unwrap();
        execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
        conn.commit().await.unwrap();
        assert!(settled(&place.db).await > before);
    }
}

#[tokio::test]
async fn a_checkpoint_that_empties_the_log_loses_no_change() {
    let place = place().await;
    let before = settled(&place.db).await;
    let mut other = SqliteConnection::connect(&place.url).await.unwrap();
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    other.execute("INSERT INTO a VALUES (2)").await.unwrap();
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    assert_ne!(place.db.stamp(), Some(before));
    assert!(settled(&place.db).await > before);
}

#[tokio::test]
async fn rows_of_an_earlier_stamp_are_forgotten() {
    let place = place().await;
    let rows = Rows::<u8, &str>::default();
    let early = Some(settled(&place.db).await);
    rows.put(early, 1, "early");
    assert_eq!(rows.get(early, &1), Some("early"));
    assert_eq!(rows.get(None, &1), None);
    let mut conn = place.db.begin().await.unwrap();
    execute!(&mut conn, "INSERT INTO a VALUES (1)").unwrap();
    conn.commit().await.unwrap();
    let late = Some(settled(&place.db).await);
    assert_eq!(rows.get(late, &1), None);
    // Read before the change and handed in after it.
    rows.put(early, 1, "early");
    assert_eq!((rows.get(late, &1), rows.get(early, &1)), (None, None));
    rows.put(late, 1, "late");
    assert_eq!(rows.get(late, &1), Some("late"));
    rows.forget(&1);
    assert_eq!(rows.get(late, &1), None);
}
