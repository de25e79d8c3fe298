package dev.millrace.destination.iceberg;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.destination.SeenRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.io.CloseableIterable;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// A lake of one connection, and what somebody else may do to its tables.
///
/// @param settings whose storage can be broken by [BreakingFileIO]
record TestLake(IcebergSettings settings) {

    static final LogPosition START = new LogPosition(new Lsn(100));
    static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("1000:1000:");

    TestLake {
        Map<String, String> catalog = new LinkedHashMap<>(settings.catalog());
        catalog.putIfAbsent("io-impl", BreakingFileIO.class.getName());
        settings = new IcebergSettings(
                catalog,
                settings.formatVersion(),
                settings.layouts(),
                settings.upkeep(),
                settings.cacheBytes(),
                settings.temporaryDirectory(),
                settings.engine());
    }

    IcebergDestination open() {
        return IcebergDestination.open(settings, "shop", InstantSource.system());
    }

    /// Opens it with tables that have one row each: `1`, and `one` or `10`.
    IcebergDestination copied(Shape... shapes) {
        IcebergDestination destination = open();
        destination.adopt(new SourceIdentity("7300", "shop"), START);
        for (Shape shape : shapes) {
            boolean isText = shape.columns().getLast().name().equals("note");
            copy(destination, shape, SyncMode.SOFT_DELETE, List.of(ChangeScript.row("1", isText ? "one" : "10")));
        }
        return destination;
    }

    /// Copies and publishes a table.
    static void copy(IcebergDestination destination, Shape shape, SyncMode mode, List<List<@Nullable String>> rows) {
        List<CopyRange> ranges = List.of(new CopyRange(0, shape.table().quoted(), "", 100));
        destination.beginCopy(new CopyPlan(shape, "16400", ranges, 1000), mode);
        destination.load(shape.table(), ranges.getFirst(), SNAPSHOT, START, ChangeScript.START, ChangeScript.copied(shape, rows));
        destination.endCopy(shape.table());
        destination.publish(shape.table());
    }

    /// What a reader sees, a line for each row, sorted.
    List<String> lines(Shape shape) {
        return new LakeReading(settings).rows("shop", shape.table()).orElseThrow().stream().map(SeenRow::line).sorted().toList();
    }

    private static TableName place(Shape shape) {
        return new TableName("shop_" + shape.table().schema(), shape.table().table());
    }

    /// The table as the catalogue has it.
    BaseTable table(Shape shape) {
        try (Lake lake = Lake.open(settings)) {
            BaseTable table = lake.find(place(shape)).orElseThrow();
            table.currentSnapshot();
            return table;
        }
    }

    /// The table's files.
    List<DataFile> files(Shape shape) {
        try (Lake lake = Lake.open(settings)) {
            return files(lake.find(place(shape)).orElseThrow());
        }
    }

    private static List<DataFile> files(BaseTable table) {
        List<DataFile> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> files.add(task.file().copy()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /// Removes the table from the catalogue, as nobody should.
    void drop(Shape shape) {
        try (Lake lake = Lake.open(settings)) {
            lake.drop(place(shape));
        }
    }

    /// Makes one file of all rows of the table, as somebody's maintenance does; the old files stay for older snapshots.
    void compactByOthers(Shape shape) {
        try (Lake lake = Lake.open(settings);
                var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
                var session = new dev.millrace.destination.duckdb.DuckSession(connection, "test")) {
            BaseTable iceberg = lake.find(place(shape)).orElseThrow();
            LakeFiles storage = new LakeFiles(iceberg::io, Path.of("unused"), 0);
            LakeTable table = new LakeTable(place(shape), iceberg, storage, "deleted");
            table.refresh(session);
            List<LakeColumn> columns = LakeColumn.of(iceberg.schema());
            String names = String.join(", ", columns.stream().map(column -> column.fromFile() + " AS " + TableName.quote(column.name())).toList());
            String rows = "SELECT %s FROM (%s) AS s ANTI JOIN deleted AS d ON s.%s = d.file AND s.%s = d.pos"
                    .formatted(names, new Scan(storage).of(columns, table.files().keySet()), Scan.FILE, Scan.POSITION);
            var target = new ParquetFiles.Target(iceberg.location() + "/data", columns, iceberg.spec(), iceberg.sortOrder());
            List<DataFile> made = new ParquetFiles(storage).write(session, target, rows, Optional.empty());
            var rewrite = iceberg.newRewrite().validateFromSnapshot(iceberg.currentSnapshot().snapshotId());
            table.files().values().forEach(rewrite::deleteFile);
            table.deletes().forEach(rewrite::deleteFile);
            made.forEach(rewrite::addFile);
            rewrite.commit();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
