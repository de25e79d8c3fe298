package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.LocalServer;
import java.nio.file.Path;
import java.util.Map;

/// A PostgreSQL server of one test, which may stop, kill and restart it or give it settings of its own.
///
/// Users and settings otherwise as with [TestPostgres]. Its databases need not be closed: [#close] deletes everything.
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
