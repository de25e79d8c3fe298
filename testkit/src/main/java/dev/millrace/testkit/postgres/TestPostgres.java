package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.Authentication;
import dev.millrace.localpostgres.LocalServer;
import dev.millrace.localpostgres.ServerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A PostgreSQL server that all tests of this JVM share, one for each major version; started when it is first asked for, and gone with
/// the JVM.
///
/// A test takes a [TestDatabase] of its own from it with [#newDatabase]. A test that stops the server, or needs other server settings,
/// takes a [DedicatedPostgres] instead. Every user proves their password by SCRAM, the superuser `postgres` too. Settings are those of
/// [LocalServer], with `fsync = off` and `max_prepared_transactions = 20`.
///
/// Safe for use by several threads.
public final class TestPostgres {

    /// The major versions that Millrace reads, ascending.
    public static final List<Integer> VERSIONS = List.of(11, 12, 13, 14, 15, 16, 17, 18);

    /// `all` in the profile `every-version`.
    private static final boolean EVERY_VERSION = System.getProperty("millrace.test.versions", "ends").equals("all");

    static final String SUPERUSER = "postgres";
    static final String SUPERUSER_PASSWORD = "sesame";

    private static final int LATEST = 17;
    private static final Map<Integer, TestPostgres> SHARED = new ConcurrentHashMap<>();

    private final LocalServer server;
    private final AtomicInteger databases = new AtomicInteger();

    TestPostgres(LocalServer server) {
        this.server = server;
    }

    /// The shared server of major version `version`; started now if it has not been.
    public static TestPostgres version(int version) {
        return SHARED.computeIfAbsent(version, TestPostgres::startShared);
    }

    /// The shared server of the version on which every test runs, 17.
    public static TestPostgres latest() {
        return version(LATEST);
    }

    /// Of versions with which something may differ, those to try it with now: the first and the last; all in the profile `every-version`.
    public static List<Integer> chosen(List<Integer> versions) {
        return EVERY_VERSION || versions.size() < 3 ? versions : List.of(versions.getFirst(), versions.getLast());
    }

    /// A server of its own, started, with further settings of `postgresql.conf`; to be closed by the caller.
    public static DedicatedPostgres dedicated(int version, Map<String, String> configuration) {
        return DedicatedPostgres.start(version, configuration);
    }

    /// A server that has not been started, with its data in `folder`.
    static LocalServer prepare(int version, Path folder, Map<String, String> configuration) {
        return new LocalServer(ServerSettings.of(Binaries.installation(version), TestFolders.data(folder))
                .with(new Authentication.Scram(SUPERUSER_PASSWORD))
                .withInitdbOptions("--no-sync")
                .withConfiguration(Map.of("fsync", "off", "max_prepared_transactions", "20"))
                .withConfiguration(configuration));
    }

    private static TestPostgres startShared(int version) {
        Path folder = TestFolders.create();
        LocalServer server = prepare(version, folder, Map.of());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("delete-postgres-" + version).unstarted(() -> {
            server.kill();
            TestFolders.delete(folder);
        }));
        server.start();
        return new TestPostgres(server);
    }

    /// A new empty database with a name of its own; to be closed by the caller.
    public TestDatabase newDatabase() {
        return newDatabase("");
    }

    /// The same with `options` of `CREATE DATABASE`, such as `TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'`.
    public TestDatabase newDatabase(String options) {
        return TestDatabase.create(server, "test_" + databases.incrementAndGet(), options);
    }

    /// The major version, such as 17.
    public int majorVersion() {
        return server.settings().installation().majorVersion();
    }

    /// The port on 127.0.0.1.
    public int port() {
        return server.port();
    }
}
