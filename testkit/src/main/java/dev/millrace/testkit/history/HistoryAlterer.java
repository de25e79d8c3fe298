package dev.millrace.testkit.history;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// One session that alters the [HistoryTables] and others at random, as a seed has it. Belongs to one thread.
///
/// It takes away only what it has added, so that [HistoryWriter]s can go on. Names come from a small pool: they are given up, taken by
/// others and given again. What it is refused becomes a rolled-back transaction, which is part of the history.
public final class HistoryAlterer {

    /// The tables that it makes beside the [HistoryTables], sooner or later.
    public static final List<String> NAMES = List.of("extra0", "extra1", "extra2", "parts", "part0", "part1", "part2");

    private static final int COLUMNS = 4;
    private static final int TABLES = 3;

    private final Connection session;
    private final Random random;

    /// Takes an open session over; the caller closes it.
    public HistoryAlterer(Connection session, long seed) throws SQLException {
        this.session = session;
        this.random = new Random(seed);
        session.setAutoCommit(true);
        try (Statement statement = session.createStatement()) {
            statement.execute("SET lock_timeout = '300ms'");
            statement.execute("CREATE TABLE IF NOT EXISTS parts (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k)");
        }
    }

    /// Makes one transaction of one to four alterations, with rows in between; returns whether it was kept.
    public boolean transaction() throws SQLException {
        List<String> statements = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            statements.add(random.nextInt(3) == 0 ? table() : column());
        }
        boolean keep = random.nextInt(8) != 0;
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN");
            for (String each : statements) {
                statement.execute(each);
            }
            statement.execute(keep ? "COMMIT" : "ROLLBACK");
            return keep;
        } catch (SQLException e) {
            if (session.isClosed() || String.valueOf(e.getSQLState()).startsWith("08") || String.valueOf(e.getSQLState()).startsWith("57P")) {
                throw e;
            }
            try (Statement statement = session.createStatement()) {
                statement.execute("ROLLBACK");
            }
            return false;
        }
    }

    private String column() {
        String table = HistoryTables.NAMES.get(random.nextInt(HistoryTables.NAMES.size()));
        String column = "x" + random.nextInt(COLUMNS);
        String alter = "ALTER TABLE %s ".formatted(table);
        return switch (random.nextInt(8)) {
            case 0 -> alter + "ADD %s int".formatted(column);
            case 1 -> alter + "ADD %s int DEFAULT %d".formatted(column, random.nextInt(100));
            case 2 -> alter + "ADD %s text DEFAULT 'd%d'".formatted(column, random.nextInt(100));
            case 3 -> alter + "ADD %s int DEFAULT (random() * 1000)::int".formatted(column);
            case 4 -> alter + "DROP IF EXISTS " + column;
            case 5 -> alter + "RENAME %s TO x%d".formatted(column, random.nextInt(COLUMNS));
            case 6 -> alter + "ALTER %1$s TYPE text USING %1$s::text || '!'".formatted(column);
            default -> "UPDATE %s SET %s = '%d' WHERE ctid IN (SELECT ctid FROM %1$s LIMIT 7)".formatted(table, column, random.nextInt(100));
        };
    }

    private String table() {
        String name = "extra" + random.nextInt(TABLES);
        int part = random.nextInt(TABLES);
        return switch (random.nextInt(9)) {
            case 0, 1 -> "CREATE TABLE %s (id int PRIMARY KEY, v text)".formatted(name);
            case 2 -> "INSERT INTO %s SELECT g, 'v' FROM generate_series(1, %d) g ON CONFLICT DO NOTHING".formatted(name, random.nextInt(50));
            case 3 -> "DROP TABLE " + name;
            case 4 -> "ALTER TABLE %s RENAME TO extra%d".formatted(name, random.nextInt(TABLES));
            case 5 -> "TRUNCATE " + name;
            case 6 -> "CREATE TABLE part%1$d PARTITION OF parts FOR VALUES IN (%1$d)".formatted(part);
            case 7 -> random.nextBoolean()
                    ? "ALTER TABLE parts DETACH PARTITION part%d".formatted(part)
                    : "ALTER TABLE parts ATTACH PARTITION part%1$d FOR VALUES IN (%1$d)".formatted(part);
            default -> "INSERT INTO parts VALUES (%d, %d, 'p') ON CONFLICT DO NOTHING".formatted(random.nextInt(100), part);
        };
    }
}
