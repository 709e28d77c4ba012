-- When each job last ran: read by the policy's proof and by the operator.
CREATE TABLE job_heartbeats (
    name TEXT PRIMARY KEY NOT NULL,
    last_run_at BIGINT NOT NULL,
    last_ok_at BIGINT,
    affected BIGINT NOT NULL DEFAULT 0,
    leased_until BIGINT NOT NULL DEFAULT 0
);
