package dev.millrace.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.secret.Secret;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PostgresEndpointTest {

    private static final String STATEMENT_OF_VALUES = "SELECT '2024-05-06 07:08:09+00'::timestamptz::text || ' ' || '1 day 2 hours'::interval::text"
            + " || ' ' || 0.5::float8::text || ' ' || '\\x00ff'::bytea::text";

    static java.util.List<Integer> versions() {
        return TestPostgres.chosen(TestPostgres.VERSIONS);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void both_kinds_of_session_print_values_alike_whatever_the_database_has_set(int version) throws SQLException {
        try (TestDatabase database = TestPostgres.version(version).newDatabase()) {
            database.execute(
                    "ALTER DATABASE %s SET TimeZone = 'Asia/Tokyo'".formatted(database.name()),
                    "ALTER DATABASE %s SET DateStyle = 'German'".formatted(database.name()),
                    "ALTER DATABASE %s SET statement_timeout = '7s'".formatted(database.name()));
            PostgresEndpoint endpoint = endpoint(database);
            try (Connection ordinary = endpoint.open(); Connection replication = endpoint.openReplication()) {
                assertThat(value(ordinary, STATEMENT_OF_VALUES)).isEqualTo("2024-05-06 07:08:09+00 1 day 02:00:00 0.5 \\x00ff");
                assertThat(value(replication, STATEMENT_OF_VALUES)).isEqualTo(value(ordinary, STATEMENT_OF_VALUES));
                assertThat(value(ordinary, "SHOW statement_timeout")).isEqualTo("0");
            }
        }
    }

    @Test
    void the_password_does_not_print() {
        assertThat(new PostgresEndpoint("h", 1, "d", "u", Secret.of("sesame"), Map.of()).toString()).doesNotContain("sesame");
    }

    private static String value(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static PostgresEndpoint endpoint(TestDatabase database) {
        return new PostgresEndpoint(
                database.host(), database.port(), database.name(), database.user(), Secret.of(database.password()), Map.of());
    }
}
