package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/// A DuckDB file opened for reading only, by a process that does not sync into it. Any number of processes can read at the same time, but
/// none while another writes. Belongs to one thread.
public final class DuckReader implements AutoCloseable {

    private final DuckDBConnection connection;
    private final DuckMemory memory;
    private final String subject;

    private DuckReader(DuckDBConnection connection, DuckMemory memory, String subject) {
        this.connection = connection;
        this.memory = memory;
        this.subject = subject;
    }

    /// Opens a file that is there.
    ///
    /// @param schemaPrefix names the connection in the file's memory
    /// @throws Fault if there is no such file, another process writes to it, or it cannot be opened
    public static DuckReader open(Path file, String schemaPrefix) {
        String subject = file.getFileName().toString();
        if (!Files.exists(file)) {
            throw new Fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    subject,
                    "There is no file %s, so there is no copy to read.".formatted(file),
                    "Run `millrace sync` first, or correct `destination.path`.");
        }
        Properties readOnly = new Properties();
        readOnly.setProperty("duckdb.read_only", "true");
        try {
            var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file.toAbsolutePath(), readOnly);
            return new DuckReader(connection, new DuckMemory(schemaPrefix), subject);
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// What the file remembers of the connection; empty if nothing was ever synced into it.
    public Memory recall() {
        try (DuckSession session = new DuckSession(connection.duplicate(), subject)) {
            boolean known = session.queryFirst(
                            "SELECT 1 FROM information_schema.tables WHERE table_schema = '_millrace' AND table_name = 'checkpoints'",
                            row -> row.getInt(1))
                    .isPresent();
            return known ? memory.recall(session) : Memory.empty();
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
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
        }
    }
}
