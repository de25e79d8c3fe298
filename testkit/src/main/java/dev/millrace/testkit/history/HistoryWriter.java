package dev.millrace.testkit.history;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/// One session that makes random transactions on the [HistoryTables], as a seed has it. Belongs to one thread.
///
/// Several writers may work at the same time; what one of them is refused (a key that exists, a lock that another holds) becomes a
/// rolled-back transaction or savepoint, which is part of the history.
public final class HistoryWriter {

    private static final int KEYS = 400;
    private static final int LARGE = 3_000;

    private final Connection session;
    private final Random random;

    /// Takes an open session over; the caller closes it.
    public HistoryWriter(Connection session, long seed) throws SQLException {
        this.session = session;
        this.random = new Random(seed);
        session.setAutoCommit(false);
        try (Statement statement = session.createStatement()) {
            statement.execute("SET lock_timeout = '500ms'");
            statement.execute("SET deadlock_timeout = '100ms'");
        }
        session.commit();
    }

    /// Makes one transaction: usually small, sometimes large, sometimes rolled back whole or in part.
    public void transaction() throws SQLException {
        int statements = random.nextInt(20) == 0 ? 60 : 1 + random.nextInt(6);
        boolean rollBack = random.nextInt(12) == 0;
        try {
            work(statements, 0);
            if (rollBack) {
                session.rollback();
            } else {
                session.commit();
            }
        } catch (SQLException e) {
            if (session.isClosed() || String.valueOf(e.getSQLState()).startsWith("08") || String.valueOf(e.getSQLState()).startsWith("57P")) {
                throw e;
            }
            session.rollback();
        }
    }

    private void work(int statements, int depth) throws SQLException {
        for (int i = 0; i < statements; i++) {
            if (depth < 3 && random.nextInt(6) == 0) {
                nested(depth);
            } else {
                guarded(statement());
            }
        }
    }

    /// A subtransaction, kept or dropped.
    private void nested(int depth) throws SQLException {
        Savepoint savepoint = session.setSavepoint();
        work(1 + random.nextInt(4), depth + 1);
        if (random.nextInt(3) == 0) {
            session.rollback(savepoint);
        } else {
            session.releaseSavepoint(savepoint);
        }
    }

    private void guarded(String sql) throws SQLException {
        Savepoint savepoint = session.setSavepoint();
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
            session.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            session.rollback(savepoint);
        }
    }

    private String statement() {
        if (random.nextInt(400) == 0) {
            return "TRUNCATE " + HistoryTables.NAMES.get(random.nextInt(HistoryTables.NAMES.size()));
        }
        return switch (random.nextInt(5)) {
            case 0 -> accounts();
            case 1 -> seats();
            case 2 -> readings();
            case 3 -> badges();
            default -> whole();
        };
    }

    private String accounts() {
        int id = random.nextInt(KEYS);
        return switch (random.nextInt(7)) {
            case 0, 1 ->
                "INSERT INTO accounts VALUES (%d, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner"
                        .formatted(id, text(), decimal(), moment(), large(), random.nextBoolean());
            case 2 -> "UPDATE accounts SET balance = balance + %s WHERE id BETWEEN %d AND %d".formatted(decimal(), id, id + 10);
            case 3 -> "UPDATE accounts SET id = id + %d WHERE id = %d".formatted(1 + random.nextInt(KEYS), id);
            case 4 -> "UPDATE accounts SET note = %s, flags = NULL WHERE id = %d".formatted(large(), id);
            case 5 -> "DELETE FROM accounts WHERE id = %d".formatted(id);
            default -> swap(id, random.nextInt(KEYS));
        };
    }

    /// Two rows change places by way of a third key, all in one statement's transaction.
    private static String swap(int one, int other) {
        return ("UPDATE accounts SET id = -1 WHERE id = %1$d; UPDATE accounts SET id = %1$d WHERE id = %2$d;"
                        + " UPDATE accounts SET id = %2$d WHERE id = -1")
                .formatted(one, other);
    }

    private String seats() {
        int seat = random.nextInt(60);
        String hall = "'" + "ABC".charAt(random.nextInt(3)) + "'";
        return switch (random.nextInt(4)) {
            case 0, 1 -> "INSERT INTO seats VALUES (%s, %d, '%s', %s) ON CONFLICT DO NOTHING".formatted(hall, seat, uuid(), real());
            case 2 -> "UPDATE seats SET hall = %s, price = %s WHERE seat = %d".formatted(hall, real(), seat);
            default -> "DELETE FROM seats WHERE hall = %s AND seat = %d".formatted(hall, seat);
        };
    }

    private String readings() {
        int sensor = random.nextInt(20);
        String label = random.nextInt(3) == 0 ? "NULL" : "'l" + random.nextInt(4) + "'";
        return switch (random.nextInt(5)) {
            case 0, 1, 2 -> "INSERT INTO readings SELECT %d, %s, %s FROM generate_series(1, %d)"
                    .formatted(sensor, real(), label, 1 + random.nextInt(3));
            case 3 -> "UPDATE readings SET value = %s WHERE ctid IN (SELECT ctid FROM readings WHERE sensor = %d LIMIT 2)"
                    .formatted(real(), sensor);
            default -> "DELETE FROM readings WHERE ctid IN (SELECT ctid FROM readings WHERE sensor = %d LIMIT 2)".formatted(sensor);
        };
    }

    private String badges() {
        String code = "'c" + random.nextInt(80) + "'";
        return switch (random.nextInt(4)) {
            case 0, 1 -> "INSERT INTO badges VALUES (%s, %d, %s, '\\x%08x') ON CONFLICT DO NOTHING"
                    .formatted(code, random.nextInt(5), text(), random.nextInt());
            case 2 -> "UPDATE badges SET code = 'c' || %d, level = level + 1 WHERE code = %s".formatted(random.nextInt(80), code);
            default -> "DELETE FROM badges WHERE code = %s".formatted(code);
        };
    }

    private String whole() {
        int id = random.nextInt(100);
        return switch (random.nextInt(5)) {
            case 0, 1 -> "INSERT INTO whole VALUES (%d, %s, %s) ON CONFLICT DO NOTHING".formatted(id, large(), text());
            case 2 -> "UPDATE whole SET extra = %s WHERE id = %d".formatted(text(), id);
            case 3 -> "UPDATE whole SET id = %d WHERE id = %d".formatted(random.nextInt(100), id);
            default -> "DELETE FROM whole WHERE id = %d".formatted(id);
        };
    }

    private String text() {
        List<String> texts = List.of("NULL", "''", "'plain'", "'Zürich'", "'quote '' and \\ slash'", "'日本'", "E'tab\\tline\\nend'");
        return texts.get(random.nextInt(texts.size()));
    }

    private String large() {
        return random.nextInt(3) == 0 ? "'short'" : "repeat('%c', %d)".formatted((char) ('a' + random.nextInt(26)), LARGE);
    }

    private String decimal() {
        return random.nextInt(10) == 0 ? "NULL" : "%d.%02d".formatted(random.nextInt(100_000) - 50_000, random.nextInt(100));
    }

    private String real() {
        return switch (random.nextInt(8)) {
            case 0 -> "'NaN'";
            case 1 -> "'-Infinity'";
            case 2 -> "'-0'";
            default -> Double.toString(random.nextGaussian());
        };
    }

    private String moment() {
        return switch (random.nextInt(8)) {
            case 0 -> "'infinity'";
            case 1 -> "NULL";
            default -> "to_timestamp(%d.%06d)".formatted(random.nextInt(), random.nextInt(1_000_000));
        };
    }

    private String uuid() {
        return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
    }
}
