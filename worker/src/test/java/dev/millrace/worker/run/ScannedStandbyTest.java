package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A read replica that is followed with nothing but SELECT, which every version can be.
final class ScannedStandbyTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"11,XMIN", "17,TELEPORT"})
    void a_replica_is_followed_and_what_was_open_comes_when_it_is_committed(int version, String method) throws SQLException {
        try (DedicatedPostgres primary = TestPostgres.dedicated(version, Map.of());
                StandbyPostgres standby = primary.standby(Map.of())) {
            TestDatabase there = primary.newDatabase();
            there.execute("CREATE TABLE notes (id int PRIMARY KEY, note text)", "INSERT INTO notes SELECT g, 'old' FROM generate_series(1, 500) g");
            try (Connection open = there.session(); Statement statement = open.createStatement()) {
                open.setAutoCommit(false);
                statement.execute("INSERT INTO notes VALUES (1000, 'open')");
                there.execute("INSERT INTO notes VALUES (1001, 'committed')");
                try (Followed followed = Followed.scanned(standby.database(there), folder, method)) {
                    followed.sync();
                    assertThat(followed.copy("SELECT count(*) FROM t_public.notes")).containsExactly("501");
                    open.commit();
                    there.execute("UPDATE notes SET note = 'new' WHERE id % 7 = 0");
                    standby.awaitReplay();
                    followed.assertEqual();
                    assertThat(followed.copy("SELECT note FROM t_public.notes WHERE id = 1000")).containsExactly("open");
                    assertThat(followed.begunAnew()).isEmpty();
                    if (method.equals("TELEPORT")) {
                        there.execute("DELETE FROM notes WHERE id <= 5");
                        standby.awaitReplay();
                        followed.assertEqual();
                    }
                    standby.promote();
                    followed.source("INSERT INTO notes VALUES (2000, 'after')");
                    followed.assertEqual();
                    assertThat(followed.begunAnew().get("notes")).contains("promoted (timeline 2 after 1)");
                }
            }
        }
    }

    @Test
    void a_server_that_is_behind_what_was_seen_is_named_and_nothing_is_lost() {
        try (DedicatedPostgres ahead = TestPostgres.dedicated(17, Map.of());
                StandbyPostgres behind = ahead.standby(Map.of())) {
            TestDatabase there = ahead.newDatabase();
            there.execute("CREATE TABLE notes (id int PRIMARY KEY)", "INSERT INTO notes VALUES (1)");
            TestDatabase here = behind.database(there);
            behind.promote();
            there.execute("INSERT INTO notes VALUES (2)", "INSERT INTO notes VALUES (3)", "INSERT INTO notes VALUES (4)");
            try (Followed followed = Followed.scanned(there, folder, "XMIN")) {
                followed.sync();
                followed.connection = TestConnection.of(here, folder).by("XMIN");
                assertThatExceptionOfType(Fault.class).isThrownBy(followed::sync).satisfies(fault -> {
                    assertThat(fault.kind()).isEqualTo(FaultKind.XID_BACKWARDS);
                    assertThat(fault.remedy()).contains("pg_last_xact_replay_timestamp", "millrace resync");
                });
                assertThat(followed.copy("SELECT count(*) FROM t_public.notes")).containsExactly("4");
            }
        }
    }
}
