package dev.millrace.destination.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a batch that is cut off between its commit and the tables, and to tables that somebody else works on.
class LakeRecoveryTest {

    private static final Shape ORDERS = Shapes.table("public", "orders").column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id").shape();
    private static final Shape BOOKS = Shapes.table("public", "books").column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id").shape();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private IcebergSettings settings() {
        return IcebergSettings.local(folder.resolve("lake")).withUpkeep(IcebergSettings.Upkeep.NONE);
    }

    private TestLake lake() {
        return new TestLake(settings());
    }

    private static ChangeScript both(String note) {
        return ChangeScript.inText().update(ORDERS, "1", note).insert(ORDERS, note.substring(1), note).update(BOOKS, "1", note);
    }

    @Test
    void a_batch_that_was_committed_reaches_every_table_although_the_process_ended_before_it_did() {
        TestLake lake = lake();
        try (Destination destination = lake.copied(ORDERS, BOOKS)) {
            destination.write(both("n7").batch(200));
            BreakingFileIO.breakAt("books-.*/metadata/");
            assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOf(CommitUnknown.class);
        } finally {
            BreakingFileIO.mend();
        }
        assertThat(lake.lines(BOOKS)).containsExactly("id=1 note=n7");
        try (Destination again = lake.open()) {
            assertThat(again.recall().position()).contains(new LogPosition(new Lsn(300)));
            assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=n8", "id=7 note=n7", "id=8 note=n8");
            assertThat(lake.lines(BOOKS)).containsExactly("id=1 note=n8");
            again.write(both("n9").batch(400));
            assertThat(lake.lines(BOOKS)).containsExactly("id=1 note=n9");
        }
    }

    @Test
    void a_commit_of_a_table_whose_answer_is_lost_happens_once() {
        for (boolean happens : List.of(true, false)) {
            TestLake lake = new TestLake(losing("lake-" + happens));
            try (Destination destination = lake.copied(ORDERS, BOOKS)) {
                LosingCatalog.lose("orders", happens);
                destination.write(both("n7").batch(200));
                assertThat(LosingCatalog.hasLost()).isTrue();
                destination.write(both("n8").batch(300));
            }
            assertThat(lake.lines(ORDERS)).as("happens: %s", happens).containsExactly("id=1 note=n8", "id=7 note=n7", "id=8 note=n8");
            assertThat(lake.lines(BOOKS)).containsExactly("id=1 note=n8");
        }
    }

    @Test
    void a_commit_of_the_memory_whose_answer_is_lost_is_found_out_by_reading() {
        TestLake lake = new TestLake(losing("lake"));
        try (Destination destination = lake.copied(ORDERS, BOOKS)) {
            LosingCatalog.lose("memory_of_shop", true);
            assertThat(destination.write(both("n7").batch(200)).through()).isEqualTo(new LogPosition(new Lsn(200)));
            assertThat(LosingCatalog.hasLost()).isTrue();
            LosingCatalog.lose("memory_of_shop", false);
            assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOf(Fault.class);
            assertThat(destination.recall().position()).contains(new LogPosition(new Lsn(200)));
            destination.write(both("n9").batch(400));
        }
        assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=n9", "id=7 note=n7", "id=9 note=n9");
    }

    private IcebergSettings losing(String name) {
        Map<String, String> catalog = new java.util.HashMap<>(IcebergSettings.local(folder.resolve(name)).catalog());
        catalog.remove("type");
        catalog.put("catalog-impl", LosingCatalog.class.getName());
        return IcebergSettings.of(catalog).withUpkeep(IcebergSettings.Upkeep.NONE);
    }

    @Test
    void files_that_a_killed_copy_left_are_removed_and_those_of_the_copy_and_of_earlier_snapshots_stay() throws IOException {
        IcebergSettings settings = settings();
        TestLake lake = new TestLake(settings);
        lake.copied(ORDERS, BOOKS).close();
        Path orders = LocalFileIO.path(lake.table(ORDERS).location()).resolve("data");
        List<CopyRange> ranges = List.of(new CopyRange(0, ORDERS.table().quoted(), "a", 100), new CopyRange(1, ORDERS.table().quoted(), "b", 100));
        try (Destination destination = IcebergDestination.open(settings, "shop", InstantSource.system())) {
            destination.beginCopy(new CopyPlan(ORDERS, "16400", ranges, 1000), SyncMode.SOFT_DELETE);
            destination.load(ORDERS.table(), ranges.getFirst(), TestLake.SNAPSHOT, TestLake.START, ChangeScript.START, ChangeScript.copied(ORDERS, List.of(ChangeScript.row("1", "again"))));
        }
        Set<Path> known = listed(orders);
        Path orphan = Files.writeString(orders.resolve("half.parquet"), "PAR1");
        try (Destination destination = IcebergDestination.open(settings, "shop", InstantSource.system())) {
            assertThat(listed(orders)).doesNotContain(orphan).isEqualTo(known).hasSize(2);
            destination.load(ORDERS.table(), ranges.getLast(), TestLake.SNAPSHOT, TestLake.START, ChangeScript.START, ChangeScript.copied(ORDERS, List.of(ChangeScript.row("2", "too"))));
            destination.endCopy(ORDERS.table());
            destination.publish(ORDERS.table());
        }
        assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=again", "id=2 note=too");
    }

    private static Set<Path> listed(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.collect(Collectors.toSet());
        }
    }

    @Test
    void a_run_whose_table_could_not_be_reached_goes_on_where_it_asks_what_is_durable() {
        TestLake lake = lake();
        try (Destination destination = lake.copied(ORDERS, BOOKS)) {
            BreakingFileIO.breakAt("orders-.*/metadata/");
            assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOfAny(CommitUnknown.class, Fault.class);
            BreakingFileIO.mend();
            LogPosition position = (LogPosition) destination.recall().position().orElseThrow();
            destination.write(both("n9").batch(position.lsn().bytes() + 100));
            assertThat(lake.lines(BOOKS)).containsExactly("id=1 note=n9");
            assertThat(lake.lines(ORDERS)).contains("id=1 note=n9", "id=9 note=n9");
        } finally {
            BreakingFileIO.mend();
        }
    }

    @Test
    void a_batch_whose_files_cannot_be_written_leaves_nothing() {
        TestLake lake = lake();
        try (Destination destination = lake.copied(ORDERS, BOOKS)) {
            BreakingFileIO.breakAt("_millrace/");
            assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOf(Fault.class);
            BreakingFileIO.mend();
            assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=one");
            assertThat(destination.recall().position()).contains(TestLake.START);
            destination.write(both("n9").batch(300));
            assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=n9", "id=9 note=n9");
        } finally {
            BreakingFileIO.mend();
        }
    }

    @Test
    void files_that_somebody_else_compacts_between_two_batches_are_found_anew() {
        TestLake lake = lake();
        try (Destination destination = lake.copied(ORDERS, BOOKS)) {
            destination.write(both("n7").batch(200));
            lake.compactByOthers(ORDERS);
            destination.write(both("n8").batch(300));
            assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=n8", "id=7 note=n7", "id=8 note=n8");
        }
    }

    @Test
    void files_that_somebody_else_compacts_while_a_batch_is_on_its_way_lose_no_change() {
        for (int version : List.of(2, 3)) {
            TestLake lake = new TestLake(
                    IcebergSettings.local(folder.resolve("lake-of-version-" + version)).withFormatVersion(version).withUpkeep(IcebergSettings.Upkeep.NONE));
            try (Destination destination = lake.copied(ORDERS, BOOKS)) {
                destination.write(both("n7").batch(200));
                BreakingFileIO.breakAt("orders-.*/metadata/");
                assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOf(CommitUnknown.class);
            } finally {
                BreakingFileIO.mend();
            }
            lake.compactByOthers(ORDERS);
            try (Destination again = lake.open()) {
                assertThat(again.recall().position()).contains(new LogPosition(new Lsn(300)));
                assertThat(lake.lines(ORDERS)).as("version %d", version).containsExactly("id=1 note=n8", "id=7 note=n7", "id=8 note=n8");
            }
        }
    }

    @Test
    void a_table_that_is_gone_from_the_catalogue_is_a_fault_with_a_remedy() {
        TestLake lake = lake();
        try (Destination destination = lake.copied(ORDERS, BOOKS)) {
            lake.drop(ORDERS);
            assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_ALTERED);
                assertThat(fault.remedy()).contains("resync");
            });
        }
    }

    @Test
    void a_second_run_for_the_same_connection_is_refused_and_one_for_another_is_not() {
        TestLake lake = lake();
        try (Destination first = lake.copied(ORDERS)) {
            assertThatThrownBy(lake::open)
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_HELD));
            try (Destination other = IcebergDestination.open(settings(), "depot", InstantSource.system())) {
                assertThat(other.recall().position()).isEmpty();
                assertThat(other.salt().reveal()).isEqualTo(first.salt().reveal());
            }
            first.write(ChangeScript.inText().update(ORDERS, "1", "still").batch(200));
        }
    }

    @Test
    void a_run_that_was_taken_over_is_refused_at_its_next_commit() {
        IcebergSettings settings = settings();
        TestLake lake = lake();
        lake.copied(ORDERS).close();
        try (Lake open = Lake.open(settings)) {
            try (Destination first = lake.open()) {
                new Takeover(open, settings).run();
                assertThatThrownBy(() -> first.write(ChangeScript.inText().update(ORDERS, "1", "late").batch(200)))
                        .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_HELD));
            }
        }
        assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=one");
    }

    /// Another run of the same connection, on another machine.
    private record Takeover(Lake lake, IcebergSettings settings) {

        void run() {
            BaseTable memory = lake.find(new dev.millrace.core.shape.TableName("_millrace", "memory_of_shop")).orElseThrow();
            Staging staging = new Staging(memory.operations());
            var append = staging.table(new dev.millrace.core.shape.TableName("_millrace", "memory_of_shop")).newFastAppend();
            memory.currentSnapshot().summary().forEach((key, value) -> {
                if (key.startsWith("millrace.")) {
                    append.set(key, value);
                }
            });
            append.set("millrace.owner", "another").set("millrace.attempt", "another").commit();
            staging.commit();
        }
    }

    /// A file where the folder was refuses everybody, also who may write everywhere.
    @Test
    void a_folder_that_cannot_be_written_halts_the_run_and_nothing_is_half_written() throws IOException {
        TestLake lake = lake();
        Path data = folder.resolve("lake");
        Path away = folder.resolve("away");
        try (Destination destination = lake.copied(ORDERS)) {
            Files.move(data, away);
            Files.createFile(data);
            try {
                assertThatThrownBy(() -> destination.write(both("n8").batch(300))).isInstanceOf(Fault.class);
            } finally {
                Files.delete(data);
                Files.move(away, data);
            }
        }
        assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=one");
    }

    @Test
    void the_snapshots_of_tables_say_up_to_which_position_they_are() {
        TestLake lake = lake();
        try (Destination destination = lake.copied(ORDERS)) {
            destination.write(ChangeScript.inText().update(ORDERS, "1", "two").batch(200));
            Map<String, String> summary = lake.table(ORDERS).currentSnapshot().summary();
            assertThat(summary.get("millrace.position")).contains("C8");
            assertThat(summary.keySet()).containsAll(Set.of("millrace.batch", "millrace.committed-at", "millrace.connection"));
        }
    }

    @Test
    void field_numbers_stay_when_columns_are_added_renamed_and_widened() {
        Shapes before = Shapes.table("public", "things").column("id", Shapes.INT4).column("size", Shapes.INT4).key("id");
        Shape more = before.retyped("size", Shapes.INT8).column("colour", Shapes.TEXT).shape();
        TestLake lake = lake();
        try (Destination destination = lake.copied(before.shape())) {
            int id = lake.table(before.shape()).schema().findField("size").fieldId();
            Set<String> files = files(lake, before.shape());
            destination.write(ChangeScript.inText().insert(more, "2", "9000000000", "red").batch(200));
            assertThat(lake.table(more).schema().findField("size").fieldId()).isEqualTo(id);
            assertThat(files(lake, more)).as("nothing was written anew").containsAll(files);
            assertThat(lake.lines(more)).containsExactly("id=1 size=10", "id=2 size=9000000000 colour=red");
        }
    }

    private static Set<String> files(TestLake lake, Shape shape) {
        return lake.files(shape).stream().map(DataFile::location).collect(java.util.stream.Collectors.toSet());
    }
}
