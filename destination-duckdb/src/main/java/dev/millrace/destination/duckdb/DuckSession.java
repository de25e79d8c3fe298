package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.fault.Fault;
import dev.millrace.destination.duckdb.vector.RowStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to an open DuckDB file. Belongs to one thread at a time.
///
/// Faults of the driver come out as [Fault]. Transactions are begun by a statement of ours: the driver's `setAutoCommit(false)` would begin
/// them too late.
public final class DuckSession implements AutoCloseable {

    /// Reads one row of a result.
    @FunctionalInterface
    public interface RowReader<T> {
        /// Reads the row that the result stands on.
        T read(ResultSet row) throws SQLException;
    }

    /// Something done in a transaction.
    @FunctionalInterface
    public interface Work<T> {
        /// Does it.
        T run();
    }

    private static final Logger LOG = LoggerFactory.getLogger(DuckSession.class);

    private final DuckDBConnection connection;
    private final String subject;
    private final RowStore rows;

    /// Takes a connection over, and closes it in the end. Rows lie in its database.
    ///
    /// @param subject the file, for messages
    public DuckSession(DuckDBConnection connection, String subject) {
        this(connection, subject, RowStore.IN_PLACE);
    }

    /// Takes a connection over, and closes it in the end.
    ///
    /// @param subject the file, for messages
    /// @param rows where rows lie
    public DuckSession(DuckDBConnection connection, String subject, RowStore rows) {
        this.connection = connection;
        this.subject = subject;
        this.rows = rows;
        run("SET TimeZone = 'UTC'");
    }

    /// Runs a statement; returns how many rows it changed.
    public long run(String sql, @Nullable Object... values) {
        try {
            if (values.length == 0) {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeLargeUpdate(sql);
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement, values);
                return statement.executeLargeUpdate();
            }
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// Runs a statement that reads from a stream; what goes wrong in the stream comes out as it was thrown there.
    public long run(RowStream stream, String sql) {
        return reading(stream, () -> run(sql));
    }

    /// Reads all rows of a result that are made from a stream; what goes wrong in the stream comes out as it was thrown there.
    public <T> List<T> query(RowStream stream, String sql, RowReader<T> reader) {
        return reading(stream, () -> query(sql, reader));
    }

    private static <T> T reading(RowStream stream, Work<T> statement) {
        try {
            return statement.run();
        } catch (Fault e) {
            switch (stream.failure()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw e.getCause() instanceof SQLException refusal ? stream.malformed(refusal).orElse(e) : e;
            }
        }
    }

    /// Reads all rows of a result.
    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// Reads all rows of a result and keeps none of them.
    public void readEach(String sql, RowReader<?> reader) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                reader.read(result);
            }
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// Reads the first row of a result; empty if there is none.
    public <T> Optional<T> queryFirst(String sql, RowReader<T> reader, @Nullable Object... values) {
        return query(sql, reader, values).stream().findFirst();
    }

    /// Reads a number, the first of a result that has one.
    public long queryLong(String sql, @Nullable Object... values) {
        return query(sql, row -> row.getLong(1), values).getFirst();
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /// Does something in a transaction: all of it, or nothing if it throws.
    public <T> T inTransaction(Work<T> work) {
        run("BEGIN TRANSACTION");
        T result;
        try {
            result = work.run();
        } catch (Throwable e) {
            rollback(e);
            throw e;
        }
        commit();
        return result;
    }

    private void commit() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("COMMIT");
        } catch (SQLException e) {
            if (DuckFaults.isInvalidated(e)) {
                throw new CommitUnknown("DuckDB stopped during a commit to " + subject, e);
            }
            Fault fault = DuckFaults.of(e, subject);
            rollback(fault);
            throw fault;
        }
    }

    private void rollback(Throwable reason) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // A failed commit has ended the transaction already.
            reason.addSuppressed(e);
        }
    }

    /// Whether DuckDB still answers.
    boolean isAlive() {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("SELECT 1");
        } catch (SQLException _) {
            return false;
        }
    }

    /// Where the rows of tables lie.
    public RowStore rows() {
        return rows;
    }

    /// The connection itself.
    public DuckDBConnection connection() {
        return connection;
    }

    /// Closes what is of no use any more, whatever it says to that.
    public void abandon() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing={}", subject, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }
}
