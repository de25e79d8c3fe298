package dev.millrace.destination.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Iceberg's own reader, with its own Parquet, finds in tables that were written in many small commits.
///
/// How many is `-Dmillrace.test.commits`.
class LakeReadBackTest {

    private static final int COMMITS = Integer.getInteger("millrace.test.commits", 15);
    private static final int KEYS = 60;

    private static final Shape THINGS = Shapes.table("public", "things")
            .column("id", Shapes.INT4)
            .column("size", Shapes.INT8)
            .column("price", Shapes.NUMERIC)
            .column("at", Shapes.TIMESTAMP)
            .column("note", Shapes.TEXT)
            .key("id")
            .shape();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void icebergs_own_reader_finds_the_rows_of_many_small_commits_in_both_versions() throws IOException {
        for (int version : List.of(2, 3)) {
            IcebergSettings settings = IcebergSettings.local(folder.resolve("lake" + version)).withFormatVersion(version);
            Map<String, String> expected = write(new TestLake(settings), new Random(version));
            assertThat(read(settings)).as("version %d", version).containsExactlyInAnyOrderElementsOf(expected.values());
        }
    }

    /// Writes at random; returns the rows that live, by key.
    private static Map<String, String> write(TestLake lake, Random random) {
        Map<String, String> live = new TreeMap<>();
        try (IcebergDestination destination = lake.copied()) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            for (int key = 0; key < KEYS / 2; key++) {
                List<@Nullable String> row = row(Integer.toString(key), random);
                rows.add(row);
                live.put(Integer.toString(key), line(row));
            }
            TestLake.copy(destination, THINGS, SyncMode.LIVE, rows);
            for (int commit = 1; commit <= COMMITS; commit++) {
                ChangeScript script = ChangeScript.inText();
                for (int change = 0; change < 3; change++) {
                    String key = Integer.toString(random.nextInt(KEYS));
                    if (live.containsKey(key) && random.nextInt(3) == 0) {
                        script.delete(THINGS, key, null, null, null, null);
                        live.remove(key);
                    } else {
                        List<@Nullable String> row = row(key, random);
                        @Nullable String[] values = row.toArray(new @Nullable String[0]);
                        if (live.containsKey(key)) {
                            script.update(THINGS, values);
                        } else {
                            script.insert(THINGS, values);
                        }
                        live.put(key, line(row));
                    }
                }
                destination.write(script.batch(100 + commit));
            }
        }
        return live;
    }

    private static List<@Nullable String> row(String key, Random random) {
        return ChangeScript.row(
                key,
                Long.toString(random.nextLong()),
                random.nextInt(1_000_000) + ".25",
                "2026-02-%02d 04:05:06.000007".formatted(1 + random.nextInt(28)),
                random.nextInt(5) == 0 ? null : "ä" + random.nextInt(100));
    }

    private static String line(List<@Nullable String> row) {
        return "%s|%s|%s|%s|%s".formatted(row.get(0), row.get(1), row.get(2), String.valueOf(row.get(3)).replace(' ', 'T'), row.get(4));
    }

    private static List<String> read(IcebergSettings settings) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Lake lake = Lake.open(settings)) {
            BaseTable table = lake.find(new TableName("shop_public", "things")).orElseThrow();
            try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
                for (Record row : rows) {
                    String price = String.valueOf(row.getField("price")).replaceAll("0+$", "");
                    lines.add("%s|%s|%s|%s|%s".formatted(row.getField("id"), row.getField("size"), price, row.getField("at"), row.getField("note")));
                }
            }
        }
        return lines;
    }
}
