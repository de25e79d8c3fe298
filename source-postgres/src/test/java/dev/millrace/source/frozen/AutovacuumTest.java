package dev.millrace.source.frozen;

import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Scans one after another beside writers, an autovacuum that freezes whatever it may, and somebody who vacuums and cancels vacuums.
class AutovacuumTest {

    private static final Map<String, String> EAGER = Map.of(
            "autovacuum_naptime", "1s",
            "autovacuum_vacuum_threshold", "0",
            "autovacuum_vacuum_scale_factor", "0",
            "autovacuum_vacuum_insert_threshold", "0",
            "autovacuum_vacuum_insert_scale_factor", "0",
            "autovacuum_vacuum_cost_delay", "0",
            "vacuum_freeze_min_age", "0",
            "vacuum_freeze_table_age", "0");
    private static final int WRITERS = 2;
    private static final int SCANS = 25;
    private static final int ROWS = 8_000;
    private static final int ZONE = 1_000;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TestFactory
    Stream<DynamicTest> no_row_is_lost_beside_writers_and_vacuums() {
        return TestPostgres.chosen(List.of(15, 16, 17, 18)).stream().map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> scanBeside(version)));
    }

    private static void scanBeside(int version) throws SQLException {
        Seed seed = Seed.forTest("autovacuum on " + version);
        try (DedicatedPostgres server = TestPostgres.dedicated(version, EAGER);
                TestDatabase db = server.newDatabase()) {
            FrozenPagesTest.filled(db, ROWS);
            db.execute("ALTER TABLE notes RESET (autovacuum_enabled)");
            AtomicBoolean over = new AtomicBoolean();
            // Where rows change now; elsewhere pages have the time to be marked.
            AtomicInteger zone = new AtomicInteger();
            Random random = seed.random();
            List<CompletableFuture<Void>> busy = IntStream.range(0, WRITERS + 1)
                    .mapToObj(number -> {
                        Random own = new Random(random.nextLong());
                        Connection session = db.session();
                        return CompletableFuture.runAsync(() -> {
                            while (!over.get()) {
                                beBusy(session, number, zone.get(), own);
                            }
                        });
                    })
                    .toList();
            int filtered = 0;
            try (Scans scans = Scans.of(db)) {
                for (int scan = 0; scan < SCANS; scan++) {
                    zone.set(random.nextInt(ROWS / ZONE) * ZONE);
                    try (Scans.Scan open = scans.open()) {
                        if (random.nextInt(3) == 0) {
                            open.look();
                            db.execute(write(zone.get(), random));
                        }
                        filtered += open.finish() instanceof Reading.Ranges ? 1 : 0;
                    }
                    scans.frozen().tend();
                }
                over.set(true);
                busy.forEach(CompletableFuture::join);
                // On a slow machine every page was changed between any two scans; now that all is quiet, that is over.
                Eventually.within(SOON, "pages are left out", () -> {
                    db.execute("VACUUM (FREEZE, INDEX_CLEANUP on) notes");
                    return scans.scan() instanceof Reading.Ranges;
                });
            } finally {
                over.set(true);
            }
            System.out.printf("PostgreSQL %d: %d of %d scans left pages out%n", version, filtered, SCANS);
        }
    }

    /// One transaction of a writer, or one vacuum, by who it is.
    private static void beBusy(Connection session, int number, int zone, Random random) {
        try (Statement statement = session.createStatement()) {
            if (number == WRITERS) {
                vacuum(statement, random);
            } else {
                statement.execute("BEGIN");
                for (int change = random.nextInt(4); change >= 0; change--) {
                    if (random.nextInt(3) == 0) {
                        statement.execute("SAVEPOINT a_while");
                    }
                    statement.execute(write(zone, random));
                }
                statement.execute(random.nextInt(8) == 0 ? "ROLLBACK" : "COMMIT");
            }
        } catch (SQLException e) {
            // Two writers may wait for each other, and a vacuum is cancelled by its own time limit.
            rollBack(session);
        }
    }

    private static void vacuum(Statement statement, Random random) throws SQLException {
        statement.execute("SET statement_timeout = " + (random.nextBoolean() ? 0 : 5 + random.nextInt(50)));
        statement.execute(random.nextInt(4) == 0 ? "VACUUM notes" : "VACUUM FREEZE notes");
    }

    private static void rollBack(Connection session) {
        try (Statement statement = session.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static String write(int zone, Random random) {
        int id = zone + 1 + random.nextInt(ZONE / 4);
        int value = random.nextInt();
        return switch (random.nextInt(6)) {
            case 0 -> "INSERT INTO notes SELECT coalesce(max(id), 0) + 1, 'new %d' FROM notes ON CONFLICT DO NOTHING".formatted(value);
            case 1 -> "DELETE FROM notes WHERE id = %d".formatted(id);
            case 2 -> "SELECT FROM notes WHERE id BETWEEN %d AND %d FOR UPDATE".formatted(id, id + 3);
            default -> "UPDATE notes SET body = 'changed %d' WHERE id = %d".formatted(value, id);
        };
    }
}
