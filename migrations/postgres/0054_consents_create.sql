-- Consents as records: each grant is a row that stays, with the moment of its withdrawal. text_sha256 is of the exact
-- words that were agreed to, place the page where. No row means no consent. Times are milliseconds since 1970 UTC.
CREATE TABLE consents (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    text_sha256 BYTEA NOT NULL,
    granted_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX consents_live ON consents (user_id, kind) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_user ON consents (user_id, granted_at);

-- The consent that a mail rests on; a mail about the account itself needs none.
ALTER TABLE outbox ADD COLUMN consent_id UUID REFERENCES consents (id) ON DELETE CASCADE;
CREATE INDEX outbox_consent ON outbox (consent_id) WHERE consent_id IS NOT NULL;

-- Enforced here and not only in the code: marketing without a live consent of its reader, for its kind, is no row.
-- The consent's row is locked, so that a withdrawal at the same moment waits and then finds the mail.
CREATE FUNCTION outbox_check_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind ILIKE 'marketing%' OR NEW.consent_id IS NOT NULL THEN
        PERFORM 1 FROM consents WHERE id = NEW.consent_id AND user_id = NEW.owner_id AND kind = NEW.kind
            AND withdrawn_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a marketing mail needs a live consent of its reader' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_consent BEFORE INSERT OR UPDATE OF kind, owner_id, consent_id ON outbox
    FOR EACH ROW EXECUTE FUNCTION outbox_check_consent();

-- A withdrawal takes back what is queued; it never becomes a consent again.
CREATE FUNCTION consents_withdraw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL THEN
        RAISE EXCEPTION 'a withdrawn consent has to be given anew' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.withdrawn_at IS NOT NULL THEN
        DELETE FROM outbox WHERE consent_id = NEW.id AND state = 'queued';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consents_withdraw AFTER UPDATE OF withdrawn_at ON consents
    FOR EACH ROW EXECUTE FUNCTION consents_withdraw();
