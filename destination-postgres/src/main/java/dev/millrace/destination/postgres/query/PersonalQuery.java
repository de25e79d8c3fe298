package dev.millrace.destination.postgres.query;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.postgres.fault.ServerWords;
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
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/// Runs a person's SQL on a session and hands the rows over. Reads only: the transaction is begun so, and there is one statement, so that none can
/// end it.
public final class PersonalQuery {

    private static final long CANCEL_MILLIS = 50;
    private static final String READ_ONLY = "25006";

    private PersonalQuery() {}

    /// Runs one statement; the session is the caller's, and of no further use.
    public static void run(Connection session, String sql, RowSink rows, StopSignal stop) {
        try {
            List<NativeQuery> statements = Parser.parseJdbcSql(sql, true, false, true, true, false);
            if (statements.size() > 1) {
                throw new Fault(FaultKind.DESTINATION_REFUSED, "query", "More than one statement was asked, so none was carried out.", "Ask one at a time.");
            }
            try (Statement statement = session.createStatement()) {
                // Names without a schema mean what the person is used to.
                statement.execute("SET search_path TO DEFAULT");
                session.setAutoCommit(false);
                statement.execute("SET TRANSACTION READ ONLY");
                statement.setFetchSize(RowSink.ROWS_MAX);
                CountDownLatch ended = new CountDownLatch(1);
                stop.then(() -> Thread.ofVirtual().name("cancel").start(() -> cancelUntil(ended, statement)));
                try {
                    execute(statement, sql, rows, stop);
                } finally {
                    ended.countDown();
                }
            }
        } catch (SQLException e) {
            if (!stop.isGiven()) {
                throw refused(e);
            }
        }
    }

    private static void execute(Statement statement, String sql, RowSink rows, StopSignal stop) throws SQLException {
        if (stop.isGiven()) {
            return;
        }
        if (statement.execute(sql)) {
            try (ResultSet result = statement.getResultSet()) {
                hand(result, rows);
            }
        } else {
            rows.heads(List.of());
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

    /* Only here does a fault hold all the words of the database: they are about the user's own statement, go to their screen and nowhere else,
     * and say what is wrong with it better than we could.
     */
    private static Fault refused(SQLException e) {
        boolean writes = READ_ONLY.equals(e.getSQLState());
        return new Fault(
                FaultKind.DESTINATION_REFUSED,
                "query",
                writes ? "The statement would change the copy, so it was not carried out." : "PostgreSQL refused the statement: " + ServerWords.of(e),
                writes
                        ? "Only read here. To derive tables of your own, use a client of PostgreSQL and a schema of your own."
                        : "Correct the statement. `SELECT * FROM pg_catalog.pg_tables` lists what there is.",
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
            case "bool" -> present(row, row.getBoolean(column));
            case "int2", "int4", "int8" -> present(row, row.getLong(column));
            default -> row.getString(column);
        };
    }

    private static @Nullable Object present(ResultSet row, Object value) throws SQLException {
        return row.wasNull() ? null : value;
    }
}
