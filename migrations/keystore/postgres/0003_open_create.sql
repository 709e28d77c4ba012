-- Deletions that were asked for and are not done, and those that were called off lately: what a backup from before does
-- not know. As in the ledger, only whoever has the server's key and the account's id can tell whose they are.
CREATE TABLE open_erasures (
    receipt UUID PRIMARY KEY NOT NULL,
    subject BYTEA NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    began_at BIGINT,
    due_at BIGINT NOT NULL,
    ended_at BIGINT
);
