-- Kept to what SQLite and PostgreSQL both understand. Moments are milliseconds since 1970 (UTC), flags are 0 or 1, documents are JSON.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE member (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT,
    active INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    logged_in_at BIGINT
);
CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    member_id TEXT REFERENCES member (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    permissions TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    expires_at BIGINT,
    used_at BIGINT
);
CREATE TABLE login (
    token_hash TEXT PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE TABLE destination_group (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    created_by TEXT
);
CREATE TABLE group_member (
    group_id TEXT NOT NULL REFERENCES destination_group (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE TABLE destination (
    id TEXT PRIMARY KEY REFERENCES destination_group (id),
    service TEXT NOT NULL,
    region TEXT NOT NULL,
    time_zone_offset TEXT NOT NULL,
    config TEXT NOT NULL,
    setup_status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE connection (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES destination_group (id),
    service TEXT NOT NULL,
    schema_prefix TEXT NOT NULL,
    config TEXT NOT NULL,
    secrets TEXT NOT NULL,
    choice TEXT NOT NULL,
    extension TEXT NOT NULL,
    paused INTEGER NOT NULL,
    sync_frequency INTEGER NOT NULL,
    daily_sync_time TEXT,
    schedule_type TEXT NOT NULL,
    delay_sensitivity TEXT NOT NULL,
    delay_threshold INTEGER,
    destination_schema_names TEXT NOT NULL,
    proxy_agent_id TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    UNIQUE (group_id, schema_prefix)
);
CREATE TABLE connection_state (
    connection_id TEXT PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    setup_state TEXT NOT NULL,
    setup_tests TEXT NOT NULL,
    historical INTEGER NOT NULL,
    succeeded_at BIGINT,
    failed_at BIGINT,
    failures INTEGER NOT NULL,
    next_at BIGINT,
    fault TEXT,
    warnings TEXT NOT NULL
);
CREATE TABLE approval (
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    facts TEXT NOT NULL,
    approved_at BIGINT NOT NULL,
    approved_by TEXT,
    PRIMARY KEY (owner, kind, fingerprint)
);
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    server TEXT NOT NULL,
    cause TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    ended_at BIGINT,
    rows_copied BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    position TEXT,
    fault TEXT,
    stop_asked INTEGER NOT NULL
);
CREATE INDEX run_by_connection ON run (connection_id, started_at);
CREATE TABLE run_event (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    run_id TEXT,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    event TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX run_event_by_connection ON run_event (connection_id, at);
CREATE TABLE table_usage (
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    source_schema TEXT NOT NULL,
    source_table TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    changed_rows BIGINT NOT NULL,
    PRIMARY KEY (connection_id, source_schema, source_table, day, kind)
);
CREATE TABLE resync_request (
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    source_schema TEXT NOT NULL,
    source_table TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, source_schema, source_table)
);
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    group_id TEXT REFERENCES destination_group (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    active INTEGER NOT NULL,
    secret TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT
);
CREATE TABLE webhook_delivery (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    problem TEXT
);
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    way TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
