-- What the source of a connection had when it was last asked.
CREATE TABLE source_reading (
    connection_id TEXT PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    read_at BIGINT NOT NULL
);
CREATE TABLE source_table (
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    source_schema TEXT NOT NULL,
    source_table TEXT NOT NULL,
    columns TEXT NOT NULL,
    reason TEXT,
    remedy TEXT,
    PRIMARY KEY (connection_id, source_schema, source_table)
);
