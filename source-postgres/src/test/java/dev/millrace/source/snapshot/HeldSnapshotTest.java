package dev.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.position.Lsn;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.StandbyPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;

/// What a snapshot says that it sees, against the rows that it shows.
class HeldSnapshotTest {

    private static final int WRITERS = 3;
    private static final int SNAPSHOTS = 30;

    @Tag("long")
    @OnVersions({11, 17})
    void on_a_standby_exactly_the_transactions_are_seen_whose_rows_are(int version) throws Exception {
        try (DedicatedPostgres primary = TestPostgres.dedicated(version, Map.of("synchronous_commit", "off"));
                StandbyPostgres standby = primary.standby(Map.of())) {
            TestDatabase there = primary.newDatabase();
            there.execute("CREATE TABLE notes (xid bigint, lsn pg_lsn)");
            AtomicBoolean enough = new AtomicBoolean();
            try (Connection old = there.session();
                    Statement oldest = old.createStatement();
                    ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
                old.setAutoCommit(false);
                oldest.execute("INSERT INTO notes VALUES (txid_current(), pg_current_wal_insert_lsn())");
                List<CompletableFuture<Void>> writing = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    writing.add(CompletableFuture.runAsync(() -> write(there, enough), writers));
                }
                try {
                    TestDatabase here = standby.database(there);
                    for (int i = 0; i < SNAPSHOTS; i++) {
                        look(here);
                    }
                } finally {
                    enough.set(true);
                }
                CompletableFuture.allOf(writing.toArray(CompletableFuture[]::new)).join();
            }
        }
    }

    /// Transactions of a few statements, some with savepoints and some that are rolled back.
    private static void write(TestDatabase there, AtomicBoolean enough) {
        try (Connection session = there.session(); Statement statement = session.createStatement()) {
            String insert = "INSERT INTO notes VALUES (txid_current(), pg_current_wal_insert_lsn())";
            for (int i = 0; !enough.get(); i++) {
                statement.execute("BEGIN");
                statement.execute(insert);
                if (i % 3 == 0) {
                    statement.execute("SAVEPOINT s");
                    statement.execute(insert);
                    statement.execute(i % 2 == 0 ? "RELEASE s" : "ROLLBACK TO s");
                }
                statement.execute(i % 5 == 0 ? "ROLLBACK" : "COMMIT");
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private static void look(TestDatabase here) throws SQLException {
        PostgresEndpoint endpoint =
                new PostgresEndpoint(here.host(), here.port(), here.name(), here.user(), Secret.of(here.password()), Map.of());
        try (Connection session = endpoint.open(); Connection later = endpoint.open()) {
            HeldSnapshot held = HeldSnapshot.begin(session);
            Set<Long> shown = xids(session, "SELECT DISTINCT xid FROM public.notes");
            assertThat(shown.stream().filter(xid -> !held.snapshot().sees(xid))).as("shown, but not seen by %s", held).isEmpty();
            Set<Long> committed = xids(later, "SELECT DISTINCT xid FROM public.notes");
            committed.removeAll(shown);
            assertThat(committed.stream().filter(held.snapshot()::sees)).as("not shown, but seen by %s", held).isEmpty();
            try (Statement statement = session.createStatement();
                    ResultSet row = statement.executeQuery("SELECT lsn::text FROM public.notes ORDER BY lsn DESC LIMIT 1")) {
                assertThat(row.next() ? Lsn.parse(row.getString(1)) : Lsn.ZERO)
                        .as("a row that is seen is logged before it is read")
                        .isLessThanOrEqualTo(held.readAt());
            }
        }
    }

    private static Set<Long> xids(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            Set<Long> xids = new HashSet<>();
            while (row.next()) {
                xids.add(row.getLong(1));
            }
            return xids;
        }
    }
}
