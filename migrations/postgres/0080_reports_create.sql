-- Test reports that people chose to save: name and content are sealed under the person's own data key. Times are
-- milliseconds since 1970 UTC.
CREATE TABLE saved_reports (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name BYTEA NOT NULL,
    -- A JSON document of spectr_reports::saved.
    report BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_reports_owner ON saved_reports (user_id, created_at);
