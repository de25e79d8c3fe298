package dev.millrace.destination.duckdb;

import dev.millrace.destination.duckdb.type.TextFunctions;
import dev.millrace.destination.duckdb.vector.DirectCheck;
import dev.millrace.destination.duckdb.vector.RowFunction;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open DuckDB file, with our settings and our table function. Sessions may be made by any thread.
///
/// Whoever opens a file that is open in this process already shares it, with the settings that it was opened with; the last one closes it. DuckDB itself has one
/// instance of a file in a process, but one that is opened while it is being closed, or set up twice at once, is refused.
final class DuckDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DuckDatabase.class);

    private static final Map<Path, Shared> OPEN = new ConcurrentHashMap<>();

    /// A file that is open in this process.
    ///
    /// @param memoryBytes what DuckDB may use for it by its settings
    private record Shared(DuckDBConnection root, int users, long memoryBytes) {}

    private final Path file;
    private final DuckDBConnection root;
    private final DuckDBConnection first;
    private final String subject;
    private final int threads;
    private boolean helped = true;

    private DuckDatabase(Path file, DuckDBConnection root, DuckDBConnection first, String subject, int threads) {
        this.file = file;
        this.root = root;
        this.first = first;
        this.subject = subject;
        this.threads = threads;
    }

    /// Opens a file for writing, and makes it if it is not there.
    static DuckDatabase open(Path file, DuckSettings settings) {
        return open(file, "jdbc:duckdb:" + file.toAbsolutePath().normalize(), settings);
    }

    /// Opens a database that is gone when it is closed by the last who shares it.
    ///
    /// @param name by which it is shared; no file of that name is made
    static DuckDatabase openWorkbench(Path name, DuckSettings settings) {
        return open(name, "jdbc:duckdb:", settings);
    }

    private static DuckDatabase open(Path file, String url, DuckSettings settings) {
        String subject = file.getFileName().toString();
        Path whole = file.toAbsolutePath().normalize();
        Shared shared = Objects.requireNonNull(OPEN.compute(
                whole, (_, there) -> there == null ? new Shared(root(url, subject, settings), 1, settings.memoryBytes()) : new Shared(there.root(), there.users() + 1, there.memoryBytes())));
        if (shared.users() == 1 && DuckBudget.isSet()) {
            divideMemory();
        }
        try {
            return new DuckDatabase(whole, shared.root(), shared.root().duplicate(), subject, settings.threads());
        } catch (SQLException e) {
            release(whole);
            throw DuckFaults.of(e, subject);
        }
    }

    private static DuckDBConnection root(String url, String subject, DuckSettings settings) {
        try {
            DuckLibrary.load();
            var connection = (DuckDBConnection) DriverManager.getConnection(url);
            try {
                set(connection, settings);
                RowFunction.registerWith(connection);
                TextFunctions.registerWith(connection);
                DirectCheck.decide(connection);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return connection;
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    private static void release(Path file) {
        @Nullable Shared left = OPEN.computeIfPresent(file, (_, there) -> {
            if (there.users() > 1) {
                return new Shared(there.root(), there.users() - 1, there.memoryBytes());
            }
            try {
                there.root().close();
            } catch (SQLException e) {
                LOG.debug("closing={}", file, e);
            }
            return null;
        });
        if (left == null && DuckBudget.isSet()) {
            divideMemory();
        }
    }

    /// Gives each open file its share of what DuckDB may use in this process.
    static void divideMemory() {
        int files = OPEN.size();
        OPEN.forEach((file, shared) -> {
            try (Statement statement = shared.root().createStatement()) {
                statement.execute(memoryLimit(DuckBudget.share(shared.memoryBytes(), files)));
            } catch (SQLException e) {
                // It is being closed, or has more in use than its share; then it keeps what it has until files come and go again.
                LOG.debug("file={} memory=not-changed", file, e);
            }
        });
    }

    private static String memoryLimit(long bytes) {
        return "SET GLOBAL memory_limit = '%dB'".formatted(bytes);
    }

    private static void set(DuckDBConnection connection, DuckSettings settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(memoryLimit(settings.memoryBytes()));
            statement.execute("SET GLOBAL threads = %d".formatted(settings.threads()));
            statement.execute("SET GLOBAL preserve_insertion_order = false");
            statement.execute("SET GLOBAL wal_autocheckpoint = '%dB'".formatted(settings.checkpointBytes()));
            if (settings.temporaryDirectory().isPresent()) {
                String directory = settings.temporaryDirectory().get().toString().replace("'", "''");
                statement.execute("SET GLOBAL temp_directory = '%s'".formatted(directory));
            }
        }
    }

    /// Does something that nobody else who has the file open does by this method at the same time.
    <T> T alone(Supplier<T> work) {
        synchronized (root) {
            return work.get();
        }
    }

    /// A new session, to be closed by the caller.
    DuckSession session() {
        return session(RowStore.IN_PLACE);
    }

    /// A new session over tables whose rows lie elsewhere, to be closed by the caller.
    DuckSession session(RowStore rows) {
        return new DuckSession(connection(), subject, rows);
    }

    /// A new connection, to be closed by the caller.
    DuckDBConnection connection() {
        try {
            return first.duplicate();
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// Says whether threads of DuckDB's own help with statements, as they do at first, or callers work alone.
    ///
    /// Such a thread takes work from a caller, and a caller whose work is taken does not sleep: it asks without a pause whether it is
    /// done. A load is one indivisible piece of work, so there a helper only costs a processor. Belongs to the owner's thread; loads
    /// that run go on.
    void helpCallers(boolean help) {
        if (help == helped) {
            return;
        }
        try (Statement statement = first.createStatement()) {
            statement.execute("SET GLOBAL external_threads = %d".formatted(help ? 1 : threads));
            helped = help;
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        }
    }

    /// The file's name, for messages.
    String subject() {
        return subject;
    }

    /// Closes what is of no use any more, whatever it says to that.
    void abandon() {
        try {
            first.close();
        } catch (SQLException e) {
            LOG.debug("closing={}", subject, e);
        } finally {
            release(file);
        }
    }

    @Override
    public void close() {
        try {
            first.close();
        } catch (SQLException e) {
            throw DuckFaults.of(e, subject);
        } finally {
            release(file);
        }
    }
}
