package dev.millrace.destination.postgres;

import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.fault.DestinationFaults;
import dev.millrace.destination.postgres.fault.Place;
import dev.millrace.destination.postgres.type.ServerTypes;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.destination.postgres.wire.CopyStream;
import dev.millrace.postgres.session.Sessions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A session with the destination. Belongs to one thread at a time. What the driver throws comes out as [Fault].
final class TargetSession implements AutoCloseable {

    /// Reads one row of a result.
    @FunctionalInterface
    interface RowReader<T> {
        /// Reads the row that the result stands on.
        T read(ResultSet row) throws SQLException;
    }

    /// Something done in a transaction.
    @FunctionalInterface
    interface Work<T> {
        /// Does it.
        T run();
    }

    /// Writes rows.
    @FunctionalInterface
    interface RowsOut {
        /// Writes all of them.
        void write(CopyStream out) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(TargetSession.class);

    /* Each batch has another size, so a plan of an earlier one is of no use: statements are planned when they are run. The tables that are
       written are in memory for the most part, which PostgreSQL does not assume. Both the database and the role could have other levels of
       isolation as their defaults. */
    private static final String SETTINGS =
            """
            SET default_transaction_isolation = 'read committed';
            SET default_transaction_deferrable = off;
            SET random_page_cost = 1.1;
            SET client_min_messages = warning;
            SET jit = off
            """;

    private final Connection connection;
    private final Place place;

    private TargetSession(Connection connection, Place place) {
        this.connection = connection;
        this.place = place;
    }

    /// Opens a session.
    ///
    /// @param name what a person calls the destination
    static TargetSession open(Sessions sessions, String name) {
        Place unknown = new Place(name, "", "the user");
        try {
            Connection connection = sessions.open();
            try {
                connection.unwrap(PGConnection.class).setPrepareThreshold(0);
                Place place = place(connection, name);
                try (Statement statement = connection.createStatement()) {
                    statement.execute(SETTINGS);
                    if (connection.getMetaData().getDatabaseMajorVersion() >= 14) {
                        statement.execute("SET idle_session_timeout = 0");
                    }
                }
                return new TargetSession(connection, place);
            } catch (Throwable e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw DestinationFaults.of(e, unknown);
        }
    }

    private static Place place(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_database(), current_user")) {
            row.next();
            return new Place(name, row.getString(1), row.getString(2));
        }
    }

    /// Refuses a database whose texts are not those of the source, all of which have a place in UTF-8 only.
    void checkEncoding() {
        String encoding = queryFirst("SHOW server_encoding", row -> row.getString(1)).orElse("");
        if (!encoding.equals("UTF8")) {
            throw new Fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    place.name(),
                    "%s has the encoding %s, in which not every text of a source has a place; nothing was written.".formatted(place.name(), encoding),
                    "Make a database for the copy: `CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0;`");
        }
    }

    /// The types that the server has.
    TargetTypes types() {
        try {
            return new TargetTypes(ServerTypes.read(connection));
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    /// Which database this is.
    Place place() {
        return place;
    }

    /// Runs a statement, or several, which go to the server together; returns how many rows the last has changed.
    long run(String sql, @Nullable Object... values) {
        try {
            if (values.length == 0) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                    return changed(statement);
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement, values);
                statement.execute();
                return changed(statement);
            }
        } catch (SQLException e) {
            throw fault(e);
        }
    }

    private static long changed(Statement statement) throws SQLException {
        long rows = 0;
        for (long count = statement.getLargeUpdateCount(); count >= 0; count = statement.getLargeUpdateCount()) {
            rows = count;
            statement.getMoreResults();
        }
        return rows;
    }

    /// Reads all rows of a result.
    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... values) {
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
            throw fault(e);
        }
    }

    /// Reads the first row of a result; empty if there is none.
    <T> Optional<T> queryFirst(String sql, RowReader<T> reader, @Nullable Object... values) {
        return query(sql, reader, values).stream().findFirst();
    }

    /// Reads a number, the first of a result that has one.
    long queryLong(String sql, @Nullable Object... values) {
        return query(sql, row -> row.getLong(1), values).getFirst();
    }

    private void bind(PreparedStatement statement, @Nullable Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            switch (values[i]) {
                case Instant time -> statement.setObject(i + 1, OffsetDateTime.ofInstant(time, ZoneOffset.UTC));
                case String[] texts -> statement.setArray(i + 1, connection.createArrayOf("text", texts));
                case null, default -> statement.setObject(i + 1, values[i]);
            }
        }
    }

    /// Sends rows by a `COPY ... FROM STDIN`; returns how many there were.
    ///
    /// @param of the table at the source whose rows they are
    /// @param into the table with its columns, as they stand in the statement
    /// @throws RuntimeException what the rows throw, as it was thrown; nothing of them is there then
    long copy(TableName of, String into, boolean binary, RowsOut rows) {
        try {
            CopyIn copy = connection.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY %s FROM STDIN %s".formatted(into, CopyStream.options(binary)));
            try {
                CopyStream out = new CopyStream(copy, binary);
                rows.write(out);
                return out.end();
            } catch (Throwable e) {
                cancel(copy, e);
                throw e;
            }
        } catch (SQLException e) {
            throw DestinationFaults.ofValue(e, of).orElseGet(() -> fault(e));
        }
    }

    private static void cancel(CopyIn copy, Throwable reason) {
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /// Does something in a transaction: all of it, or nothing if it throws.
    <T> T inTransaction(Work<T> work) {
        T result;
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw fault(e);
        }
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
        try {
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            if (DestinationFaults.isAnswerLost(e)) {
                throw new CommitUnknown("%s did not say whether it has committed".formatted(place.name()), e);
            }
            Fault fault = fault(e);
            rollback(fault);
            throw fault;
        }
    }

    private void rollback(Throwable reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /// Whether the server still answers here.
    boolean isAlive() {
        try (Statement statement = connection.createStatement()) {
            return !connection.isClosed() && statement.execute("SELECT 1");
        } catch (SQLException _) {
            return false;
        }
    }

    private Fault fault(SQLException e) {
        return DestinationFaults.of(e, place);
    }

    /// The connection itself.
    Connection connection() {
        return connection;
    }

    /// Closes what is of no use any more, whatever it says to that.
    void abandon() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing={}", place.name(), e);
        }
    }

    @Override
    public void close() {
        abandon();
    }
}
