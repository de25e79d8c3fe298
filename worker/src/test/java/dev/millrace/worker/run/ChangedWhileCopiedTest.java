package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.destination.TableState;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.LogSpan;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.TableName;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Changes that come while a table is copied and cannot be folded into the copy.
@Timeout(120)
class ChangedWhileCopiedTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /// Changes the source each time a range has been loaded, and lets the copier go on once that has been written as a pending change.
    private static final class Changing implements RunListener {

        private final Followed db;
        private final IntFunction<String> change;
        private final AtomicInteger copies = new AtomicInteger();
        private final BlockingQueue<RunEvent.BatchWritten> written = new LinkedBlockingQueue<>();

        /// @param change the statement, by the number of the copy, the first of which is 1
        Changing(Followed db, IntFunction<String> change) {
            this.db = db;
            this.change = change;
        }

        @Override
        public void on(RunEvent event) {
            if (event instanceof RunEvent.BatchWritten batch && batch.changes() > 0) {
                written.add(batch);
            }
            if (event instanceof RunEvent.RangeLoaded) {
                db.source(change.apply(copies.incrementAndGet()));
                try {
                    assertThat(written.poll(60, TimeUnit.SECONDS)).isNotNull();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }

        Fault fault() {
            return catchThrowableOfType(Fault.class, () -> {
                try (TestSync sync = db.connection.open(this)) {
                    sync.upToNow();
                }
            });
        }
    }

    @Test
    void a_garbled_value_is_named_with_its_part_of_the_log() {
        try (Followed db = Followed.after(folder, "CREATE TABLE notes (id int PRIMARY KEY, v text)", "INSERT INTO notes VALUES (1, 'a')");
                GarblingProxy proxy = new GarblingProxy(db.source.port())) {
            proxy.garble("mark", (message, at) -> message.put(at, (byte) 0xFF));
            TestConnection direct = db.connection;
            db.connection = direct.through(proxy.port());
            Fault fault = new Changing(db, copy -> "INSERT INTO notes VALUES (2, 'mark')").fault();
            db.connection = direct;
            assertThat(proxy.isDone()).isTrue();
            assertThat(fault.kind()).isEqualTo(FaultKind.VALUE_UNFIT);
            assertThat(fault.subject()).isEqualTo("public.notes");
            assertThat(fault.remedy()).contains("resync");
            try (TestSync sync = db.connection.open(_ -> {})) {
                assertThat(sync.destination().recall().tables().values())
                        .allSatisfy(table -> assertThat(table.state()).isEqualTo(TableState.CATCHING_UP));
                LogSpan span = fault.span().orElseThrow();
                assertThat(span.through()).isEqualTo(sync.destination().recall().position());
                assertThat(span.after().isBefore(span.through().orElseThrow())).isTrue();
                assertThat(fault.description()).contains(span.toString());
            }
            assertThat(catchThrowableOfType(Fault.class, db::sync).span())
                    .as("by the next run, which knows where the first range was read")
                    .hasValueSatisfying(span -> assertThat(span.after().isBefore(span.through().orElseThrow())).isTrue());
            try (TestSync sync = db.connection.open(_ -> {})) {
                sync.destination().requestCopy(new TableName("public", "notes"));
            }
            db.assertEqual();
        }
    }

    @Test
    void rows_that_come_into_a_filter_without_their_large_values_during_three_copies_in_a_row_are_a_fault() {
        try (Followed db = Followed.after(
                        folder,
                        "CREATE TABLE orders (id int PRIMARY KEY, region text, big text)",
                        "ALTER TABLE orders ALTER big SET STORAGE EXTERNAL",
                        "INSERT INTO orders SELECT i, 'US', repeat('x', 9000) FROM generate_series(1, 9) i")
                .choosing("{tables: {orders: {row_filter: [{column: region, operator: EQUALS, value: EU}]}}}")) {
            Changing changing = new Changing(db, copy -> "UPDATE orders SET region = 'EU' WHERE id = " + copy);
            Fault fault = changing.fault();
            assertThat(changing.copies).hasValue(3);
            assertThat(fault.kind()).isEqualTo(FaultKind.REPLICA_IDENTITY_MISSING);
            assertThat(fault.subject()).isEqualTo("public.orders");
            assertThat(fault.description()).contains("3 copies in a row");
            assertThat(fault.remedy()).contains("ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY FULL;");
            assertThat(fault.span()).isPresent();
            db.source("ALTER TABLE orders REPLICA IDENTITY FULL");
            db.assertEqual();
            db.source("UPDATE orders SET region = 'EU' WHERE id = 9");
            db.assertEqual();
            assertThat(db.begunAnew()).isEmpty();
            assertThat(db.copy("SELECT id, length(big) FROM t_public.orders WHERE NOT _millrace_deleted ORDER BY id"))
                    .containsExactly("1,9000", "2,9000", "3,9000", "9,9000");
        }
    }
}
