-- What a person stopped: objections and restrictions as records, in force while lifted_at is NULL.
CREATE TABLE processing_limits (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    lifted_at BIGINT
);
CREATE UNIQUE INDEX processing_limits_live ON processing_limits (user_id, kind) WHERE lifted_at IS NULL;
CREATE INDEX processing_limits_user ON processing_limits (user_id, made_at);

-- Since when destructive actions wait for a new password: somebody said "this was not me".
ALTER TABLE users ADD COLUMN frozen_at BIGINT;

-- Where the purge of old events cut the chain: number and hash of the newest event that is gone.
ALTER TABLE users ADD COLUMN event_anchor_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN event_anchor BYTEA;
UPDATE users SET event_anchor_seq = event_count, event_anchor = event_head;
UPDATE users SET
    event_anchor_seq = (SELECT MIN(seq) - 1 FROM security_events WHERE user_id = users.id),
    event_anchor = (SELECT prev FROM security_events WHERE user_id = users.id ORDER BY seq LIMIT 1)
WHERE EXISTS (SELECT 1 FROM security_events WHERE user_id = users.id);

-- How a request came ('form', 'account', 'mail'), its answer, and an extension with its reason: all texts sealed under
-- the request's own key.
ALTER TABLE privacy_requests ADD COLUMN channel TEXT NOT NULL DEFAULT 'form';
ALTER TABLE privacy_requests ADD COLUMN answer BYTEA;
ALTER TABLE privacy_requests ADD COLUMN extended_at BIGINT;
ALTER TABLE privacy_requests ADD COLUMN extension BYTEA;

-- Data that the law made the operator hand over, sealed under the person's own key. The person is told at tell_at.
CREATE TABLE disclosures (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    detail BYTEA NOT NULL,
    disclosed_at BIGINT NOT NULL,
    tell_at BIGINT NOT NULL,
    told_at BIGINT
);
CREATE INDEX disclosures_user ON disclosures (user_id);
CREATE INDEX disclosures_untold ON disclosures (tell_at) WHERE told_at IS NULL;

-- Breaches of personal data, described under a key of their own, and who was told.
CREATE TABLE breaches (
    id UUID PRIMARY KEY NOT NULL,
    detail BYTEA NOT NULL,
    found_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    reported_at BIGINT,
    notified_at BIGINT
);
CREATE TABLE breach_notices (
    breach_id UUID NOT NULL REFERENCES breaches (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    queued_at BIGINT,
    PRIMARY KEY (breach_id, user_id)
);
CREATE INDEX breach_notices_user ON breach_notices (user_id);
