-- Requests by people with or without an account. What they wrote is sealed under a data key of the
-- request's own; closed ones are erased with that key. Times are milliseconds since 1970 UTC.
CREATE TABLE privacy_requests (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    email_index BLOB NOT NULL,
    name BLOB NOT NULL,
    email BLOB NOT NULL,
    organisation BLOB,
    message BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX privacy_requests_user ON privacy_requests (user_id);
CREATE INDEX privacy_requests_due ON privacy_requests (state, due_at);
CREATE INDEX privacy_requests_closed ON privacy_requests (closed_at);
