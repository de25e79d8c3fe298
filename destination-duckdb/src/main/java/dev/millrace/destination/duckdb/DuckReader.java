package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.destination.duckdb.query.SqlQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A DuckDB file opened for reading only, by a process that does not sync into it, or beside those who do in this process. Any number of processes can read at
/// the same time, but none while another writes.
public final class DuckReader implements CopyReader {

    private static final Logger LOG = LoggerFactory.getLogger(DuckReader.class);

    private final Optional<DuckDatabase> shared;
    private final DuckDBConnection connection;
    private final DuckMemory memory;
    private final DuckSettings settings;
    private final String subject;

    private DuckReader(DuckDBConnection connection, String schemaPrefix, DuckSettings settings, String subject, Optional<DuckDatabase> shared) {
        this.shared = shared;
        this.connection = connection;
        this.memory = new DuckMemory(schemaPrefix);
        this.settings = settings;
        this.subject = subject;
    }

    /// Opens a file that is there.
    ///
    /// @param schemaPrefix names the connection in the file's memory
    /// @param settings name our own columns
    /// @throws Fault if there is no such file, another process writes to it, or it cannot be opened
    public static DuckReader open(Path file, String schemaPrefix, DuckSettings settings) {
        String subject = requireFile(file);
        Properties readOnly = new Properties();
        readOnly.setProperty("duckdb.read_only", "true");
        try {
            DuckLibrary.load();
            var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file.toAbsolutePath(), readOnly);
            return new DuckReader(connection, schemaPrefix, settings, subject, Optional.empty());
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// Opens a file that is there, in a process that may be writing it meanwhile, which DuckDB allows only to those who open it in the same way: no other
    /// process can open it then. What is asked of it must only read.
    public static DuckReader openBesideWriters(Path file, String schemaPrefix, DuckSettings settings) {
        String subject = requireFile(file);
        DuckDatabase shared = DuckDatabase.open(file, settings);
        try {
            return new DuckReader(shared.connection(), schemaPrefix, settings, subject, Optional.of(shared));
        } catch (RuntimeException e) {
            shared.abandon();
            throw e;
        }
    }

    /// Reads a file that is open already, and stays so for longer.
    static DuckReader beside(DuckDatabase open, String schemaPrefix, DuckSettings settings) {
        return new DuckReader(open.connection(), schemaPrefix, settings, open.subject(), Optional.empty());
    }

    /// Reads a memory that was kept elsewhere, and whatever else there is in a database of the caller's.
    ///
    /// @param connection closed with the reader
    /// @param filling brings what is remembered into the tables of the memory, which are made before
    public static DuckReader over(
            DuckDBConnection connection, String schemaPrefix, DuckSettings settings, String subject, Consumer<DuckSession> filling) {
        DuckReader reader = new DuckReader(connection, schemaPrefix, settings, subject, Optional.empty());
        try (DuckSession session = reader.session()) {
            DuckMemory.prepare(session);
            filling.accept(session);
        }
        return reader;
    }

    private static String requireFile(Path file) {
        String subject = file.getFileName().toString();
        if (!Files.exists(file)) {
            throw new Fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    subject,
                    "There is no file %s, so there is no copy to read.".formatted(file),
                    "Run `millrace sync` first, or correct `destination.path`.");
        }
        return subject;
    }

    @Override
    public Memory recall() {
        try (DuckSession session = session()) {
            if (!hasTable(session, "checkpoints")) {
                return Memory.empty();
            }
            return hasTable(session, "names") ? memory.recall(session) : memory.recall(session, Map.of());
        }
    }

    @Override
    public List<WidenedColumn> widened() {
        try (DuckSession session = session()) {
            return hasTable(session, "widened") ? memory.widened(session) : List.of();
        }
    }

    private DuckSession session() {
        try {
            return new DuckSession(connection.duplicate(), subject);
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    private static boolean hasTable(DuckSession session, String name) {
        return session.queryFirst(
                        "SELECT 1 FROM information_schema.tables WHERE table_schema = '_millrace' AND table_name = ?",
                        row -> row.getInt(1),
                        name)
                .isPresent();
    }

    @Override
    public OptionalLong liveRows(TableMemory table, Duration patience) {
        try (Statement statement = connection.createStatement()) {
            CompletableFuture<Void> late = CompletableFuture.runAsync(
                    () -> cancel(statement), CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS));
            String sql = "SELECT count(*) FROM %s WHERE %s"
                    .formatted(table.names().table().quoted(), settings.isLive(table.mode()));
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return OptionalLong.of(row.getLong(1));
            } finally {
                late.cancel(false);
            }
        } catch (SQLException e) {
            LOG.debug("table={} counted=false", table.names().table(), e);
            return OptionalLong.empty();
        }
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            LOG.debug("cancelled=false", e);
        }
    }

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        SqlQuery.run(connection, sql, rows, stop);
    }

    /// The JDBC connection, for statements that read; closed with this reader.
    public Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        } finally {
            shared.ifPresent(DuckDatabase::close);
        }
    }
}
