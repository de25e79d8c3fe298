package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a run says of a source that is not as it must be; nothing is written in any of these cases.
class BadInputTest {

    @TempDir
    Path folder;

    @Test
    void a_publication_that_does_not_exist() {
        try (TestDatabase db = database()) {
            db.execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(db.name()));
            assertFault(TestConnection.of(db, folder), FaultKind.PUBLICATION_MISSING, "CREATE PUBLICATION");
        }
    }

    @Test
    void a_slot_that_does_not_exist() {
        try (TestDatabase db = database()) {
            db.execute("CREATE PUBLICATION pub FOR ALL TABLES");
            assertFault(TestConnection.of(db, folder), FaultKind.SLOT_MISSING, "pg_create_logical_replication_slot");
        }
    }

    @Test
    void a_slot_of_another_database() {
        try (TestDatabase db = database();
                TestDatabase other = database()) {
            db.execute("CREATE PUBLICATION pub FOR ALL TABLES");
            other.execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(db.name()));
            assertFault(TestConnection.of(db, folder), FaultKind.SLOT_OF_OTHER_DATABASE, db.name());
        }
    }

    @Test
    void a_slot_of_another_plugin() {
        try (TestDatabase db = database()) {
            db.execute(
                    "CREATE PUBLICATION pub FOR ALL TABLES",
                    "SELECT pg_create_logical_replication_slot('%s', 'test_decoding')".formatted(db.name()));
            assertFault(TestConnection.of(db, folder), FaultKind.SLOT_OF_OTHER_PLUGIN, "pgoutput");
        }
    }

    @Test
    void a_server_whose_wal_level_is_replica() {
        try (DedicatedPostgres postgres = TestPostgres.dedicated(17, Map.of("wal_level", "replica"));
                TestDatabase db = postgres.newDatabase()) {
            db.execute("CREATE TABLE notes (id int PRIMARY KEY)", "CREATE PUBLICATION pub FOR ALL TABLES");
            assertFault(TestConnection.of(db, folder), FaultKind.WAL_LEVEL, "logical");
        }
    }

    @Test
    void a_wrong_password() {
        try (TestDatabase db = database()) {
            db.createUser("reader_" + db.name(), "right", "REPLICATION");
            assertFault(as(db, "reader_" + db.name(), "wrong"), FaultKind.LOGIN_REFUSED, "password");
        }
    }

    @Test
    void a_user_who_may_not_replicate() {
        try (TestDatabase db = database()) {
            String user = "reader_" + db.name();
            db.createUser(user, "right", "");
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            db.execute("GRANT USAGE ON SCHEMA public TO " + user, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user);
            assertFault(as(db, user, "right"), FaultKind.PERMISSION_MISSING, "REPLICATION");
        }
    }

    @Test
    void a_user_who_may_read_nothing() {
        try (TestDatabase db = database()) {
            String user = "reader_" + db.name();
            db.createUser(user, "right", "REPLICATION");
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            Fault fault = assertFault(as(db, user, "right"), FaultKind.PUBLICATION_EMPTY, "ALTER PUBLICATION");
            assertThat(fault.description()).contains("GRANT SELECT ON \"public\".\"notes\"");
        }
    }

    @Test
    void a_database_that_does_not_exist() {
        try (TestDatabase db = database()) {
            TestConnection right = TestConnection.of(db, folder);
            assertFault(
                    new TestConnection(right.host(), right.port(), "nowhere", right.user(), right.password(), right.slot(), right.file()),
                    FaultKind.DATABASE_MISSING,
                    "database");
        }
    }

    @Test
    void a_host_that_does_not_answer() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        assertFault(
                new TestConnection("127.0.0.1", unused, "db", "user", "password", "slot", folder.resolve("copy.duckdb")),
                FaultKind.HOST_UNREACHABLE,
                "host");
    }

    @Test
    void a_host_whose_name_does_not_resolve() {
        assertFault(
                new TestConnection("no-such-host.invalid", 5432, "db", "user", "password", "slot", folder.resolve("copy.duckdb")),
                FaultKind.HOST_UNREACHABLE,
                "host");
    }

    @Test
    void a_slot_that_something_else_reads() throws Exception {
        try (TestDatabase db = database()) {
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            try (SyncProcess reader = SyncProcess.start(TestConnection.of(db, folder), folder.resolve("log"))) {
                Eventually.within(
                        Duration.ofSeconds(20),
                        "the slot is being read",
                        () -> db.value("SELECT active FROM pg_replication_slots WHERE slot_name = '%s'".formatted(db.name())).equals("t"));
                TestConnection second = TestConnection.of(db, Files.createDirectory(folder.resolve("second")));
                assertFault(second, FaultKind.SLOT_IN_USE, "pg_terminate_backend");
                assertThat(reader.isAlive()).isTrue();
            }
        }
    }

    private static TestDatabase database() {
        TestDatabase db = TestPostgres.latest().newDatabase();
        db.execute("CREATE TABLE notes (id int PRIMARY KEY)");
        return db;
    }

    private TestConnection as(TestDatabase db, String user, String password) {
        return new TestConnection(db.host(), db.port(), db.name(), user, password, db.name(), folder.resolve("copy.duckdb"));
    }

    private static Fault assertFault(TestConnection connection, FaultKind kind, String inRemedy) {
        Fault fault = catchThrowableOfType(Fault.class, () -> {
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
            }
        });
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault.remedy()).contains(inRemedy);
        return fault;
    }
}
