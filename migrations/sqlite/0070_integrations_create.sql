-- Services of others that a person connects with a key of their own. Key, hint and project are sealed under the
-- person's data key. Nothing is sent unless is_on and a live consent stands beside it. Times are milliseconds UTC.
CREATE TABLE integrations (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    secret BLOB NOT NULL,
    hint BLOB NOT NULL,
    project BLOB,
    is_on BOOLEAN NOT NULL,
    -- Why the last sending failed, as a code of domain::problem; NULL where it worked.
    problem TEXT,
    sent BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT,
    last_sent_at BIGINT
);
CREATE UNIQUE INDEX integrations_owner ON integrations (user_id, kind);
