package dev.millrace.destination.duckdb.fingerprint;

import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.destination.duckdb.DuckFaults;
import dev.millrace.destination.duckdb.DuckLibrary;
import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.duckdb.vector.DirectCheck;
import dev.millrace.destination.duckdb.vector.RowFunction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file in which the index lies: opened, made anew if it cannot be read, and removed when it is found to be damaged. Sessions may be
/// made by any thread.
final class IndexFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IndexFile.class);

    /// What the driver says instead of a reason, if a statement fails while its result is read.
    private static final String UNTOLD = "Invalid result set";

    private static final long VERSION = 1;
    private static final long CHECKPOINT_BYTES = 64L << 20;

    private final Path path;
    private final DuckDBConnection first;
    private volatile boolean damaged;

    private IndexFile(Path path, DuckDBConnection first) {
        this.path = path;
        this.first = first;
    }

    /// Opens a file, or makes it: if it is not there, cannot be read, or is of another version.
    static IndexFile open(Path path, long memoryBytes, int threads) {
        try {
            IndexFile file = connect(path, memoryBytes, threads);
            if (file.isOurs()) {
                return file;
            }
            LOG.warn("index={} found=\"other version\" then=\"made anew\"", path);
            file.close();
        } catch (SQLException e) {
            if (!isDamage(e)) {
                throw DuckFaults.of(e, name(path));
            }
            LOG.warn("index={} found=damaged then=\"made anew\"", path, e);
        }
        remove(path);
        try {
            IndexFile made = connect(path, memoryBytes, threads);
            if (!made.isOurs()) {
                throw new IllegalStateException("Invalid index: %s (must be new)".formatted(path));
            }
            return made;
        } catch (SQLException e) {
            throw DuckFaults.of(e, name(path));
        }
    }

    private static IndexFile connect(Path path, long memoryBytes, int threads) throws SQLException {
        DuckLibrary.load();
        // Results are not held in memory. The driver has this for all connections to a file or none.
        Properties properties = new Properties();
        properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + path.toAbsolutePath(), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL memory_limit = '%dB'".formatted(memoryBytes));
            statement.execute("SET GLOBAL threads = %d".formatted(threads));
            statement.execute("SET GLOBAL preserve_insertion_order = false");
            statement.execute("SET GLOBAL wal_autocheckpoint = '%dB'".formatted(CHECKPOINT_BYTES));
            RowFunction.registerWith(connection);
            DirectCheck.decide(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return new IndexFile(path, connection);
    }

    /// Whether the file is of this version; an empty one becomes so.
    private boolean isOurs() throws SQLException {
        try (DuckSession session = new DuckSession(first.duplicate(), name(path))) {
            long tables = session.queryLong("SELECT count(*) FROM duckdb_tables()");
            boolean hasVersion = session.queryLong("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'format'") == 1;
            if (tables == 0) {
                session.inTransaction(() -> {
                    session.run("CREATE TABLE format (version BIGINT NOT NULL)");
                    session.run("INSERT INTO format VALUES (?)", VERSION);
                    return session.run(KeyTable.CATALOG);
                });
                return true;
            }
            return hasVersion && session.queryLong("SELECT max(version) FROM format") == VERSION;
        } catch (Fault e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /// A new session, to be closed by the caller, who does with it what he does by [#watched].
    DuckSession session() {
        if (damaged) {
            throw damage(null);
        }
        try {
            return new DuckSession(first.duplicate(), name(path));
        } catch (SQLException e) {
            throw DuckFaults.of(e, name(path));
        }
    }

    /// Does something in a session of its own.
    <T> T use(Function<DuckSession, T> work) {
        return watched(() -> {
            try (DuckSession session = session()) {
                return work.apply(session);
            }
        });
    }

    /// Does something in a transaction of its own.
    void change(Consumer<DuckSession> work) {
        use(session -> session.inTransaction(() -> {
            work.accept(session);
            return true;
        }));
    }

    /// Does something; if that shows the file to be damaged, removes it.
    <T> T watched(Supplier<T> work) {
        try {
            return work.get();
        } catch (CommitUnknown | Fault e) {
            if (e.getCause() instanceof SQLException cause) {
                if (isDamage(cause)) {
                    throw damage(cause);
                }
                if (String.valueOf(cause.getMessage()).contains(UNTOLD)) {
                    findDamage();
                }
                if (e instanceof CommitUnknown) {
                    throw DuckFaults.of(cause, name(path));
                }
            }
            throw e;
        }
    }

    /// Reads everything, by statements that do say what is wrong.
    private void findDamage() {
        try (DuckSession session = session()) {
            session.query("SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND table_name <> 'tables' AND table_name <> 'format'", row -> row.getString(1))
                    .forEach(table -> session.run(
                            "CREATE OR REPLACE TEMP TABLE checked AS SELECT sum(COLUMNS(* EXCLUDE rest)), max(rest) FROM " + table));
        } catch (Fault e) {
            if (e.getCause() instanceof SQLException cause && isDamage(cause)) {
                throw damage(cause);
            }
            LOG.debug("index={}", path, e);
        }
    }

    private Fault damage(@Nullable SQLException cause) {
        if (!damaged) {
            damaged = true;
            LOG.warn("index={} found=damaged then=removed", path, cause);
            remove(path);
        }
        return new Fault(
                FaultKind.DESTINATION_UNUSABLE,
                name(path),
                "The index of keys %s was damaged, and is removed; nothing else was.".formatted(name(path)),
                "Start the run again: it makes the index anew, for which it copies the tables that have no other way to show deletes.",
                cause);
    }

    /// Whether an exception says that the file's contents cannot be read. It does not if the disk is full, or the file is held by somebody.
    private static boolean isDamage(SQLException e) {
        String text = String.valueOf(e.getMessage());
        boolean isUnreadable = text.contains("orrupt")
                || text.contains("checksum")
                || text.contains("not a valid DuckDB")
                || text.contains("Could not read enough bytes")
                || text.contains("version number")
                || text.startsWith("Serialization Error")
                || text.startsWith("INTERNAL Error")
                || text.contains("replaying WAL");
        return isUnreadable && !text.contains("No space left") && !text.contains("Could not set lock");
    }

    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".wal"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + path, e);
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    @Override
    public void close() {
        try {
            first.close();
        } catch (SQLException e) {
            if (!damaged) {
                throw DuckFaults.of(e, name(path));
            }
            LOG.debug("closing={}", path, e);
        }
        if (damaged) {
            remove(path);
        }
    }
}
