package dev.millrace.server.state;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What the control plane remembers: one SQLite file, or a PostgreSQL database that several servers share.
///
/// Both are spoken to by the same SQL. May be used by any thread. What a caller changes in one [#change] is there as a whole, durably, or not at all.
public final class State implements AutoCloseable {

    private static final Duration BUSY_PATIENCE = Duration.ofSeconds(15);
    private static final int SESSIONS_OF_FILE = 4;
    private static final int SESSIONS_OF_SERVER = 10;
    private static final Set<PosixFilePermission> OURS_ONLY = PosixFilePermissions.fromString("rw-------");

    private final StateAddress address;
    private final HikariDataSource sessions;
    private final Jdbi jdbi;

    private State(StateAddress address, HikariDataSource sessions) {
        this.address = address;
        this.sessions = sessions;
        this.jdbi = Jdbi.create(sessions);
    }

    /// Opens it, and makes or moves its tables to what this version needs.
    ///
    /// @throws Fault `STATE_UNUSABLE` if it cannot be opened, or a later version of Millrace has been at work in it
    public static State open(StateAddress address) {
        HikariDataSource sessions = null;
        try {
            sessions = new HikariDataSource(configuration(address));
            State state = new State(address, sessions);
            Migrations.apply(state.jdbi, address);
            return state;
        } catch (IOException | PoolInitializationException | JdbiException e) {
            close(sessions);
            throw unusable(address, e);
        } catch (RuntimeException e) {
            close(sessions);
            throw e;
        }
    }

    private static void close(@Nullable HikariDataSource sessions) {
        if (sessions != null) {
            sessions.close();
        }
    }

    private static HikariConfig configuration(StateAddress address) throws IOException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("state");
        config.setConnectionTimeout(BUSY_PATIENCE.toMillis());
        config.setInitializationFailTimeout(BUSY_PATIENCE.toMillis());
        switch (address) {
            case StateAddress.InFile(Path file) -> {
                makeOurs(file);
                config.setJdbcUrl("jdbc:sqlite:" + file);
                config.setMaximumPoolSize(SESSIONS_OF_FILE);
                config.addDataSourceProperty("journal_mode", "WAL");
                config.addDataSourceProperty("synchronous", "FULL");
                config.addDataSourceProperty("foreign_keys", "true");
                // A transaction that reads first and writes then would be refused where another has written meanwhile.
                config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
                config.addDataSourceProperty("busy_timeout", Long.toString(BUSY_PATIENCE.toMillis()));
            }
            case StateAddress.AtServer server -> {
                config.setJdbcUrl(server.jdbcUrl());
                config.setMaximumPoolSize(SESSIONS_OF_SERVER);
                config.setUsername(server.user());
                config.setPassword(server.password().reveal());
                config.addDataSourceProperty("ApplicationName", "millrace server");
            }
        }
        return config;
    }

    private static void makeOurs(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OURS_ONLY));
        }
    }

    /// Reads.
    public <T> T read(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw unusable(address, e);
        }
    }

    /// Changes something: all of it, or nothing if it throws.
    public <T> T change(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (JdbiException e) {
            throw unusable(address, e);
        }
    }

    /// The same without a result.
    public void run(HandleConsumer<RuntimeException> work) {
        change(handle -> {
            work.useHandle(handle);
            return true;
        });
    }

    /// The sessions, for who keeps tables of their own in it.
    public DataSource dataSource() {
        return sessions;
    }

    /// What it is kept in.
    public StateAddress address() {
        return address;
    }

    /// Whether it answers.
    public boolean answers() {
        try (Connection session = sessions.getConnection()) {
            return session.isValid(1);
        } catch (SQLException _) {
            return false;
        }
    }

    /// Copies the file while the server goes on: what was committed when it began.
    ///
    /// @param target a file that does not exist
    /// @throws Fault if it cannot be written, or the state is not in a file
    public void backUp(Path target) {
        if (!(address instanceof StateAddress.InFile)) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    "state",
                    "The state is kept in a PostgreSQL database, which is backed up by its own means.",
                    "Use pg_dump, or the backups of its provider.");
        }
        if (Files.exists(target)) {
            throw new Fault(FaultKind.SETTINGS_INVALID, target.toString(), "File %s exists, and a backup does not write over it.".formatted(target), "Name another file.");
        }
        read(handle -> {
            backUp(handle, target);
            return true;
        });
    }

    private static void backUp(Handle handle, Path target) {
        handle.execute("VACUUM INTO ?", target.toAbsolutePath().toString());
        try {
            Files.setPosixFilePermissions(target, OURS_ONLY);
        } catch (IOException e) {
            throw new Fault(FaultKind.SPOOL_UNUSABLE, target.toString(), "The rights of the backup %s cannot be set.".formatted(target), "chmod 600 it.", e);
        }
    }

    private static Fault unusable(StateAddress address, Exception cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof SQLiteException sqlite) {
                return sqlite(address, sqlite, cause);
            }
        }
        return new Fault(
                FaultKind.STATE_UNUSABLE,
                address.toString(),
                "The server's state in %s cannot be read or written, so nothing is changed.".formatted(address),
                switch (address) {
                    case StateAddress.InFile(Path file) -> "Check that this user may write %s and its folder, and that the disk has room.".formatted(file);
                    case StateAddress.AtServer _ -> "Check that the database answers, and that the user may create tables in it.";
                },
                cause);
    }

    private static Fault sqlite(StateAddress address, SQLiteException sqlite, Exception cause) {
        SQLiteErrorCode code = sqlite.getResultCode();
        String so = switch (code.code & 0xFF) {
            case 5, 6 -> "is locked by another process";
            case 13 -> "has no room left on its disk";
            case 8 -> "may only be read";
            case 11, 26 -> "is damaged, or no SQLite file";
            default -> "cannot be read or written (%s)".formatted(code.name());
        };
        String remedy = switch (code.code & 0xFF) {
            case 5, 6 -> "End the process that holds it (`fuser` names it); one server at a time works in a file.";
            case 13 -> "Make room; what was not answered was not done.";
            case 8 -> "Give this user the right to write the file and its folder.";
            case 11, 26 -> "Put a backup in its place (`millrace server backup` makes them).";
            default -> "Check the file and its folder.";
        };
        return new Fault(FaultKind.STATE_UNUSABLE, address.toString(), "The server's state in %s %s, so nothing was changed.".formatted(address, so), remedy, cause);
    }

    @Override
    public void close() {
        sessions.close();
    }
}
