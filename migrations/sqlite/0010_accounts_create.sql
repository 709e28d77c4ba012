-- Accounts. Personal columns are sealed under the user's own data key; the address is found by a
-- keyed index. Times are milliseconds since 1970 UTC.
CREATE TABLE users (
    id BLOB PRIMARY KEY NOT NULL,
    email_index BLOB NOT NULL UNIQUE,
    email BLOB NOT NULL,
    name BLOB NOT NULL,
    organisation BLOB,
    phone BLOB,
    address BLOB,
    password_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    totp_secret BLOB,
    totp_enabled_at BIGINT,
    totp_last_step BIGINT NOT NULL DEFAULT 0,
    event_count BIGINT NOT NULL DEFAULT 0,
    event_head BLOB
);

-- A row lives from sign-in to sign-out. id_hash is the SHA-256 of the secret in the cookie.
CREATE TABLE sessions (
    id BLOB PRIMARY KEY NOT NULL,
    id_hash BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    fresh_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_last_seen ON sessions (last_seen_at);

-- Links in mails and second steps of a sign-in: the SHA-256 of 256 random bits, used once.
CREATE TABLE tokens (
    hash BLOB PRIMARY KEY NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_user ON tokens (user_id, kind);
CREATE INDEX tokens_expiry ON tokens (expires_at);

-- An address that waits to be confirmed at the old and at the new mailbox.
CREATE TABLE email_changes (
    user_id BLOB PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email_index BLOB NOT NULL,
    email BLOB NOT NULL,
    old_confirmed_at BIGINT,
    new_confirmed_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Keyed hashes of recovery codes; a used one is deleted.
CREATE TABLE recovery_codes (
    hash BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);

-- Which version of the policy a person accepted, and the SHA-256 of its exact text.
CREATE TABLE policy_acceptances (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    age_confirmed BOOLEAN NOT NULL,
    accepted_at BIGINT NOT NULL,
    UNIQUE (user_id, version)
);

-- What happened to an account, as its owner sees it: a hash chain per user. The address of the
-- network is sealed apart (with the salt of its commitment), so that its purge leaves the chain whole.
CREATE TABLE security_events (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    detail BLOB NOT NULL,
    ip BLOB,
    ip_commitment BLOB,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE (user_id, seq)
);
CREATE INDEX security_events_at ON security_events (at);
