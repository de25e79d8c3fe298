package dev.millrace.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class TestPostgresTest {

    static final List<Integer> VERSIONS = TestPostgres.VERSIONS;

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void every_version_starts_and_shows_its_changes_in_a_slot(int version) {
        try (TestDatabase database = TestPostgres.version(version).newDatabase()) {
            assertThat(Integer.parseInt(database.value("SHOW server_version_num")) / 10_000).isEqualTo(version);

            database.execute("CREATE TABLE orders (id int PRIMARY KEY)");
            database.createPublicationAndSlot("every_pub", "every_slot");
            database.execute("INSERT INTO orders VALUES (1)");

            assertThat(database.query("SELECT data FROM pg_logical_slot_peek_binary_changes('every_slot', NULL, NULL,"
                    + " 'proto_version', '1', 'publication_names', 'every_pub')"))
                    .as("begin, relation, insert, commit").hasSize(4);
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void every_version_has_the_settings_that_replication_needs(int version) {
        try (TestDatabase database = TestPostgres.version(version).newDatabase()) {
            assertThat(database.query("SELECT name, setting FROM pg_settings WHERE name IN ('wal_level', 'max_replication_slots',"
                    + " 'max_wal_senders', 'max_connections', 'synchronous_commit', 'log_timezone', 'listen_addresses',"
                    + " 'unix_socket_directories', 'server_encoding', 'max_prepared_transactions') ORDER BY name"))
                    .containsExactly(
                            List.of("listen_addresses", "127.0.0.1"),
                            List.of("log_timezone", "UTC"),
                            List.of("max_connections", "200"),
                            List.of("max_prepared_transactions", "20"),
                            List.of("max_replication_slots", "50"),
                            List.of("max_wal_senders", "50"),
                            List.of("server_encoding", "UTF8"),
                            List.of("synchronous_commit", "on"),
                            List.of("unix_socket_directories", ""),
                            List.of("wal_level", "logical"));
        }
    }

    @Test
    void one_version_is_one_server() {
        assertThat(TestPostgres.version(17)).isSameAs(TestPostgres.latest());
    }

    @Test
    void a_dedicated_server_has_its_own_settings_and_survives_being_killed() {
        try (DedicatedPostgres postgres = TestPostgres.dedicated(17, Map.of("wal_level", "replica"))) {
            TestDatabase database = postgres.newDatabase();
            assertThat(database.value("SHOW wal_level")).isEqualTo("replica");
            database.execute("CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");

            postgres.server().kill();
            postgres.server().start();

            assertThat(database.value("SELECT id FROM kept")).isEqualTo("7");
        }
    }
}
