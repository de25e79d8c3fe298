package dev.millrace.destination.duckdb;

import static dev.millrace.testkit.change.ChangeScript.UNCHANGED;
import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies beside each other and beside the log, and what a crash leaves.
class DuckConcurrencyTest {

    private static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("1000:1000:");
    private static final LogPosition START = new LogPosition(new Lsn(100));
    private static final int RANGES = 6;
    private static final int ROWS = 20_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static Shape shape(String table) {
        return Shapes.table("public", table)
                .column("id", Shapes.INT4)
                .column("note", Shapes.TEXT)
                .column("amount", Shapes.NUMERIC)
                .key("id")
                .shape();
    }

    private static CopyPlan plan(Shape shape, int ranges) {
        List<CopyRange> all =
                IntStream.range(0, ranges).mapToObj(number -> new CopyRange(number, "x", "", 100)).toList();
        return new CopyPlan(shape, "1", all, ROWS);
    }

    private static DuckDestination open(Path file) {
        return DuckDestination.open(file, "shop", DuckSettings.defaults(), InstantSource.system());
    }

    private static CopyRows rows(Shape shape, int from, int count) {
        CopyRows one = copied(
                shape,
                IntStream.range(from, from + count)
                        .mapToObj(id -> row(Integer.toString(id), "note " + id, id + ".5"))
                        .toList());
        return one::next;
    }

    @Test
    void several_loads_and_the_log_get_along() throws Exception {
        Shape large = shape("large");
        Shape other = shape("other");
        Shape live = shape("live");
        Path file = folder.resolve("warehouse.duckdb");
        try (DuckDestination destination = open(file);
                ExecutorService copiers = Executors.newFixedThreadPool(3)) {
            destination.adopt(new SourceIdentity("1", "x"), START);
            destination.beginCopy(plan(live, 1), SyncMode.SOFT_DELETE);
            destination.load(live.table(), plan(live, 1).ranges().getFirst(), SNAPSHOT, START, ChangeScript.START, rows(live, 0, 100));
            destination.endCopy(live.table());
            destination.publish(live.table());
            destination.beginCopy(plan(large, RANGES), SyncMode.SOFT_DELETE);
            destination.beginCopy(plan(other, RANGES), SyncMode.SOFT_DELETE);
            List<Future<Long>> loads = new ArrayList<>();
            for (CopyRange range : plan(large, RANGES).ranges()) {
                for (Shape shape : List.of(large, other)) {
                    loads.add(copiers.submit(() -> destination.load(
                            shape.table(), range, SNAPSHOT, START, ChangeScript.START, rows(shape, range.number() * ROWS, ROWS))));
                }
            }
            long through = 200;
            while (loads.stream().anyMatch(load -> !load.isDone())) {
                String id = Long.toString(through % 100);
                Shape wider = Shapes.table("public", "live")
                        .column("id", Shapes.INT4)
                        .column("note", Shapes.TEXT)
                        .column("amount", Shapes.NUMERIC)
                        .column("c" + through, Shapes.TEXT)
                        .key("id")
                        .shape();
                ChangeScript script = ChangeScript.inText()
                        .update(live, id, "changed", UNCHANGED)
                        .update(large, "7", "pending " + through, UNCHANGED);
                if (through % 8 == 0) {
                    script.update(wider, id, "reshaped", UNCHANGED, "x");
                }
                destination.write(script.batch(through++));
            }
            for (Future<Long> load : loads) {
                assertThat(load.get()).isEqualTo(ROWS);
            }
            for (Shape shape : List.of(large, other)) {
                destination.endCopy(shape.table());
                destination.publish(shape.table());
            }
            assertThat(new DuckFile(file).query("SELECT count(*), count(DISTINCT id), sum(amount) FROM shop_public.other"))
                    .containsExactly(List.of("120000", "120000", "7200000000.000000000"));
            assertThat(new DuckFile(file).query("SELECT note, amount FROM shop_public.large WHERE id = 7"))
                    .containsExactly(List.of("pending " + (through - 1), "7.500000000"));
        }
    }

    @Test
    void what_a_killed_process_leaves_is_what_was_reported() throws IOException {
        Shape live = shape("live");
        Path file = folder.resolve("warehouse.duckdb");
        Path wal = folder.resolve("warehouse.duckdb.wal");
        try (DuckDestination destination = open(file)) {
            destination.adopt(new SourceIdentity("1", "x"), START);
            destination.beginCopy(plan(live, 1), SyncMode.SOFT_DELETE);
            destination.load(live.table(), plan(live, 1).ranges().getFirst(), SNAPSHOT, START, ChangeScript.START, rows(live, 0, 5000));
            destination.endCopy(live.table());
            destination.publish(live.table());
            for (int batch = 1; batch <= 3; batch++) {
                destination.write(ChangeScript.inText()
                        .update(live, "1", "batch " + batch, UNCHANGED)
                        .delete(live, Integer.toString(batch + 10), null, null)
                        .batch(200 + batch));
                Path copy = folder.resolve("killed" + batch + ".duckdb");
                Files.copy(file, copy);
                Files.copy(wal, folder.resolve("killed" + batch + ".duckdb.wal"));
                try (DuckDestination killed = open(copy)) {
                    assertThat(killed.recall().position()).contains(new LogPosition(new Lsn(200 + batch)));
                    assertThat(new DuckFile(copy).query("SELECT note FROM shop_public.live WHERE id = 1"))
                            .containsExactly(List.of("batch " + batch));
                    assertThat(new DuckFile(copy).query("SELECT count(*) FROM shop_public.live WHERE _millrace_deleted"))
                            .containsExactly(List.of(Integer.toString(batch)));
                }
            }
        }
    }
}
