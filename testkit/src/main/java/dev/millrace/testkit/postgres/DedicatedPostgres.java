package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.LocalServer;
import java.nio.file.Path;
import java.util.Map;

/// A PostgreSQL server of one test, which may stop, kill and restart it or give it settings of its own.
///
/// It may have standbys: see [#standby]. Users and settings otherwise as with [TestPostgres]. Its databases need not be closed: [#close] deletes everything.
public final class DedicatedPostgres implements AutoCloseable {

    private final LocalServer server;
    private final Path folder;
    private final TestPostgres databases;

    private DedicatedPostgres(LocalServer server, Path folder) {
        this.server = server;
        this.folder = folder;
        this.databases = new TestPostgres(server);
    }

    static DedicatedPostgres start(int version, Map<String, String> configuration) {
        Path folder = TestFolders.create();
        LocalServer server = TestPostgres.prepare(version, folder, configuration);
        try {
            server.start();
        } catch (RuntimeException e) {
            TestFolders.delete(folder);
            throw e;
        }
        return new DedicatedPostgres(server, folder);
    }

    /// The server, to be stopped, killed and started again at will.
    public LocalServer server() {
        return server;
    }

    /// A streaming standby of this server, started, with further settings of `postgresql.conf`; to be closed by the caller, before this
    /// server.
    ///
    /// It is made by a base backup while this server goes on. Its settings are this server's with those given over them, and it is
    /// eager: it says every second what it needs and asks again at once for log that it misses. A physical slot keeps this server's log
    /// for it. PostgreSQL does not let a standby have fewer slots, sessions or prepared transactions than its primary.
    public StandbyPostgres standby(Map<String, String> configuration) {
        return StandbyPostgres.of(server, configuration);
    }

    /// A new empty database with a name of its own.
    public TestDatabase newDatabase() {
        return databases.newDatabase();
    }

    /// Kills the server and deletes its data.
    @Override
    public void close() {
        server.kill();
        TestFolders.delete(folder);
    }
}
