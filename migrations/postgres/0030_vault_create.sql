-- Provider keys of the vault. Whatever a person typed or a provider issued is sealed under the person's own data
-- key, the masked hint included; what stays readable are the provider's id, times and the outcome of the last check.
CREATE TABLE provider_keys (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    label BYTEA,
    secret BYTEA NOT NULL,
    base_url BYTEA,
    hint BYTEA NOT NULL,
    -- Why the key failed its last check, as a code of domain::problem; NULL where it works.
    problem TEXT,
    models BIGINT NOT NULL,
    check_ms BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT,
    last_used_at BIGINT,
    last_checked_at BIGINT NOT NULL
);
CREATE INDEX provider_keys_owner ON provider_keys (user_id, provider, created_at);
