package dev.millrace.worker.holder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
@SuppressWarnings("NullAway.Init")
class HolderTest {

    @TempDir
    Path folder;

    private final RecordedDesk desk = new RecordedDesk();
    private HolderAddress address;
    private Holder holder;

    @BeforeEach
    void serve() {
        address = HolderAddress.of(folder.resolve("warehouse.duckdb"));
        holder = Holder.serve(address, desk);
    }

    @AfterEach
    void close() {
        holder.close();
    }

    @Test
    void rows_cross_the_socket_as_they_are() {
        Rows rows = new Rows();
        client().query("SELECT 1", rows, new StopSignal());
        assertThat(rows.heads).containsExactly(new RowSink.Head("a", "INTEGER"), new RowSink.Head("b", "VARCHAR"));
        assertThat(rows.rows).containsExactly(Arrays.asList(1, "one\n\"quoted\" ☃"), Arrays.asList(null, 2.5), Arrays.asList(true, null));
    }

    @Test
    void a_status_and_a_resync_cross_the_socket_as_they_are() {
        assertThat(client().status()).isEqualTo(desk.status());
        TableName dotted = new TableName("public", "with.dot");
        assertThat(client().resync(List.of(dotted))).isEqualTo(desk.resync(List.of(dotted)));
    }

    @Test
    void findings_come_one_by_one() {
        List<TableFinding> findings = new ArrayList<>();
        client().verify(List.of(), findings::add, new StopSignal());
        assertThat(findings).hasSize(2).first().isEqualTo(RecordedDesk.DIFFERENT);
    }

    @Test
    void a_fault_crosses_the_socket_whole() {
        assertThatThrownBy(() -> client().query("fail", new Rows(), new StopSignal())).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_REFUSED);
            assertThat(fault.subject()).isEqualTo("query");
            assertThat(fault.remedy()).isEqualTo("Correct it.");
        });
    }

    @Test
    void a_client_that_goes_away_ends_its_query() throws InterruptedException {
        StopSignal interrupt = new StopSignal();
        CompletableFuture<Void> asking =
                CompletableFuture.runAsync(() -> client().query("wait", new Rows(), interrupt), Thread::startVirtualThread);
        assertThat(desk.waiting.await(20, TimeUnit.SECONDS)).isTrue();
        interrupt.give();
        asking.join();
        assertThat(desk.ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closing_the_holder_ends_what_is_under_way() throws InterruptedException {
        CompletableFuture<Void> asking =
                CompletableFuture.runAsync(() -> client().query("wait", new Rows(), new StopSignal()), Thread::startVirtualThread);
        assertThat(desk.waiting.await(20, TimeUnit.SECONDS)).isTrue();
        holder.close();
        assertThat(desk.ended.await(20, TimeUnit.SECONDS)).isTrue();
        asking.join();
        assertThat(HolderClient.find(address)).isEmpty();
    }

    @Test
    void only_the_user_may_ask() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address.socket()))).isEqualTo("rw-------");
    }

    @Test
    void a_socket_that_a_killed_process_left_is_nobody_and_is_replaced() throws IOException {
        HolderAddress left = HolderAddress.of(folder.resolve("killed.duckdb"));
        ServerSocketChannel killed = ServerSocketChannel.open(HolderAddress.family());
        killed.bind(left.address());
        killed.close();
        assertThat(left.socket()).exists();
        assertThat(HolderClient.find(left)).isEmpty();
        try (Holder _ = Holder.serve(left, desk)) {
            assertThat(HolderClient.find(left)).isPresent();
        }
        assertThat(left.socket()).doesNotExist();
    }

    @Test
    void a_path_too_long_for_a_socket_has_one_elsewhere() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("d".repeat(60)).resolve("e".repeat(60)));
        HolderAddress elsewhere = HolderAddress.of(deep.resolve("warehouse.duckdb"));
        assertThat(elsewhere.socket().toString().length()).isLessThan(100);
        try (Holder _ = Holder.serve(elsewhere, desk)) {
            assertThat(HolderClient.find(HolderAddress.of(deep.resolve("warehouse.duckdb")))).isPresent();
        }
    }

    private CopyDesk client() {
        return HolderClient.find(address).orElseThrow();
    }

    /// Keeps what it is handed.
    private static final class Rows implements RowSink {
        private List<RowSink.Head> heads = List.of();
        private final List<List<@Nullable Object>> rows = new ArrayList<>();

        @Override
        public void heads(List<RowSink.Head> heads) {
            this.heads = heads;
        }

        @Override
        public void rows(List<List<@Nullable Object>> more) {
            rows.addAll(more);
        }
    }

    /// Answers with what is written here.
    private static final class RecordedDesk implements CopyDesk {
        static final TableFinding DIFFERENT = new TableFinding(
                "public.orders",
                "t_public.orders",
                TableFinding.Outcome.DIFFERENT,
                "",
                10,
                9,
                List.of(new TableFinding.RowDifference("missing", List.of("7"), 1, List.of(), List.of())),
                true);

        final CountDownLatch waiting = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void query(String sql, RowSink rows, StopSignal stop) {
            switch (sql) {
                case "fail" -> throw new Fault(FaultKind.DESTINATION_REFUSED, "query", "It is wrong.", "Correct it.");
                case "wait" -> {
                    CountDownLatch stopped = new CountDownLatch(1);
                    stop.then(stopped::countDown);
                    waiting.countDown();
                    try {
                        stopped.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                    ended.countDown();
                }
                default -> {
                    rows.heads(List.of(new RowSink.Head("a", "INTEGER"), new RowSink.Head("b", "VARCHAR")));
                    rows.rows(List.of(Arrays.asList(1, "one\n\"quoted\" ☃"), Arrays.asList(null, 2.5)));
                    rows.rows(List.of(Arrays.asList(true, null)));
                }
            }
        }

        @Override
        public StatusReport status() {
            return new StatusReport(
                    true,
                    "WAL_PGOUTPUT",
                    "shop@1",
                    "0/16B3740",
                    "2026-01-01T00:00:00Z",
                    new StatusReport.Upstream(true, "", "0/16B3748", 8, 1024, "reserved", ""),
                    List.of(new StatusReport.TableStatus("public.orders", "shop_public.orders", "streaming", "live", true, 10, 0, 0)),
                    List.of(new StatusReport.Widened("public.orders", "amount", 2)),
                    List.of(new StatusReport.Warning("public.orders", "Something.")),
                    List.of(new StatusReport.LeftOutTable("public.x", "Because.", "")));
        }

        @Override
        public ResyncReport resync(List<TableName> tables) {
            return new ResyncReport(tables.stream().map(TableName::toString).toList(), List.of("public.nowhere"), true);
        }

        @Override
        public void verify(List<TableName> tables, Consumer<TableFinding> findings, StopSignal stop) {
            findings.accept(DIFFERENT);
            findings.accept(
                    new TableFinding("public.x", "", TableFinding.Outcome.SKIPPED, "Being copied.", 0, 0, List.of(), true));
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
