package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/// A DuckDB file opened for reading only, by a process that does not sync into it. Any number of processes can read at the same time, but
/// none while another writes. Belongs to one thread.
public final class DuckReader implements AutoCloseable {

    private final Optional<DuckDatabase> shared;
    private final DuckDBConnection connection;
    private final DuckMemory memory;
    private final String subject;

    private DuckReader(DuckDBConnection connection, DuckMemory memory, String subject, Optional<DuckDatabase> shared) {
        this.shared = shared;
        this.connection = connection;
        this.memory = memory;
        this.subject = subject;
    }

    /// Opens a file that is there.
    ///
    /// @param schemaPrefix names the connection in the file's memory
    /// @throws Fault if there is no such file, another process writes to it, or it cannot be opened
    public static DuckReader open(Path file, String schemaPrefix) {
        String subject = requireFile(file);
        Properties readOnly = new Properties();
        readOnly.setProperty("duckdb.read_only", "true");
        try {
            DuckLibrary.load();
            var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file.toAbsolutePath(), readOnly);
            return new DuckReader(connection, new DuckMemory(schemaPrefix), subject, Optional.empty());
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// Opens a file that is there, in a process that may be writing it meanwhile, which DuckDB allows only to those who open it in the same way: no other
    /// process can open it then. What is asked of it must only read.
    public static DuckReader openBesideWriters(Path file, String schemaPrefix) {
        String subject = requireFile(file);
        DuckDatabase shared = DuckDatabase.open(file, DuckSettings.defaults());
        try {
            return new DuckReader(shared.connection(), new DuckMemory(schemaPrefix), subject, Optional.of(shared));
        } catch (RuntimeException e) {
            shared.abandon();
            throw e;
        }
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

    /// What the file remembers of the connection; empty if nothing was ever synced into it.
    public Memory recall() {
        try (DuckSession session = new DuckSession(connection.duplicate(), subject)) {
            if (!hasTable(session, "checkpoints")) {
                return Memory.empty();
            }
            return hasTable(session, "names") ? memory.recall(session) : memory.recall(session, Map.of());
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// The columns that a connection turned into text for values that did not fit.
    ///
    /// @param open any JDBC connection to the file; stays the caller's
    /// @param schemaPrefix names the connection in the file's memory
    public static List<WidenedColumn> widened(Connection open, String schemaPrefix) {
        try (DuckSession session = new DuckSession(open.unwrap(DuckDBConnection.class).duplicate(), schemaPrefix)) {
            return hasTable(session, "widened") ? new DuckMemory(schemaPrefix).widened(session) : List.of();
        } catch (SQLException e) {
            throw DuckFaults.of(e, schemaPrefix);
        }
    }

    private static boolean hasTable(DuckSession session, String name) {
        return session.queryFirst(
                        "SELECT 1 FROM information_schema.tables WHERE table_schema = '_millrace' AND table_name = ?",
                        row -> row.getInt(1),
                        name)
                .isPresent();
    }

    /// The JDBC connection, for statements that read; closed with this reader.
    public Connection session() {
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
