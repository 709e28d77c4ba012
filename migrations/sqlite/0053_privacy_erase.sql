-- Erasures of accounts: the receipt and how far it is. Once it is over, or called off, nothing here tells whose
-- account it was. Times are milliseconds since 1970 UTC.
CREATE TABLE erasures (
    -- 122 random bits: whoever has the link may read the receipt.
    receipt BLOB PRIMARY KEY NOT NULL,
    -- One open erasure per account; empty when it is over or called off.
    user_id BLOB UNIQUE,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- When the keys went; empty while a mailed request waits.
    began_at BIGINT,
    -- When the next stage is due.
    due_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- Rows per table, as JSON.
    counts TEXT NOT NULL,
    -- The signed receipt, as JSON.
    document TEXT,
    -- The mail with the receipt has left, or is dropped.
    is_mail_over BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX erasures_due ON erasures (state, due_at);
