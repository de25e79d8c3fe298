package dev.millrace.source.wal;

/// Every SQL statement of this package.
final class WalSql {

    /// What does not depend on the slot. The end of the log is what has been flushed (replayed, on a standby).
    static final String SERVER =
            """
            SELECT current_setting('server_version_num')::int / 10000,
                   txid_snapshot_xmax(txid_current_snapshot()),
                   (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_sender_timeout'),
                   CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
            """;

    /// Whether the server is a standby, and its major version.
    static final String STANDBY = "SELECT pg_is_in_recovery(), current_setting('server_version_num')::int / 10000";

    /// How much the server writes to its log.
    static final String WAL_LEVEL = "SHOW wal_level";

    /// A slot by its name. Columns that older versions lack are null.
    static final String SLOT =
            """
            SELECT slot_type, plugin, database, current_database(), active_pid, confirmed_flush_lsn, restart_lsn,
                   to_json(s) ->> 'wal_status', to_json(s) ->> 'invalidation_reason',
                   CASE WHEN pg_is_in_recovery() THEN to_json(s) ->> 'conflicting' END
            FROM pg_replication_slots s
            WHERE slot_name = ?
            """;

    /// Publications by their names.
    static final String PUBLICATIONS = "SELECT pubname FROM pg_publication WHERE pubname = ANY (?)";

    /// How far the slot has been confirmed.
    static final String CONFIRMED = "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ?";

    /// The end of the log, up to where a slot may be forgotten, and from where it is decoded.
    static final String LOG =
            """
            SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END, confirmed_flush_lsn, restart_lsn
            FROM pg_replication_slots
            WHERE slot_name = ?
            """;

    /// The end of the log, and how a slot stands, if there is one.
    static final String STATUS =
            """
            SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                   confirmed_flush_lsn, restart_lsn, to_json(s) ->> 'wal_status', slot_name IS NOT NULL
            FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots s ON slot_name = ?
            """;

    /// Which server process reads a slot; null if none does.
    static final String READER = "SELECT active_pid FROM pg_replication_slots WHERE slot_name = ?";

    /// Moves a slot forward.
    static final String ADVANCE = "SELECT pg_replication_slot_advance(?, ?::pg_lsn)";

    /// Makes a copy of a slot that lasts as long as the session, where the server is young enough and has a slot to spare.
    static final String COPY_SLOT =
            "SELECT slot_name FROM pg_copy_logical_replication_slot(?, left(?, 50) || '_' || pg_backend_pid(), true)";

    /// The log messages behind what a slot has confirmed: function, slot, up to which LSN, how many at least before it stops, options.
    static final String PIECE = "COPY (SELECT data FROM %s(%s, %s, %d, %s)) TO STDOUT (FORMAT binary)";

    /// Streaming from a position: slot, LSN, options.
    static final String STREAM = "START_REPLICATION SLOT %s LOGICAL %s (%s)";

    /// The user, and whether it may replicate; Aurora and RDS grant a role instead of the attribute.
    static final String MAY_REPLICATE =
            """
            SELECT r.rolname, r.rolsuper OR r.rolreplication OR EXISTS (
                SELECT FROM pg_roles g WHERE g.rolname = 'rds_replication' AND pg_has_role(r.oid, g.oid, 'member'))
            FROM pg_roles r
            WHERE r.rolname = current_user
            """;

    private WalSql() {}

    /// A text as an SQL literal.
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
