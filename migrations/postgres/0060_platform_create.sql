-- Keys with which a person's own programs ask this server. Of a key only its SHA-256 is kept; what is shown of it and
-- what the person calls it are sealed under the person's own data key. Times are milliseconds since 1970 UTC.
CREATE TABLE platform_keys (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash BYTEA NOT NULL UNIQUE,
    hint BYTEA NOT NULL,
    label BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    -- Another key has taken its place; it works until it expires.
    replaced_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX platform_keys_owner ON platform_keys (user_id, created_at);
CREATE INDEX platform_keys_end ON platform_keys (expires_at);
