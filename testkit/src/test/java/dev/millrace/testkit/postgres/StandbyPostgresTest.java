package dev.millrace.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandbyPostgresTest {

    @OnVersions({11, 17, 18})
    void a_standby_shows_what_the_primary_commits_and_takes_no_writes_until_it_is_promoted(int version) {
        try (DedicatedPostgres primary = TestPostgres.dedicated(version, Map.of())) {
            TestDatabase there = primary.newDatabase();
            there.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
            try (StandbyPostgres standby = primary.standby(Map.of("max_standby_streaming_delay", "7s"))) {
                TestDatabase here = standby.database(there);
                there.execute("INSERT INTO orders VALUES (2)");

                standby.awaitReplay();

                assertThat(here.query("SELECT id FROM orders ORDER BY id")).isEqualTo(List.of(List.of("1"), List.of("2")));
                assertThat(here.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
                assertThat(here.value("SHOW max_standby_streaming_delay")).isEqualTo("7s");
                assertThat(here.port()).isNotEqualTo(there.port());
                assertThatThrownBy(() -> here.execute("INSERT INTO orders VALUES (3)")).hasMessageContaining("read-only");

                standby.promote();

                here.execute("INSERT INTO orders VALUES (3)");
                assertThat(there.value("SELECT count(*) FROM orders")).isEqualTo("2");
            }
        }
    }

    @Test
    void a_standby_goes_on_after_it_was_killed_and_has_settings_that_its_primary_lacks() {
        try (DedicatedPostgres primary = TestPostgres.dedicated(17, Map.of("max_connections", "120"))) {
            TestDatabase there = primary.newDatabase();
            try (StandbyPostgres standby = primary.standby(Map.of("hot_standby_feedback", "on"))) {
                standby.server().kill();
                there.execute("CREATE TABLE orders (id int)", "INSERT INTO orders VALUES (1)");

                standby.server().start();

                TestDatabase here = standby.database(there);
                assertThat(here.value("SELECT id FROM orders")).isEqualTo("1");
                assertThat(here.value("SHOW hot_standby_feedback")).isEqualTo("on");
                assertThat(here.value("SHOW max_connections")).isEqualTo("120");
                assertThat(there.value("SHOW hot_standby_feedback")).isEqualTo("off");
            }
        }
    }
}
