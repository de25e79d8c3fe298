package dev.millrace.source.check;

/// Every SQL statement of this package. All of them only read. Columns that older versions lack are null.
final class CheckSql {

    /// What server this is. The function is Aurora's own.
    static final String SERVER =
            """
            SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_version') AS version,
                   pg_is_in_recovery() AS standby, to_regprocedure('pg_catalog.aurora_version()') IS NOT NULL AS aurora
            """;

    static final String AURORA_VERSION = "SELECT pg_catalog.aurora_version()::text";

    /// What reading the log asks of the server and the user; Aurora and RDS grant a role instead of the attribute.
    static final String DECODING =
            """
            SELECT current_setting('server_version_num')::int / 10000 AS major, pg_is_in_recovery() AS standby,
                   current_setting('wal_level') AS wal_level, g.rolname IS NOT NULL AS has_rds_role,
                   r.rolsuper OR r.rolreplication OR coalesce(pg_has_role(r.oid, g.oid, 'member'), false) AS may_replicate
            FROM pg_roles r LEFT JOIN pg_roles g ON g.rolname = 'rds_replication'
            WHERE r.rolname = current_user
            """;

    /// A slot by its name, with whoever reads it. The address of another user's session is not shown to everybody.
    static final String SLOT =
            """
            SELECT s.slot_type, s.plugin, s.database, s.active_pid, to_json(s) ->> 'wal_status' AS wal_status,
                   to_json(s) ->> 'invalidation_reason' AS invalidation_reason,
                   pg_is_in_recovery() AND coalesce((to_json(s) ->> 'conflicting')::boolean, false) AS conflicting,
                   coalesce(a.application_name, '') AS application_name, coalesce(a.usename, '') AS usename, host(a.client_addr) AS client_addr,
                   coalesce(pg_wal_lsn_diff(
                       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, s.restart_lsn), 0)::bigint AS held_bytes
            FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
            WHERE s.slot_name = ?
            """;

    /// The names of the slots that could have been meant.
    static final String SLOTS_HERE =
            "SELECT slot_name FROM pg_replication_slots WHERE plugin = 'pgoutput' AND database = current_database() AND NOT temporary ORDER BY 1";

    /// The first transaction behind what the slot has confirmed.
    static final String PEEK =
            """
            SELECT count(*) FROM pg_logical_slot_peek_binary_changes(?, NULL, 1, 'proto_version', '1', 'publication_names', ?)
            """;

    /// A publication by its name.
    static final String PUBLICATION =
            """
            SELECT p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.puballtables, (to_json(p) ->> 'pubviaroot')::boolean AS via_root
            FROM pg_publication p
            WHERE p.pubname = ?
            """;

    /// The settings that are judged.
    static final String SETTINGS =
            """
            SELECT name, setting, coalesce(unit, '') AS unit, pg_is_in_recovery() AS standby
            FROM pg_settings
            WHERE name IN ('wal_level', 'wal_sender_timeout', 'max_slot_wal_keep_size', 'max_replication_slots', 'max_wal_senders',
                           'logical_decoding_work_mem', 'idle_replication_slot_timeout', 'max_standby_streaming_delay', 'hot_standby_feedback')
            """;

    /// How many slots there are, and whether one of a name is among them.
    static final String SLOTS_USED =
            "SELECT count(*) AS taken, coalesce(bool_or(slot_name = ?), false) AS ours FROM pg_replication_slots";

    /// How many senders are at work, and whether one of them reads the slot of a name.
    static final String SENDERS_USED =
            """
            SELECT count(*) AS taken, coalesce(bool_or(w.pid = s.active_pid), false) AS ours
            FROM pg_stat_get_wal_senders() w LEFT JOIN pg_replication_slots s ON s.slot_name = ? AND s.active_pid = w.pid
            """;

    /// What was written to the log since the counters were reset. PostgreSQL 14 and later.
    static final String WAL_WRITTEN =
            "SELECT wal_bytes::bigint AS bytes, extract(epoch FROM now() - stats_reset)::bigint AS seconds FROM pg_stat_wal WHERE stats_reset IS NOT NULL";

    /// Published tables, as [#wanted] shows them.
    static final String PUBLISHED = wanted(
            """
            JOIN pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname
            WHERE t.pubname = ?
            """);

    /// Tables that can be looked at, whether the user may or not, as [#wanted] shows them.
    static final String LOOKED_AT = wanted(
            """
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND (c.relpersistence = 'p' OR c.relpersistence = 'u' AND NOT pg_is_in_recovery())
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            """);

    /// Tables with what the user may read of them. Rights to system columns are had with the table, or one by one.
    private static String wanted(String scope) {
        return """
                SELECT n.nspname, c.relname, c.relkind = 'p' AS partitioned, has_schema_privilege(n.oid, 'USAGE') AS may_enter,
                       has_table_privilege(c.oid, 'SELECT') AS may_read_all,
                       ARRAY(SELECT a.attname::text FROM pg_attribute a
                             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
                       ARRAY(SELECT a.attname::text FROM pg_attribute a
                             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                               AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY a.attnum) AS readable,
                       ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
                             WHERE i.indrelid = c.oid AND i.indisvalid
                               AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) AS key,
                       has_column_privilege(c.oid, 'xmin', 'SELECT') AS may_read_xmin,
                       has_column_privilege(c.oid, 'ctid', 'SELECT')
                           AND (c.relkind = 'r' OR has_column_privilege(c.oid, 'tableoid', 'SELECT')) AS may_read_place,
                       row_security_active(c.oid) AS hides_rows
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                %s
                ORDER BY 1, 2
                """
                .formatted(scope);
    }

    /// Tables of a publication whose updates and deletes PostgreSQL refuses, since it could not say which row they were about.
    static final String WITHOUT_IDENTITY =
            """
            SELECT n.nspname, c.relname
            FROM pg_publication_tables t
            JOIN pg_namespace n ON n.nspname = t.schemaname
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
            WHERE t.pubname = ? AND c.relreplident <> 'f'
              AND (c.relreplident = 'n'
                   OR NOT EXISTS (SELECT FROM pg_index i
                                  WHERE i.indrelid = c.oid AND i.indisvalid
                                    AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END))
            ORDER BY 1, 2
            """;

    /// Of some tables, by their schemas and names, those whose updates and deletes would be refused if they were published.
    static final String UNIDENTIFIED =
            """
            SELECT n.nspname, c.relname
            FROM unnest(?::text[], ?::text[]) AS asked(schema, name)
            JOIN pg_namespace n ON n.nspname = asked.schema
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = asked.name
            WHERE c.relreplident <> 'f'
              AND (c.relreplident = 'n'
                   OR NOT EXISTS (SELECT FROM pg_index i
                                  WHERE i.indrelid = c.oid AND i.indisvalid
                                    AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END))
            ORDER BY 1, 2
            """;

    /// What a publication says of parts of tables: rows and columns that it leaves out, and partitions that stand for themselves.
    static final String PARTS =
            """
            SELECT n.nspname, c.relname, to_json(t) ->> 'rowfilter' IS NOT NULL AS filtered, c.relispartition AS partition,
                   json_array_length(to_json(t) -> 'attnames')
                       < (SELECT count(*) FROM pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                            AND coalesce(to_json(a) ->> 'attgenerated', '') = '') AS listed
            FROM pg_publication_tables t
            JOIN pg_namespace n ON n.nspname = t.schemaname
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
            WHERE t.pubname = ?
            ORDER BY 1, 2
            """;

    /// Large tables that the user may read whole, largest first.
    static final String LARGEST =
            """
            SELECT n.nspname, c.relname,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relpages >= ?
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
            ORDER BY c.relpages DESC
            LIMIT 100
            """;

    /// The database's encoding.
    static final String ENCODING = "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()";

    /// Transactions of people's sessions, other than our own: since when each is open, which is null where this user may not see it, and how
    /// many transactions have begun since it wrote its first row, or took its snapshot.
    static final String TRANSACTIONS =
            """
            SELECT a.pid, coalesce(a.usename, '') AS usename, coalesce(a.application_name, '') AS application_name,
                   coalesce(host(a.client_addr), '') AS client_addr, coalesce(a.datname, '') AS datname,
                   a.xact_start IS NULL AS hidden, coalesce(extract(epoch FROM now() - a.xact_start), 0)::bigint AS seconds,
                   a.backend_xid IS NOT NULL AS writes,
                   coalesce(age(a.backend_xid), age(a.backend_xmin)) AS ids
            FROM pg_stat_activity a
            WHERE a.usesysid IS NOT NULL AND a.pid <> pg_backend_pid() AND (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL)
              AND NOT (a.application_name = 'millrace' AND a.usename = current_user)
              AND a.pid NOT IN (SELECT w.pid FROM pg_stat_get_wal_senders() w)
            ORDER BY seconds DESC, ids DESC
            """;

    /// Transactions that were prepared and are still there.
    static final String PREPARED =
            """
            SELECT gid, owner, database, extract(epoch FROM now() - prepared)::bigint AS seconds FROM pg_prepared_xacts ORDER BY prepared
            """;

    private CheckSql() {}

    /// A text as an SQL literal.
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
