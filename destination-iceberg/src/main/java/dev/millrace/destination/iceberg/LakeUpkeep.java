package dev.millrace.destination.iceberg;

import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.iceberg.IcebergSettings.Upkeep;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.Pair;
import org.apache.iceberg.util.StructLikeWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps tables that are written in small batches quick to read: small files and files with many deleted rows are made into fewer, positions of deleted
/// rows are gathered, and old snapshots are removed. After each batch a bounded piece of it is done. Belongs to the owner's thread.
final class LakeUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(LakeUpkeep.class);
    private static final int BATCHES_BETWEEN_EXPIRIES = 50;
    private static final int PERCENT = 100;

    private final Upkeep settings;
    private final InstantSource clock;
    private final LakeFiles storage;
    private final ParquetFiles parquet;
    private final Scan scan;
    private final Map<BaseTable, Integer> batches = new HashMap<>();

    LakeUpkeep(Upkeep settings, InstantSource clock, LakeFiles storage, ParquetFiles parquet, Scan scan) {
        this.settings = settings;
        this.clock = clock;
        this.storage = storage;
        this.parquet = parquet;
        this.scan = scan;
    }

    /// Does what a table needs after a batch. What goes wrong leaves the table as it is.
    ///
    /// @param table as the batch has left it
    void run(DuckSession session, LakeTable table) {
        compact(session, table);
        int count = batches.merge(table.iceberg(), 1, Integer::sum);
        if (settings.keepSnapshots() > 0 && count % BATCHES_BETWEEN_EXPIRIES == 0) {
            expire(table.iceberg());
        }
    }

    private void expire(BaseTable table) {
        Instant until = clock.instant().minus(settings.keepFor());
        table.expireSnapshots().expireOlderThan(until.toEpochMilli()).retainLast(settings.keepSnapshots()).commit();
        table.refresh();
    }

    private void compact(DuckSession session, LakeTable table) {
        List<List<DataFile>> groups = groups(session, table);
        boolean hasManyDeletes = settings.smallFiles() > 0 && table.deletes().stream().filter(file -> !ContentFileUtil.isDV(file)).count() >= settings.smallFiles();
        if (groups.isEmpty() && !hasManyDeletes) {
            return;
        }
        List<DataFile> old = groups.stream().flatMap(List::stream).toList();
        List<DataFile> made = new ArrayList<>();
        List<DeleteFile> gathered = new ArrayList<>();
        try {
            groups.forEach(group -> made.addAll(written(session, table, group)));
            Set<String> gone = old.stream().map(DataFile::location).collect(Collectors.toSet());
            List<DeleteFile> undone = undone(table, gone);
            gathered.addAll(gathered(session, table, gone));
            commit(session, table, old, made, undone, gathered);
            LOG.debug("table={} files={} made={} deletes={} made={}", table.place(), old.size(), made.size(), undone.size(), gathered.size());
        } catch (CommitFailedException e) {
            LOG.info("table={} compacted=false reason=\"{}\"", table.place(), e.getMessage());
            Stream.concat(made.stream().map(DataFile::location), gathered.stream().map(DeleteFile::location)).forEach(storage::remove);
        }
    }

    /// The files that are made into one, by partition: small ones if there are many, and those with many deleted rows.
    private List<List<DataFile>> groups(DuckSession session, LakeTable table) {
        Map<String, Long> deleted = deletedRows(session, table);
        Map<Pair<Integer, StructLikeWrapper>, List<DataFile>> partitions = new LinkedHashMap<>();
        for (DataFile file : table.files().values()) {
            PartitionSpec layout = table.iceberg().specs().get(file.specId());
            if (layout != null) {
                StructLikeWrapper partition = StructLikeWrapper.forType(layout.partitionType()).set(file.partition());
                partitions.computeIfAbsent(Pair.of(file.specId(), partition), _ -> new ArrayList<>()).add(file);
            }
        }
        List<List<DataFile>> groups = new ArrayList<>();
        long left = settings.workBytes();
        for (List<DataFile> files : partitions.values()) {
            List<DataFile> group = new ArrayList<>();
            List<DataFile> small = files.stream()
                    .filter(file -> file.fileSizeInBytes() < settings.targetFileBytes() / 2)
                    .sorted(Comparator.comparingLong(DataFile::fileSizeInBytes))
                    .toList();
            boolean areMany = settings.smallFiles() > 0 && small.size() >= settings.smallFiles();
            long size = 0;
            for (DataFile file : Stream.concat(areMany ? small.stream() : Stream.empty(), files.stream().filter(file -> isWorn(file, deleted))).distinct().toList()) {
                long bytes = file.fileSizeInBytes();
                boolean fits = bytes <= left && size + bytes <= settings.targetFileBytes();
                if (fits) {
                    group.add(file);
                    size += bytes;
                    left -= bytes;
                }
            }
            if (group.size() > 1 || group.size() == 1 && isWorn(group.getFirst(), deleted)) {
                groups.add(group);
            }
        }
        return groups;
    }

    private boolean isWorn(DataFile file, Map<String, Long> deleted) {
        return settings.deletedShare() < PERCENT
                && deleted.getOrDefault(file.location(), 0L) * PERCENT >= file.recordCount() * settings.deletedShare()
                && deleted.containsKey(file.location());
    }

    private Map<String, Long> deletedRows(DuckSession session, LakeTable table) {
        Map<String, Long> rows = new HashMap<>();
        if (settings.deletedShare() < PERCENT && table.hasDeleted()) {
            session.query("SELECT file, count(*) FROM %s GROUP BY 1".formatted(table.deleted()), row -> rows.put(row.getString(1), row.getLong(2)));
        }
        return rows;
    }

    private List<DataFile> written(DuckSession session, LakeTable table, List<DataFile> group) {
        List<LakeColumn> columns = LakeColumn.of(table.iceberg().schema());
        String values = columns.stream()
                .map(column -> "%s AS %s".formatted(column.fromFile(), dev.millrace.core.shape.TableName.quote(column.name())))
                .collect(Collectors.joining(", "));
        String deleted = table.hasDeleted()
                ? " ANTI JOIN %s AS d ON s.%s = d.file AND s.%s = d.pos".formatted(table.deleted(), Scan.FILE, Scan.POSITION)
                : "";
        String rows = "SELECT %s FROM (%s) AS s%s"
                .formatted(values, scan.of(columns, group.stream().map(DataFile::location).toList()), deleted);
        SortOrder order = table.iceberg().sortOrder();
        var target = new ParquetFiles.Target(table.iceberg().location() + "/data", columns, table.iceberg().spec(), order);
        return parquet.write(session, target, rows, java.util.Optional.empty());
    }

    /// The files of positions that are of no use any more: all of version 2, whose remaining positions are gathered, and the vectors of files that go.
    private static List<DeleteFile> undone(LakeTable table, Set<String> gone) {
        return table.deletes().stream()
                .filter(file -> !ContentFileUtil.isDV(file) || gone.contains(String.valueOf(file.referencedDataFile())))
                .toList();
    }

    private Collection<DeleteFile> gathered(DuckSession session, LakeTable table, Set<String> gone) {
        boolean hasPositions = table.deletes().stream().anyMatch(file -> !ContentFileUtil.isDV(file));
        if (!hasPositions) {
            return List.of();
        }
        Set<String> staying = new HashSet<>(table.files().keySet());
        staying.removeAll(gone);
        session.run("CREATE OR REPLACE TEMP TABLE millrace_staying (file VARCHAR)");
        staying.forEach(file -> session.run("INSERT INTO temp.millrace_staying VALUES (?)", file));
        session.run("CREATE OR REPLACE TEMP TABLE millrace_gone AS SELECT DISTINCT d.file, d.pos FROM %s AS d SEMI JOIN temp.millrace_staying USING (file)"
                .formatted(table.deleted()));
        if (session.queryLong("SELECT count(*) FROM temp.millrace_gone") == 0) {
            return List.of();
        }
        return new DeletedRows(parquet, table.iceberg().io())
                .positions(session, table.iceberg().location() + "/data", table.iceberg().specs(), table.files(), "temp.millrace_gone")
                .files();
    }

    private static void commit(
            DuckSession session, LakeTable table, List<DataFile> old, List<DataFile> made, List<DeleteFile> undone, Collection<DeleteFile> gathered) {
        Staging staging = new Staging(table.iceberg().operations());
        Snapshot before = table.iceberg().currentSnapshot();
        var rewrite = staging.table(table.place()).newRewrite();
        old.forEach(rewrite::deleteFile);
        undone.forEach(rewrite::deleteFile);
        made.forEach(rewrite::addFile);
        gathered.forEach(rewrite::addFile);
        if (before != null) {
            // What came before is known; nobody has come between, or the catalogue refuses the commit.
            rewrite.validateFromSnapshot(before.snapshotId());
            before.summary().forEach((key, value) -> {
                if (key.startsWith("millrace.")) {
                    rewrite.set(key, value);
                }
            });
        }
        rewrite.commit();
        staging.commit();
        table.refresh(session);
    }
}
