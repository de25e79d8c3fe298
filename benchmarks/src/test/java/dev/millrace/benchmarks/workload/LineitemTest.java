package dev.millrace.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

class LineitemTest {

    private static final String DIGEST = "SELECT md5(string_agg(l::text, '|' ORDER BY l_orderkey, l_linenumber)) FROM lineitem l";

    @Test
    void the_same_rows_come_out_in_every_database() throws Exception {
        try (TestDatabase one = TestPostgres.latest().newDatabase(); TestDatabase other = TestPostgres.latest().newDatabase()) {
            make(one, 1_000);
            make(other, 1_000);

            assertThat(one.value("SELECT count(*) FROM lineitem")).isEqualTo("1000");
            assertThat(one.value("SELECT count(DISTINCT l_comment) > 900 FROM lineitem")).isEqualTo("t");
            assertThat(one.value(DIGEST)).isEqualTo(other.value(DIGEST));
        }
    }

    @Test
    void a_table_of_another_size_is_made_anew_and_one_of_the_same_size_is_kept() throws Exception {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            make(database, 10);
            make(database, 20);
            assertThat(database.value("SELECT count(*) FROM lineitem")).isEqualTo("20");
            String file = database.value("SELECT pg_relation_filenode('lineitem')");

            make(database, 20);

            assertThat(database.value("SELECT pg_relation_filenode('lineitem')")).isEqualTo(file);
        }
    }

    private static void make(TestDatabase database, long rows) throws Exception {
        try (Connection session = database.session()) {
            new Lineitem(rows).make(session);
        }
    }
}
