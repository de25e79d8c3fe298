package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.session.Sessions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// How fast rows arrive: a sample is read as a copy reads, timed, and thrown away.
///
/// It is a part of the largest table that may be read; of a small database it is made up by the server, which then says how fast the way is.
///
/// A session of its own reads it and is then dropped, since a server that is sending heeds a cancel only once all is through.
///
/// @param sampleBytes how much is read at most
/// @param limit for how long at most
record SpeedQuestion(CheckSettings settings, Sessions sessions, long sampleBytes, Duration limit) implements Question {

    private static final long SAMPLE_BYTES = 64L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final double SLOW_BYTES_PER_SECOND = 5e6;

    /// 8 MB: less says nothing.
    private static final int PAGES_LEAST = 1024;

    /// A sample below this says nothing either: rows that are all deleted, or one that is larger than what arrives within the limit.
    private static final long BYTES_LEAST = 1L << 20;

    private static final String LOCK_NOT_HAD = "55P03";
    private static final String MADE_UP = "COPY (SELECT repeat('0123456789abcdef', 512) FROM generate_series(1, 8192)) TO STDOUT";

    SpeedQuestion(CheckSettings settings, Sessions sessions) {
        this(settings, sessions, SAMPLE_BYTES, LIMIT);
    }

    /// @param what what was read
    /// @param bytes how much of it
    /// @param nanos in how much time
    private record Sample(String what, long bytes, long nanos) {

        double bytesPerSecond() {
            return bytes / Math.max(1e-9, nanos / 1e9);
        }
    }

    @Override
    public SetupTest test() {
        return SetupTest.SPEED;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        Sample sample = sample(session);
        String figure = String.format(
                Locale.ROOT,
                "%.1f MB/s: %s of %s in %.1f s.",
                sample.bytesPerSecond() / 1e6,
                CheckText.bytes(sample.bytes()),
                sample.what(),
                sample.nanos() / 1e9);
        return List.of(
                sample.bytesPerSecond() < SLOW_BYTES_PER_SECOND
                        ? Finding.warning(
                                test(),
                                "Rows arrive at %s Below 5 MB/s first copies of large tables take days, and a busy log outruns the reader.".formatted(figure),
                                "Run Millrace nearer to the source, or mend what is slow on the way (a tunnel, a VPN, a small instance, one that is busy).")
                        : Finding.passed(test(), "Rows arrive at " + figure));
    }

    private Sample sample(Connection session) throws SQLException {
        Optional<Table> table = largest(session);
        if (table.isPresent()) {
            try {
                Sample sample = read("table " + table.get().name(), table.get().copy());
                if (sample.bytes() >= Math.min(BYTES_LEAST, sampleBytes)) {
                    return sample;
                }
            } catch (SQLException e) {
                if (!LOCK_NOT_HAD.equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
        return read("rows that the server made up", MADE_UP);
    }

    private record Table(TableName name, List<String> columns) {

        String copy() {
            return "COPY (SELECT %s FROM ONLY %s) TO STDOUT"
                    .formatted(columns.stream().map(TableName::quote).collect(Collectors.joining(", ")), name.quoted());
        }
    }

    private Optional<Table> largest(Connection session) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(CheckSql.LARGEST)) {
            statement.setInt(1, PAGES_LEAST);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableName name = new TableName(row.getString("nspname"), row.getString("relname"));
                    List<String> columns = WantedTable.texts(row.getArray("columns")).stream()
                            .filter(column -> settings.selection().includes(name, column))
                            .toList();
                    if (settings.selection().includes(name) && !columns.isEmpty()) {
                        return Optional.of(new Table(name, columns));
                    }
                }
                return Optional.empty();
            }
        }
    }

    private Sample read(String what, String copy) throws SQLException {
        Connection session = sessions.open();
        try {
            begin(session);
            return timed(session, what, copy);
        } finally {
            session.abort(Runnable::run);
        }
    }

    private static void begin(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            session.setNetworkTimeout(Runnable::run, Math.toIntExact(SourceChecks.SILENCE_LIMIT.toMillis()));
            statement.execute(SourceChecks.LIMITS);
        }
    }

    /// The driver hands out whole rows, and waits for each, so the limit is kept by somebody else, who drops the session.
    private Sample timed(Connection session, String what, String copy) throws SQLException {
        long began = System.nanoTime();
        CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS).execute(() -> drop(session));
        long bytes = 0;
        try {
            CopyOut rows = session.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
            byte[] row = rows.readFromCopy();
            while (row != null && bytes < sampleBytes && System.nanoTime() - began < limit.toNanos()) {
                bytes += row.length;
                row = rows.readFromCopy();
            }
        } catch (SQLException e) {
            if (System.nanoTime() - began < limit.toNanos()) {
                throw e;
            }
        }
        return new Sample(what, bytes, System.nanoTime() - began);
    }

    private static void drop(Connection session) {
        try {
            session.abort(Runnable::run);
        } catch (SQLException _) {
            // It is gone already.
        }
    }
}
