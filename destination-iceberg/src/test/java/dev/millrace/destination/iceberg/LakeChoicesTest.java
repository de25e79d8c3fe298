package dev.millrace.destination.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.verify.CopySide;
import dev.millrace.destination.iceberg.IcebergSettings.Layout;
import dev.millrace.destination.iceberg.IcebergSettings.Upkeep;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people choose for their tables, and how a copy is looked at.
class LakeChoicesTest {

    private static final Shape ORDERS = Shapes.table("public", "orders").column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id").shape();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private IcebergSettings settings() {
        return IcebergSettings.local(folder.resolve("lake")).withUpkeep(Upkeep.NONE);
    }

    @Test
    void a_table_that_is_no_longer_followed_can_be_queried_still() {
        TestLake lake = new TestLake(IcebergSettings.local(folder.resolve("lake")));
        try (IcebergDestination destination = lake.copied(ORDERS)) {
            destination.forget(ORDERS.table());
            List<Object> counts = new ArrayList<>();
            try (CopyReader reader = destination.reader()) {
                reader.query(
                        "SELECT count(*) FROM shop_public.orders",
                        new RowSink() {
                            @Override
                            public void heads(List<Head> heads) {
                                assertThat(heads).hasSize(1);
                            }

                            @Override
                            public void rows(List<List<@Nullable Object>> rows) {
                                rows.forEach(row -> counts.add(String.valueOf(row.getFirst())));
                            }
                        },
                        new StopSignal());
            }
            assertThat(counts).containsExactly("1");
        }
    }

    @Test
    void json_that_is_none_by_the_standard_turns_its_column_to_text_in_the_files_that_are_there() {
        Shape notes = Shapes.table("public", "notes").column("id", Shapes.INT4).column("body", Shapes.JSON).key("id").shape();
        TestLake lake = new TestLake(IcebergSettings.local(folder.resolve("lake")));
        try (IcebergDestination destination = lake.copied()) {
            TestLake.copy(destination, notes, SyncMode.SOFT_DELETE, List.of(ChangeScript.row("1", "{\"a\": 1}"), ChangeScript.row("2", "\"\\ud800\"")));
            assertThat(destination.widened()).hasSize(1);
            destination.write(ChangeScript.inText().update(notes, "1", "[]").batch(200));
        }
        assertThat(lake.lines(notes)).containsExactly("id=1 body=[]", "id=2 body=\"\\ud800\"");
    }

    @Test
    void version_3_marks_deleted_rows_by_vectors_one_a_file() {
        TestLake lake = new TestLake(settings().withFormatVersion(3));
        try (Destination destination = lake.copied(ORDERS)) {
            destination.write(ChangeScript.inText().insert(ORDERS, "2", "two").insert(ORDERS, "3", "three").batch(200));
            destination.write(ChangeScript.inText().update(ORDERS, "2", "zwei").batch(300));
            destination.write(ChangeScript.inText().delete(ORDERS, "3", null).batch(400));
            assertThat(lake.lines(ORDERS)).containsExactly("id=1 note=one", "id=2 note=zwei", "id=3 note=three (deleted)");
            assertThat(lake.table(ORDERS).operations().current().formatVersion()).isEqualTo(3);
        }
    }

    @Test
    void rows_of_different_partitions_lie_in_different_files_and_move_between_them() {
        Shape visits = Shapes.table("public", "visits")
                .column("id", Shapes.INT4)
                .column("at", Shapes.TIMESTAMP)
                .column("place", Shapes.TEXT)
                .key("id")
                .shape();
        Layout layout = new Layout(List.of("day(at)", "bucket(4, id)", "truncate(1, place)"), List.of("id desc"));
        TestLake lake = new TestLake(settings().withLayouts(Map.of(visits.table(), layout)));
        try (IcebergDestination destination = lake.copied()) {
            TestLake.copy(
                    destination,
                    visits,
                    SyncMode.SOFT_DELETE,
                    List.of(
                            ChangeScript.row("1", "2026-02-03 04:05:06", "Rome"),
                            ChangeScript.row("2", "2026-02-04 04:05:06", "Riga"),
                            ChangeScript.row("3", null, null)));
            destination.write(ChangeScript.inText().update(visits, "1", "2026-02-04 00:00:00", "Oslo").delete(visits, "3", null, null).batch(200));
            assertThat(lake.lines(visits))
                    .containsExactly(
                            "id=1 at=2026-02-04 00:00:00 place=Oslo",
                            "id=2 at=2026-02-04 04:05:06 place=Riga",
                            "id=3 (deleted)");
            List<String> partitions = new ArrayList<>();
            for (DataFile file : lake.files(visits)) {
                partitions.add(Objects.requireNonNull(lake.table(visits).specs().get(file.specId())).partitionToPath(file.partition()));
            }
            assertThat(partitions)
                    .anyMatch(path -> path.contains("at_day=2026-02-04") && path.contains("place_trunc=O"))
                    .anyMatch(path -> path.contains("at_day=null"));
        }
    }

    @Test
    void many_small_files_become_one_and_old_snapshots_go() {
        Upkeep upkeep = new Upkeep(256L << 20, 5, 30, 1L << 30, 3, Duration.ZERO);
        TestLake lake = new TestLake(settings().withUpkeep(upkeep));
        try (Destination destination = lake.copied(ORDERS)) {
            for (int i = 1; i <= 60; i++) {
                destination.write(ChangeScript.inText().update(ORDERS, "1", "n" + i).insert(ORDERS, Integer.toString(1000 + i), "m").batch(100 + i));
            }
            assertThat(lake.files(ORDERS)).hasSizeLessThan(6);
            assertThat(lake.lines(ORDERS)).hasSize(61).contains("id=1 note=n60", "id=1060 note=m");
            assertThat(lake.table(ORDERS).snapshots()).hasSizeLessThan(60);
        }
    }

    @Test
    void a_copy_is_counted_queried_and_compared_beside_its_run() {
        TestLake lake = new TestLake(settings());
        try (IcebergDestination destination = lake.copied(ORDERS)) {
            destination.write(ChangeScript.inText().insert(ORDERS, "2", "two").delete(ORDERS, "1", null).batch(200));
            TableMemory known = Objects.requireNonNull(destination.recall().tables().get(ORDERS.table()));
            try (CopyReader reader = destination.reader()) {
                assertThat(reader.recall()).isEqualTo(destination.recall());
                assertThat(reader.liveRows(known, Duration.ofSeconds(60))).hasValue(1);
                assertThat(query(reader, "SELECT note FROM shop_public.orders WHERE NOT _millrace_deleted")).containsExactly("[two]");
            }
            try (CopySide side = destination.side()) {
                CopySide.Subject subject = side.subject(ORDERS, known.names());
                destination.write(ChangeScript.inText().insert(ORDERS, "3", "three").batch(300));
                assertThat(side.sums(subject, 1)).as("held at one moment").hasSize(1).containsKey(0);
                assertThat(Objects.requireNonNull(side.sums(subject, 1).get(0)).rows()).isEqualTo(1);
            }
        }
        try (CopyReader reader = new IcebergPlace(lake.settings(), "shop").reader().orElseThrow()) {
            assertThat(query(reader, "SELECT note FROM shop_public.orders ORDER BY id")).containsExactly("[one]", "[two]", "[three]");
        }
        assertThat(new IcebergPlace(lake.settings(), "nobody").reader()).isEmpty();
    }

    private static List<String> query(CopyReader reader, String sql) {
        List<String> lines = new ArrayList<>();
        reader.query(
                sql,
                new RowSink() {
                    @Override
                    public void heads(List<Head> heads) {}

                    @Override
                    public void rows(List<List<@Nullable Object>> rows) {
                        rows.forEach(row -> lines.add(row.toString()));
                    }
                },
                new StopSignal());
        return lines;
    }

    @Test
    void a_place_is_checked_by_writing_there_and_takes_tables_about_copies() {
        IcebergPlace place = new IcebergPlace(settings(), "shop");
        assertThat(place.check()).allMatch(finding -> finding.fit());
        List<MetadataTable.Column> columns = List.of(
                new MetadataTable.Column("id", MetadataTable.Type.TEXT), new MetadataTable.Column("count", MetadataTable.Type.NUMBER));
        place.writeMetadata("about", List.of(new MetadataTable("log", columns, List.of(new MetadataTable.Row("a", 1L), new MetadataTable.Row("b", 2L)), true)));
        place.writeMetadata("about", List.of(new MetadataTable("log", columns, List.of(new MetadataTable.Row("b", 3L), new MetadataTable.Row("c", 4L)), true)));
        try (Lake lake = Lake.open(settings())) {
            var table = lake.find(new dev.millrace.core.shape.TableName("about", "log")).orElseThrow();
            assertThat(table.currentSnapshot().summary()).containsEntry("total-records", "3");
        }
    }
}
