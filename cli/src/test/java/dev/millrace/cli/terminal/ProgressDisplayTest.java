package dev.millrace.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.progress.Amounts;
import dev.millrace.worker.progress.RunPicture;
import dev.millrace.worker.progress.TablePicture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

    private static final TableName ORDERS = new TableName("public", "orders");
    private static final LogPosition HERE = new LogPosition(new Lsn(100));

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream printed = new PrintStream(err, true, StandardCharsets.UTF_8);
    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:10Z"));

    @Test
    void where_nobody_watches_each_step_is_a_plain_line() {
        try (ProgressDisplay display = ProgressDisplay.start(Terminal.plain(printed, printed), clock)) {
            display.on(new RunEvent.CopyStarted(ORDERS, 1_000, 80, 0, 0));
            display.on(new RunEvent.CopyProgressed(ORDERS, 500, 4_000));
            display.on(new RunEvent.TableCopied(ORDERS));
            display.on(new RunEvent.TablePublished(ORDERS, 1_001, HERE));
            display.on(new RunEvent.TableLeftOut(new TableName("public", "x"), "It has no key.", "Add one."));
        }
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "public.orders: copying, about 1,000 rows, 640 kB",
                        "public.orders: copied, catching up",
                        "public.orders: published with 1,001 rows",
                        "! public.x is not copied. It has no key. Add one.");
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("\u001b");
    }

    @Test
    void on_a_terminal_a_bar_a_table_and_a_line_for_the_log_are_drawn() {
        Terminal live = new Terminal(printed, printed, true, false, 120);
        try (ProgressDisplay display = ProgressDisplay.start(live, clock)) {
            display.on(new RunEvent.CopyStarted(ORDERS, 1_000, 80, 0, 0));
            display.on(new RunEvent.TablePublished(ORDERS, 1_000, HERE));
            display.on(new RunEvent.BatchWritten(
                    HERE, Optional.of(Instant.parse("2026-01-01T00:00:08Z")), 2, 12, 500, Duration.ofMillis(3), Map.of()));
            display.on(new RunEvent.LagMeasured(HERE, new LogPosition(new Lsn(2_148)), 2_048));
        }
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(lines.size() - 2)).contains("public.orders ████████████████████", "1,000 rows", "done in ");
        assertThat(lines.getLast())
                .isEqualTo("Following: 2 transactions, 12 changes, 0 changes/s, 2.0 kB of log behind, latest commit 2.0 s ago");
    }

    @Test
    void the_share_that_is_done_and_the_time_left_come_from_blocks_and_rows() {
        AtomicLong nanos = new AtomicLong();
        RunPicture picture = new RunPicture(nanos::get);
        picture.on(new RunEvent.CopyStarted(ORDERS, 1_000, 100, 20, 200));
        nanos.set(Duration.ofSeconds(10).toNanos());
        picture.on(new RunEvent.CopyProgressed(ORDERS, 300, 3_000));
        TablePicture table = picture.tables().getFirst();
        assertThat(table.rows()).isEqualTo(500);
        assertThat(table.rowsPerSecond()).isEqualTo(30);
        assertThat(table.share()).isEqualTo(0.5);
        assertThat(picture.isCopied()).isFalse();
        picture.on(new RunEvent.TablePublished(ORDERS, 1_000, HERE));
        assertThat(picture.isCopied()).isTrue();
    }

    @Test
    void amounts_are_as_a_person_reads_them() {
        assertThat(List.of(
                        Amounts.bytes(0),
                        Amounts.bytes(999),
                        Amounts.bytes(1_536),
                        Amounts.bytes(150L << 20),
                        Amounts.bytes(3L << 40)))
                .containsExactly("0 B", "999 B", "1.5 kB", "150 MB", "3.0 TB");
        assertThat(List.of(
                        Amounts.duration(Duration.ofMillis(1_234)),
                        Amounts.duration(Duration.ofSeconds(59)),
                        Amounts.duration(Duration.ofSeconds(61)),
                        Amounts.duration(Duration.ofMinutes(125))))
                .containsExactly("1.2 s", "59 s", "1 min 01 s", "2 h 05 min");
        assertThat(Amounts.count(1_234_567)).isEqualTo("1,234,567");
    }
}
