-- What a source needs before its first sync; the set-up guide explains each line.
CREATE USER millrace WITH REPLICATION PASSWORD '<password>';
GRANT CONNECT ON DATABASE shop TO millrace;
GRANT USAGE ON SCHEMA public TO millrace;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO millrace;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO millrace;
CREATE PUBLICATION millrace_pub FOR ALL TABLES WITH (publish_via_partition_root = true);
SELECT pg_create_logical_replication_slot('millrace_slot', 'pgoutput');
