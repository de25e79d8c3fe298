package dev.millrace.destination.duckdb.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SqlQueryTest {

    @Test
    void values_are_printed_as_they_are_stored() throws SQLException {
        assertThat(first(
                        """
                        SELECT 'infinity'::TIMESTAMP, '-infinity'::TIMESTAMPTZ, 'infinity'::DATE, '-infinity'::DATE,
                               TIMESTAMP '2020-01-01 00:00:00', TIMESTAMPTZ '2020-01-01 12:34:56.5+02', TIME '24:00:00',
                               TIME '00:00:00.000001',
                               1.50::DECIMAL(10, 2), '\\x00\\xFF'::BLOB, true, NULL, 9223372036854775807, [1, NULL]
                        """))
                .containsExactly(
                        "infinity",
                        "-infinity",
                        "infinity",
                        "-infinity",
                        "2020-01-01 00:00:00",
                        "2020-01-01 10:34:56.5+00",
                        "24:00:00",
                        "00:00:00.000001",
                        "1.50",
                        "\\x00ff",
                        true,
                        null,
                        Long.MAX_VALUE,
                        "[1, NULL]");
    }

    @Test
    void many_rows_come_in_chunks_in_their_order() throws SQLException {
        Rows rows = new Rows();
        query("SELECT i FROM range(1200) t(i) ORDER BY i DESC", rows, new StopSignal());
        assertThat(rows.chunks).containsExactly(500, 500, 200);
        assertThat(rows.rows.getFirst()).containsExactly(1199L);
        assertThat(rows.rows.getLast()).containsExactly(0L);
    }

    @Test
    void a_statement_that_writes_is_refused_and_changes_nothing() throws SQLException {
        try (Connection session = DriverManager.getConnection("jdbc:duckdb:")) {
            session.createStatement().execute("CREATE TABLE kept AS SELECT 1 AS a");
            assertThatThrownBy(() -> SqlQuery.run(session, "DELETE FROM kept", new Rows(), new StopSignal()))
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.description())
                            .isEqualTo("The statement would change the copy, so it was not carried out."));
        }
    }

    @Test
    void wrong_sql_is_answered_in_the_words_of_the_database() {
        assertThatThrownBy(() -> query("SELEC 1", new Rows(), new StopSignal()))
                .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.description()).contains("syntax error"));
    }

    @Test
    void a_stop_ends_a_long_statement() throws Exception {
        StopSignal stop = new StopSignal();
        Rows rows = new Rows();
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
            try {
                query("SELECT sum(a.i * b.i) FROM range(10000000) a(i), range(10000000) b(i)", rows, stop);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }, task -> Thread.ofPlatform().daemon().start(task));
        CompletableFuture.runAsync(stop::give, CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
        assertThat(asking).succeedsWithin(Duration.ofSeconds(30));
        assertThat(rows.rows).isEmpty();
    }

    private static List<@Nullable Object> first(String sql) throws SQLException {
        Rows rows = new Rows();
        query(sql, rows, new StopSignal());
        return rows.rows.getFirst();
    }

    private static void query(String sql, Rows rows, StopSignal stop) throws SQLException {
        try (Connection session = DriverManager.getConnection("jdbc:duckdb:")) {
            SqlQuery.run(session, sql, rows, stop);
        }
    }

    /// Keeps what it is handed.
    private static final class Rows implements RowSink {
        private final List<Integer> chunks = new ArrayList<>();
        private final List<List<@Nullable Object>> rows = new ArrayList<>();

        @Override
        public void heads(List<RowSink.Head> heads) {
            assertThat(Arrays.asList(heads.toArray())).isNotEmpty();
        }

        @Override
        public void rows(List<List<@Nullable Object>> more) {
            chunks.add(more.size());
            rows.addAll(more);
        }
    }
}
