-- Mails that wait for delivery. The sealed content is dropped once a mail has left or was given up;
-- the row stays for a while so that the same mail is not queued twice.
CREATE TABLE outbox (
    id UUID PRIMARY KEY NOT NULL,
    owner_id UUID NOT NULL,
    dedupe TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    content BYTEA,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL DEFAULT 0,
    done_at BIGINT,
    problem TEXT
);
CREATE INDEX outbox_due ON outbox (state, next_attempt_at);
CREATE INDEX outbox_owner ON outbox (owner_id);
