package dev.millrace.destination.postgres;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Salt;
import java.util.List;

/// The tables of the schema `_millrace`, which all connections that write to the database share.
final class MemoryTables {

    private static final int VERSION = 1;

    /// One at a time makes the tables.
    private static final String LOCK = "SELECT pg_advisory_xact_lock(7300162026071)";

    private static final List<String> TABLES = List.of(
            "CREATE SCHEMA _millrace",
            "CREATE TABLE _millrace.version (version integer NOT NULL)",
            "INSERT INTO _millrace.version VALUES (%d)".formatted(VERSION),
            // Who writes for a connection: the number goes up with every run.
            "CREATE TABLE _millrace.holders (connection text PRIMARY KEY, epoch bigint NOT NULL, since timestamptz NOT NULL)",
            """
            CREATE TABLE _millrace.checkpoints (
                connection text PRIMARY KEY, system_identifier text NOT NULL, source_database text NOT NULL,
                position text NOT NULL, committed_at timestamptz, written_at timestamptz NOT NULL) WITH (fillfactor = 50)""",
            """
            CREATE TABLE _millrace.tables (
                connection text, source_schema text, source_table text,
                state text NOT NULL, mode text NOT NULL, published boolean NOT NULL, shape bytea NOT NULL, plan bytea,
                copy_requested boolean NOT NULL, row_count bigint NOT NULL,
                PRIMARY KEY (connection, source_schema, source_table))""",
            """
            CREATE TABLE _millrace.ranges (
                connection text, source_schema text, source_table text, number integer,
                snapshot text NOT NULL, read_at text NOT NULL, row_count bigint NOT NULL, unfit text[] NOT NULL,
                PRIMARY KEY (connection, source_schema, source_table, number))""",
            """
            CREATE TABLE _millrace.pending (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                connection text NOT NULL, source_schema text NOT NULL, source_table text NOT NULL,
                change_count integer NOT NULL, shape bytea NOT NULL, changes bytea NOT NULL)""",
            "CREATE INDEX ON _millrace.pending (connection, source_schema, source_table)",
            """
            CREATE TABLE _millrace.widened (
                connection text NOT NULL, source_schema text NOT NULL, source_table text NOT NULL, column_name text NOT NULL,
                value_count bigint NOT NULL, widened_at timestamptz NOT NULL)""",
            "CREATE TABLE _millrace.salt (salt bytea NOT NULL)",
            // The names of every table that there ever was.
            """
            CREATE TABLE _millrace.names (
                connection text, source_schema text, source_table text, naming text NOT NULL,
                target_schema text NOT NULL, target_table text NOT NULL, source_columns text[] NOT NULL, target_columns text[] NOT NULL,
                PRIMARY KEY (connection, source_schema, source_table))""");

    private MemoryTables() {}

    /// Makes the tables if they are not there.
    ///
    /// @throws Fault if they are those of a later version of Millrace
    static void prepare(TargetSession session) {
        if (!areThere(session)) {
            session.inTransaction(() -> {
                session.query(LOCK, row -> true);
                if (!areThere(session)) {
                    session.run(String.join(";\n", TABLES));
                    session.run("INSERT INTO _millrace.salt VALUES (?)", Salt.random().reveal());
                }
                return true;
            });
        }
        long version = session.queryLong("SELECT max(version) FROM _millrace.version");
        if (version > VERSION) {
            throw new Fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    session.place().name(),
                    "What is remembered in %s was written by a later version of Millrace (%d, and this one knows %d); nothing was written."
                            .formatted(session.place().name(), version, VERSION),
                    "Run the later version.");
        }
    }

    /// Whether a database has the tables.
    static boolean areThere(TargetSession session) {
        return session.queryFirst("SELECT 1 WHERE to_regclass('_millrace.version') IS NOT NULL", row -> true).isPresent();
    }

    /// The salt of the database.
    static Salt salt(TargetSession session) {
        return session.queryFirst("SELECT salt FROM _millrace.salt", row -> Salt.of(row.getBytes(1)))
                .orElseThrow(() -> new Fault(
                        FaultKind.DESTINATION_ALTERED,
                        session.place().name(),
                        "The salt of %s is gone, with which columns are hashed; nothing was written.".formatted(session.place().name()),
                        "Put back what was in `_millrace.salt`. If nobody has it: drop the schema `_millrace` and our tables, and copy anew."));
    }
}
