-- The erasure ledger: a keyed hash of each erased account's id, so that a restored backup is told whom it must not
-- bring back. Outside of the main database, and append-only.
CREATE TABLE erasure_ledger (
    id BLOB PRIMARY KEY NOT NULL,
    subject BLOB NOT NULL,
    at BIGINT NOT NULL,
    counts TEXT NOT NULL
);
CREATE TRIGGER erasure_ledger_keeps BEFORE DELETE ON erasure_ledger
BEGIN
    SELECT RAISE(ABORT, 'the erasure ledger is append-only');
END;
CREATE TRIGGER erasure_ledger_stays BEFORE UPDATE ON erasure_ledger
BEGIN
    SELECT RAISE(ABORT, 'the erasure ledger is append-only');
END;
-- Where the one backup copy of this keystore lies, so that erased keys are destroyed in it too.
CREATE TABLE keystore_copy (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    path TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
