package dev.millrace.source.frozen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WhyOffTest {

    @Test
    void before_version_14_it_is_off() throws SQLException {
        try (TestDatabase db = TestPostgres.version(13).newDatabase();
                Connection session = db.session()) {
            assertThat(FrozenPages.whyOff(session)).hasValueSatisfying(why -> assertThat(why).startsWith("The source is PostgreSQL 13"));
        }
    }

    @Test
    void where_a_vacuum_may_overtake_a_snapshot_it_is_off() throws SQLException {
        try (DedicatedPostgres server = TestPostgres.dedicated(16, Map.of("old_snapshot_threshold", "1min"));
                TestDatabase db = FrozenPagesTest.filled(server.newDatabase(), 1_000);
                Connection session = db.session();
                Scans scans = Scans.of(db)) {
            assertThat(FrozenPages.whyOff(session)).hasValueSatisfying(why -> assertThat(why).contains("old_snapshot_threshold"));
            scans.scan();
            assertThat(((Reading.Everything) scans.scan()).why()).contains("old_snapshot_threshold");
        }
    }

    @Test
    void on_a_standby_it_is_off() throws SQLException {
        try (DedicatedPostgres primary = TestPostgres.dedicated(17, Map.of());
                TestDatabase there = FrozenPagesTest.filled(primary.newDatabase(), 1_000);
                StandbyPostgres standby = primary.standby(Map.of());
                TestDatabase here = standby.database(there);
                Connection session = here.session()) {
            assertThat(FrozenPages.whyOff(session)).hasValueSatisfying(why -> assertThat(why).startsWith("The source is a standby."));
        }
    }

    @Test
    void a_superuser_needs_the_extension_only() throws SQLException {
        try (TestDatabase db = TestPostgres.latest().newDatabase();
                Connection session = db.session()) {
            assertThat(FrozenPages.whyOff(session)).hasValueSatisfying(why -> assertThat(why).contains("CREATE EXTENSION"));
            db.execute("CREATE EXTENSION pg_visibility");
            assertThat(FrozenPages.whyOff(session)).isEmpty();
        }
    }

    @Test
    void the_sql_that_the_reason_names_makes_it_work() throws SQLException {
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            db.execute("CREATE TABLE notes (id int PRIMARY KEY, body text)");
            db.execute("INSERT INTO notes SELECT i, repeat('x', 100) FROM generate_series(1, 3000) i", "VACUUM FREEZE notes");
            String user = "Reader of " + db.name();
            db.createUser(user, "pw", "");
            db.execute("GRANT SELECT ON notes TO PUBLIC");
            try (Connection session = db.session(user, "pw");
                    Scans scans = Scans.of(db, user, "pw")) {
                String why = FrozenPages.whyOff(session).orElseThrow();
                scans.scan();
                assertThat(((Reading.Everything) scans.scan()).why()).isEqualTo(why);
                db.execute(why.substring(why.indexOf('\n')));
                assertThat(FrozenPages.whyOff(session)).isEmpty();
                scans.scan();
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
            }
        }
    }

    @Test
    void the_reference_products_function_is_taken_and_its_right_asked_for() throws SQLException {
        try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.latest().newDatabase(), 3_000)) {
            db.execute(
                    "CREATE SCHEMA fivetran",
                    """
                    CREATE FUNCTION fivetran.get_all_pages(v_table_name varchar)
                        RETURNS TABLE (pagenumber bigint, all_visible_yn boolean, all_frozen_yn boolean) LANGUAGE plpgsql SECURITY DEFINER
                        AS 'BEGIN RETURN QUERY SELECT * FROM public.pg_visibility_map(v_table_name::regclass); END'
                    """,
                    "REVOKE EXECUTE ON FUNCTION fivetran.get_all_pages FROM PUBLIC",
                    "GRANT SELECT ON notes TO PUBLIC");
            String user = "reader_" + db.name();
            db.createUser(user, "pw", "");
            try (Connection session = db.session(user, "pw");
                    Scans scans = Scans.of(db, user, "pw")) {
                String why = FrozenPages.whyOff(session).orElseThrow();
                db.execute(why.substring(why.indexOf('\n')));
                assertThat(FrozenPages.whyOff(session)).isEmpty();
                scans.scan();
                assertThat(scans.scan()).isInstanceOf(Reading.Ranges.class);
            }
        }
    }

    @Test
    void a_function_that_fails_has_everything_read_and_the_scan_goes_on() throws SQLException {
        try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.latest().newDatabase(), 3_000)) {
            db.execute(
                    "CREATE SCHEMA millrace",
                    """
                    CREATE FUNCTION millrace.get_all_pages(v_table_name text)
                        RETURNS TABLE (pagenumber bigint, all_visible_yn boolean, all_frozen_yn boolean) LANGUAGE sql
                        AS 'SELECT 1 / (length(v_table_name) - length(v_table_name)), true, true'
                    """,
                    "GRANT USAGE ON SCHEMA millrace TO PUBLIC",
                    "GRANT SELECT ON notes TO PUBLIC");
            String user = "reader_" + db.name();
            db.createUser(user, "pw", "");
            try (Scans scans = Scans.of(db, user, "pw")) {
                scans.scan();
                assertThat(((Reading.Everything) scans.scan()).why()).contains("22012");
            }
        }
    }

    @Test
    void a_function_that_leaves_pages_out_is_not_heeded() throws SQLException {
        try (TestDatabase db = FrozenPagesTest.filled(TestPostgres.latest().newDatabase(), 10_000)) {
            db.execute(
                    "CREATE SCHEMA millrace",
                    """
                    CREATE FUNCTION millrace.get_all_pages(v_table_name text)
                        RETURNS TABLE (pagenumber bigint, all_visible_yn boolean, all_frozen_yn boolean) LANGUAGE sql SECURITY DEFINER
                        AS 'SELECT blkno, all_visible, all_frozen FROM public.pg_visibility_map(v_table_name::regclass)
                            WHERE blkno <> 20'
                    """,
                    "GRANT USAGE ON SCHEMA millrace TO PUBLIC",
                    "GRANT SELECT ON notes TO PUBLIC");
            String user = "reader_" + db.name();
            db.createUser(user, "pw", "");
            try (Scans scans = Scans.of(db, user, "pw")) {
                scans.scan();
                assertThat(((Reading.Everything) scans.scan()).why())
                        .isEqualTo("millrace.get_all_pages does not show each of its pages once.");
            }
        }
    }
}
