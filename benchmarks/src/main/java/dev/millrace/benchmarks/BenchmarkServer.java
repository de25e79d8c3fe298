package dev.millrace.benchmarks;

import dev.millrace.localpostgres.LocalServer;
import dev.millrace.localpostgres.PostgresArchive;
import dev.millrace.localpostgres.PostgresInstallation;
import dev.millrace.localpostgres.ServerSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The PostgreSQL server that all contenders read, set up like one in production, but without anything that happens by itself at a
/// moment of its own choice.
final class BenchmarkServer implements AutoCloseable {

    private static final Map<String, String> CONFIGURATION = Map.ofEntries(
            Map.entry("shared_buffers", "1GB"),
            Map.entry("max_wal_size", "64GB"),
            Map.entry("checkpoint_timeout", "1h"),
            Map.entry("autovacuum", "off"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("fsync", "off"),
            Map.entry("wal_sender_timeout", "10min"),
            Map.entry("maintenance_work_mem", "256MB"),
            Map.entry("max_replication_slots", "200"),
            Map.entry("max_wal_senders", "200"),
            Map.entry("max_connections", "500"),
            Map.entry("jit", "off"));

    private static final long SLOT_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final LocalServer server;

    private BenchmarkServer(LocalServer server) {
        this.server = server;
    }

    /// Starts the server whose data is in `folder`, which is made if there is none.
    static BenchmarkServer start(Path folder) {
        PostgresInstallation installation = PostgresInstallation.unpack(
                PostgresArchive.onClassPath(BenchmarkServer.class.getClassLoader()), PostgresInstallation.defaultCache());
        LocalServer server = new LocalServer(ServerSettings.of(installation, folder).withConfiguration(CONFIGURATION));
        server.start();
        return new BenchmarkServer(server);
    }

    /// Its port on 127.0.0.1.
    int port() {
        return server.port();
    }

    /// Its version, such as `17.11`.
    String version() {
        return server.settings().installation().version();
    }

    /// How it is configured, where that differs from PostgreSQL's defaults.
    Map<String, String> configuration() {
        return CONFIGURATION;
    }

    /// What its processes have used so far.
    ServerCpu cpu() {
        return ServerCpu.of(server.settings().dataDirectory());
    }

    /// Opens a session as superuser.
    Connection session(String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), "postgres", "");
    }

    /// Makes the database unless it is there.
    void ensureDatabase(String database) throws SQLException {
        try (Connection session = session("postgres"); Statement statement = session.createStatement()) {
            if (!exists(session, "SELECT FROM pg_database WHERE datname = ?", database)) {
                statement.execute("CREATE DATABASE " + database);
            }
        }
    }

    /// Makes the database anew; one of that name goes, with its slots.
    void replaceDatabase(String database) throws SQLException {
        dropSlots(database);
        try (Connection session = session("postgres"); Statement statement = session.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
            statement.execute("CREATE DATABASE " + database);
        }
    }

    /// Makes a slot for `pgoutput`.
    void makeSlot(String database, String slot) throws SQLException {
        try (Connection session = session(database);
                PreparedStatement statement = session.prepareStatement("SELECT pg_create_logical_replication_slot(?, 'pgoutput')")) {
            statement.setString(1, slot);
            statement.execute();
        }
    }

    /// Drops all slots of the database, after ending what still reads them.
    void dropSlots(String database) throws SQLException {
        try (Connection session = session("postgres")) {
            long end = System.nanoTime() + SLOT_LIMIT_NANOS;
            while (exists(session, "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND database = ?",
                    database)) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("A slot of database " + database + " is still read after a minute");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            exists(session, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = ?", database);
        }
    }

    private static boolean exists(Connection session, String sql, String value) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setString(1, value);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
