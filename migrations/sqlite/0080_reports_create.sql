-- Test reports that people chose to save: name and content are sealed under the person's own data key. Times are
-- milliseconds since 1970 UTC.
CREATE TABLE saved_reports (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name BLOB NOT NULL,
    -- A JSON document of spectr_reports::saved.
    report BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_reports_owner ON saved_reports (user_id, created_at);
