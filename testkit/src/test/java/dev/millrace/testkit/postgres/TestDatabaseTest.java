package dev.millrace.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {

    @Test
    void values_come_as_the_servers_text_and_null_is_null() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            assertThat(database.query("SELECT 1.50::numeric, NULL::text, 'x' UNION ALL SELECT 2, 'y', NULL ORDER BY 1"))
                    .isEqualTo(List.of(Arrays.asList("1.50", null, "x"), Arrays.asList("2", "y", null)));
        }
    }

    @OnVersions({11, 17})
    void nothing_is_left_of_a_closed_database(int version) throws SQLException {
        TestPostgres postgres = TestPostgres.version(version);
        TestDatabase database = postgres.newDatabase();
        database.createPublicationAndSlot("gone_pub", "gone_slot");
        database.createUser("gone_user", "secret", "REPLICATION");
        database.execute("CREATE TABLE held (id int)", "GRANT ALL ON held TO gone_user");
        Connection busy = database.session("gone_user", "secret");
        busy.setAutoCommit(false);
        busy.createStatement().execute("LOCK TABLE held");
        database.execute("BEGIN; CREATE TABLE prepared (id int); PREPARE TRANSACTION 'left open'");

        database.close();

        try (TestDatabase other = postgres.newDatabase()) {
            assertThat(other.query("SELECT 1 FROM pg_database WHERE datname = '" + database.name() + "'")).isEmpty();
            assertThat(other.query("SELECT 1 FROM pg_replication_slots WHERE slot_name = 'gone_slot'")).isEmpty();
            assertThat(other.query("SELECT 1 FROM pg_roles WHERE rolname = 'gone_user'")).isEmpty();
            assertThat(other.query("SELECT 1 FROM pg_prepared_xacts")).isEmpty();
        }
    }

    @OnVersions({11, 17})
    void a_wrong_password_is_refused(int version) {
        try (TestDatabase database = TestPostgres.version(version).newDatabase()) {
            database.createUser("careful", "right", "");

            assertThat(database.session("careful", "right")).isNotNull();
            assertThatThrownBy(() -> database.session("careful", "wrong")).cause()
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
            assertThatThrownBy(() -> database.session(database.user(), "wrong")).hasCauseInstanceOf(SQLException.class);
        }
    }
}
