package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.LocalServer;
import dev.millrace.testkit.Eventually;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An empty database for one test. [#close] takes it away with its slots, its sessions and the users made here.
///
/// [#execute] and [#query] run one after another in one session of the superuser, each statement in a transaction of its own. That session
/// is opened anew after the server was restarted. Safe for use by several threads. Database errors are thrown as [AssertionError].
public final class TestDatabase implements AutoCloseable {

    private static final Duration CLEANING_LIMIT = Duration.ofSeconds(30);

    private final LocalServer server;
    private final String name;
    private final boolean isOwned;
    private final List<Connection> sessions = new ArrayList<>();
    private final List<String> users = new ArrayList<>();
    private @Nullable Connection own;

    private TestDatabase(LocalServer server, String name, boolean isOwned) {
        this.server = server;
        this.name = name;
        this.isOwned = isOwned;
    }

    /// A database that is there already and stays: [#close] ends the sessions opened here and no more.
    static TestDatabase present(LocalServer server, String name) {
        return new TestDatabase(server, name, false);
    }

    static TestDatabase create(LocalServer server, String name, String options) {
        onServer(server, "CREATE DATABASE %s %s".formatted(quoted(name), options));
        return new TestDatabase(server, name, true);
    }

    /// The URL for pgjdbc, without user and password.
    public String url() {
        return server.jdbcUrl(name);
    }

    /// The name of the database; unique on its server.
    public String name() {
        return name;
    }

    /// Where the server listens: an address of this machine.
    public String host() {
        return "127.0.0.1";
    }

    /// The server's port.
    public int port() {
        return server.port();
    }

    /// The superuser's name.
    public String user() {
        return TestPostgres.SUPERUSER;
    }

    /// The superuser's password.
    public String password() {
        return TestPostgres.SUPERUSER_PASSWORD;
    }

    /// The server's major version, such as 17.
    public int majorVersion() {
        return server.settings().installation().majorVersion();
    }

    /// A new session of the superuser in autocommit mode. The caller may close it; otherwise [#close] does.
    public Connection session() {
        return session(user(), password());
    }

    /// A new session of another user; otherwise as [#session()].
    public synchronized Connection session(String user, String password) {
        return attempt(() -> {
            Connection session = DriverManager.getConnection(url(), user, password);
            sessions.add(session);
            return session;
        });
    }

    /// Runs the statements in this order, each committed before the next.
    public synchronized void execute(String... sql) {
        for (String each : sql) {
            attempt(() -> {
                try (Statement statement = ownSession().createStatement()) {
                    return statement.execute(each);
                }
            });
        }
    }

    /// The rows that `sql` returns, in order, every value as the server's text; null is null.
    public synchronized List<List<@Nullable String>> query(String sql) {
        return attempt(() -> {
            try (Statement statement = ownSession().createStatement(); ResultSet rows = statement.executeQuery(sql)) {
                return rows(rows);
            }
        });
    }

    /// The one value of the one row that `sql` returns, as the server's text.
    ///
    /// @throws AssertionError if there are more or fewer, or it is null
    public String value(String sql) {
        List<List<@Nullable String>> rows = query(sql);
        String value = rows.size() == 1 && rows.getFirst().size() == 1 ? rows.getFirst().getFirst() : null;
        if (value == null) {
            throw new AssertionError("Not one value but " + rows + ": " + sql);
        }
        return value;
    }

    /// Makes a publication of all tables, those to come included, and a `pgoutput` slot, which holds every change from now on.
    ///
    /// Slots are known by name to the whole server, so the name must differ from other databases' slots.
    public void createPublicationAndSlot(String publication, String slot) {
        execute("CREATE PUBLICATION " + quoted(publication) + " FOR ALL TABLES",
                "SELECT pg_create_logical_replication_slot(" + literal(slot) + ", 'pgoutput')");
    }

    /// Makes a user who may log in, with `options` of `CREATE USER` such as `REPLICATION` (empty for none).
    ///
    /// Users are known by name to the whole server; this one is dropped by [#close].
    public synchronized void createUser(String user, String password, String options) {
        execute("CREATE USER " + quoted(user) + " PASSWORD " + literal(password) + " " + options);
        users.add(user);
    }

    /// Drops the database's slots, the database and its users, ending all sessions in it; on a server that is not running, nothing. One
    /// that a standby shows is not dropped.
    @Override
    public synchronized void close() {
        for (Connection session : sessions) {
            attempt(() -> {
                session.close();
                return "closed";
            });
        }
        if (isOwned && server.isRunning()) {
            rollBackPrepared();
            Eventually.within(CLEANING_LIMIT, this::drop);
        }
    }

    private void rollBackPrepared() {
        for (List<@Nullable String> row : query("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")) {
            execute("ROLLBACK PREPARED " + literal(String.valueOf(row.getFirst())));
        }
        attempt(() -> {
            ownSession().close();
            return "closed";
        });
    }

    /// One try to drop everything; fails while a process whose end was ordered has not ended.
    private void drop() {
        String here = literal(name);
        onServer(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = " + here,
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = " + here,
                "DROP DATABASE IF EXISTS " + quoted(name));
        for (String user : users) {
            onServer(server, "DROP USER IF EXISTS " + quoted(user));
        }
    }

    private Connection ownSession() throws SQLException {
        Connection session = own;
        if (session == null || session.isClosed() || !session.isValid(0)) {
            session = session();
            own = session;
        }
        return session;
    }

    private static void onServer(LocalServer server, String... sql) {
        attempt(() -> {
            try (Connection session = DriverManager.getConnection(server.jdbcUrl("postgres"), TestPostgres.SUPERUSER,
                    TestPostgres.SUPERUSER_PASSWORD); Statement statement = session.createStatement()) {
                for (String each : sql) {
                    statement.execute(each);
                }
                return "done";
            }
        });
    }

    private static List<List<@Nullable String>> rows(ResultSet rows) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        List<List<@Nullable String>> all = new ArrayList<>();
        while (rows.next()) {
            List<@Nullable String> row = new ArrayList<>(columns);
            for (int column = 1; column <= columns; column++) {
                row.add(rows.getString(column));
            }
            all.add(Collections.unmodifiableList(row));
        }
        return Collections.unmodifiableList(all);
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private interface Step<T> {
        T run() throws SQLException;
    }

    private static <T> T attempt(Step<T> step) {
        try {
            return step.run();
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
