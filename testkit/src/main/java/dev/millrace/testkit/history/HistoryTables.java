package dev.millrace.testkit.history;

import java.util.List;

/// The tables to which histories happen: one for each way in which a row is told from another.
public final class HistoryTables {

    /// What makes the tables, in order; fits every version from 11 on.
    public static final List<String> DDL = List.of(
            """
            CREATE TABLE accounts (
                id int PRIMARY KEY, owner text, balance numeric(12, 2), opened timestamptz, note text, flags boolean)
            """,
            "ALTER TABLE accounts ALTER COLUMN note SET STORAGE EXTERNAL",
            "CREATE TABLE seats (hall text, seat int, guest uuid, price float8, PRIMARY KEY (seat, hall))",
            "CREATE TABLE readings (sensor int, value float8, label text)",
            "ALTER TABLE readings REPLICA IDENTITY FULL",
            "CREATE TABLE badges (code text NOT NULL, level int NOT NULL, holder text, photo bytea)",
            "CREATE UNIQUE INDEX badges_code ON badges (code)",
            "ALTER TABLE badges REPLICA IDENTITY USING INDEX badges_code",
            "CREATE TABLE whole (id int PRIMARY KEY, body text, extra text)",
            "ALTER TABLE whole REPLICA IDENTITY FULL",
            "ALTER TABLE whole ALTER COLUMN body SET STORAGE EXTERNAL");

    /// The tables' names, all in schema `public`.
    public static final List<String> NAMES = List.of("accounts", "seats", "readings", "badges", "whole");

    private HistoryTables() {}
}
