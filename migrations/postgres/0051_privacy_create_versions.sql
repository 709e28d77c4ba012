-- Versions of the policy that were published, whom they were announced to, and who has seen the announcement.
CREATE TABLE policy_versions (
    version TEXT PRIMARY KEY NOT NULL,
    text_sha256 BYTEA NOT NULL,
    is_material BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    -- NULL until every account has its notice.
    announced_at BIGINT
);
-- One row per account and material version: its mail is queued in the same transaction.
CREATE TABLE policy_notices (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    PRIMARY KEY (user_id, version)
);
-- Acceptances become records: the same text may be accepted at sign-up and again when it is announced.
ALTER TABLE policy_acceptances DROP CONSTRAINT policy_acceptances_user_id_version_key;
CREATE INDEX policy_acceptances_user ON policy_acceptances (user_id, accepted_at);
