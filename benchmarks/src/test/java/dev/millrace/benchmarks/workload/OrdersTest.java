package dev.millrace.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrdersTest {

    // Begin, commit, delete, insert, relation, update: the first letter of a log message is its kind.
    private static final String KINDS = """
            SELECT chr(get_byte(data, 0)), count(*) FROM pg_logical_slot_peek_binary_changes('orders_test', NULL, NULL,
                'proto_version', '1', 'publication_names', 'bench') GROUP BY 1 ORDER BY 1""";

    @Test
    void the_log_holds_exactly_the_changes_of_the_mix() throws Exception {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); Connection session = database.session()) {
            Orders orders = new Orders(ChangeMix.of(3_500));
            orders.make(session);
            database.execute("SELECT pg_create_logical_replication_slot('orders_test', 'pgoutput')");

            orders.change(session);

            assertThat(database.query(KINDS)).contains(List.of("B", "100"), List.of("C", "100"), List.of("U", "2450"),
                    List.of("I", "700"), List.of("D", "350"));
            assertThat(database.value("SELECT count(*) FROM orders")).isEqualTo("3850");
        }
    }

    @Test
    void few_changes_are_made_to_a_table_that_is_large_enough() throws Exception {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); Connection session = database.session()) {
            Orders orders = new Orders(ChangeMix.of(7));

            orders.make(session);
            orders.change(session);

            assertThat(database.value("SELECT count(*) FROM orders")).isEqualTo(Long.toString(1_000 + 1 - 2));
        }
    }
}
