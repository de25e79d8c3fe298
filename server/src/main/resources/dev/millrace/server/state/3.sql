-- Connections that no run may go on beside what is being done with their copies.
CREATE TABLE reservation (
    connection_id TEXT PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
    server TEXT NOT NULL,
    heard_at BIGINT NOT NULL
);
