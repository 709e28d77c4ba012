-- One row per call to a provider: metadata only. No column may ever hold a prompt, an answer or other text of a person;
-- model holds ids of a models list or the price table, else 'other'.
CREATE TABLE llm_calls (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    feature TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- Stays after the key is deleted: the past is not rewritten.
    key_id UUID,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cached_read_tokens BIGINT NOT NULL,
    cached_write_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    -- NULL where the price is unknown, never 0.
    cost_nano_usd BIGINT,
    price_source TEXT,
    price_date TEXT,
    latency_ms BIGINT NOT NULL,
    ttft_ms BIGINT,
    status TEXT NOT NULL,
    problem TEXT,
    stop TEXT
);
CREATE INDEX llm_calls_owner ON llm_calls (user_id, started_at);
CREATE INDEX llm_calls_age ON llm_calls (started_at);

-- Sums of llm_calls per UTC day, kept in step by the same transaction that inserts the call: the dashboard reads these,
-- so that it stays fast however many calls there are. key_id is the nil UUID where no key was used.
CREATE TABLE usage_days (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    feature TEXT NOT NULL,
    credential TEXT NOT NULL,
    key_id UUID NOT NULL,
    calls BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    aborted BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    cost_nano_usd BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    -- Of finished calls only, so that a mean can be formed.
    latency_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, provider, model, feature, credential, key_id)
);
CREATE INDEX usage_days_age ON usage_days (day);

-- What a person allows themselves to spend, in nano-USD; NULL is no limit.
CREATE TABLE budgets (
    user_id UUID PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    daily_nano_usd BIGINT,
    monthly_nano_usd BIGINT,
    updated_at BIGINT NOT NULL
);

-- Which alerts of which period went out, so that each goes out once.
CREATE TABLE budget_alerts (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    span TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    percent BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, span, starts_at, percent)
);

-- Money held for calls that are still running; the row goes when the call settles or, after a crash, when it expires.
CREATE TABLE reservations (
    call_id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    amount_nano_usd BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX reservations_owner ON reservations (user_id);
CREATE INDEX reservations_age ON reservations (expires_at);
