-- Consents as records: each grant is a row that stays, with the moment of its withdrawal. text_sha256 is of the exact
-- words that were agreed to, place the page where. No row means no consent. Times are milliseconds since 1970 UTC.
CREATE TABLE consents (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    granted_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX consents_live ON consents (user_id, kind) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_user ON consents (user_id, granted_at);

-- The consent that a mail rests on; a mail about the account itself needs none.
ALTER TABLE outbox ADD COLUMN consent_id BLOB REFERENCES consents (id) ON DELETE CASCADE;
CREATE INDEX outbox_consent ON outbox (consent_id) WHERE consent_id IS NOT NULL;

-- Enforced here and not only in the code: marketing without a live consent of its reader, for its kind, is no row.
CREATE TRIGGER outbox_consent_insert BEFORE INSERT ON outbox
WHEN (NEW.kind LIKE 'marketing%' OR NEW.consent_id IS NOT NULL) AND NOT EXISTS (
    SELECT 1 FROM consents WHERE id = NEW.consent_id AND user_id = NEW.owner_id AND kind = NEW.kind
        AND withdrawn_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a marketing mail needs a live consent of its reader');
END;
CREATE TRIGGER outbox_consent_update BEFORE UPDATE OF kind, owner_id, consent_id ON outbox
WHEN (NEW.kind LIKE 'marketing%' OR NEW.consent_id IS NOT NULL) AND NOT EXISTS (
    SELECT 1 FROM consents WHERE id = NEW.consent_id AND user_id = NEW.owner_id AND kind = NEW.kind
        AND withdrawn_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a marketing mail needs a live consent of its reader');
END;
-- A withdrawal takes back what is queued; it never becomes a consent again.
CREATE TRIGGER consents_withdraw AFTER UPDATE OF withdrawn_at ON consents
WHEN NEW.withdrawn_at IS NOT NULL
BEGIN
    DELETE FROM outbox WHERE consent_id = NEW.id AND state = 'queued';
END;
CREATE TRIGGER consents_stay_withdrawn BEFORE UPDATE OF withdrawn_at ON consents
WHEN OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a withdrawn consent has to be given anew');
END;
