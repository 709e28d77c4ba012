-- Exports: one row per bundle. The bundle itself is a file of the data folder, sealed under the key that stands here,
-- which is sealed under the person's data key; rows and files live for seven days.
CREATE TABLE exports (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    file_key BLOB NOT NULL,
    -- Of the whole bundle; 0 until it is complete.
    bytes BIGINT NOT NULL,
    rows_written BIGINT NOT NULL,
    -- Why it failed, as a code; NULL otherwise.
    problem TEXT,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX exports_owner ON exports (user_id, created_at);
CREATE INDEX exports_expiry ON exports (expires_at);

-- Public keys under which this server ever signed receipts and exports: they stay published, so that old signatures
-- can still be checked.
CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY NOT NULL,
    public_key BLOB NOT NULL,
    since BIGINT NOT NULL,
    retired_at BIGINT
);
