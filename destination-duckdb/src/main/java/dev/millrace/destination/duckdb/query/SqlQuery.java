package dev.millrace.destination.duckdb.query;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs a person's SQL on a session and hands the rows over. Reads only: the transaction is begun so.
public final class SqlQuery {

    private static final long CANCEL_MILLIS = 50;

    private SqlQuery() {}

    /// Runs one statement; the session is the caller's, and of no further use.
    public static void run(Connection session, String sql, RowSink rows, StopSignal stop) {
        try (Statement statement = session.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute("BEGIN TRANSACTION READ ONLY");
            CountDownLatch ended = new CountDownLatch(1);
            stop.then(() -> Thread.ofVirtual().name("cancel").start(() -> cancelUntil(ended, statement)));
            try {
                execute(statement, sql, rows, stop);
            } finally {
                ended.countDown();
            }
        } catch (SQLException e) {
            if (!stop.isGiven()) {
                throw refused(e);
            }
        }
    }

    private static void execute(Statement statement, String sql, RowSink rows, StopSignal stop) throws SQLException {
        if (!stop.isGiven()) {
            if (statement.execute(sql)) {
                try (ResultSet result = statement.getResultSet()) {
                    hand(result, rows);
                }
            } else {
                rows.heads(List.of());
            }
        }
    }

    /// Cancels until the statement has ended: a cancel that comes before the statement has begun is lost.
    private static void cancelUntil(CountDownLatch ended, Statement statement) {
        try {
            do {
                statement.cancel();
            } while (!ended.await(CANCEL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (SQLException _) {
            // It has ended and is closed.
            return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /* Only here does a fault hold the words of the database: they are about the user's own statement, go to their screen and nowhere
     * else, and say what is wrong with it better than we could.
     */
    private static Fault refused(SQLException e) {
        String words = String.valueOf(e.getMessage()).strip();
        boolean writes = words.contains("read-only");
        return new Fault(
                FaultKind.DESTINATION_REFUSED,
                "query",
                writes ? "The statement would change the copy, so it was not carried out." : "DuckDB refused the statement: " + words,
                writes
                        ? "Only read here. To derive tables of your own, attach the file from another database file."
                        : "Correct the statement. `SHOW ALL TABLES` lists what there is.",
                e);
    }

    private static void hand(ResultSet result, RowSink sink) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        int count = columns.getColumnCount();
        List<RowSink.Head> heads = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            heads.add(new RowSink.Head(columns.getColumnLabel(i), columns.getColumnTypeName(i)));
        }
        sink.heads(heads);
        List<List<@Nullable Object>> chunk = new ArrayList<>();
        while (result.next()) {
            List<@Nullable Object> row = new ArrayList<>(count);
            for (int i = 1; i <= count; i++) {
                row.add(value(result, i, heads.get(i - 1).type()));
            }
            chunk.add(row);
            if (chunk.size() == RowSink.ROWS_MAX) {
                sink.rows(chunk);
                chunk = new ArrayList<>();
            }
        }
        if (!chunk.isEmpty()) {
            sink.rows(chunk);
        }
    }

    private static @Nullable Object value(ResultSet row, int column, String type) throws SQLException {
        return switch (type) {
            case "BOOLEAN" -> present(row, row.getBoolean(column));
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" -> present(row, row.getLong(column));
            default -> ResultText.of(row, column, type);
        };
    }

    private static @Nullable Object present(ResultSet row, Object value) throws SQLException {
        return row.wasNull() ? null : value;
    }
}
