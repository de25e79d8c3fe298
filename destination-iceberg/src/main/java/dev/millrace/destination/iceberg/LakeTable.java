package dev.millrace.destination.iceberg;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.DeleteFileSet;

/// What a published table consists of, as of one snapshot; the positions of deleted rows are in a table of the workbench. Belongs to the owner's
/// thread.
final class LakeTable {

    private static final long NONE = -1;

    private final TableName place;
    private final BaseTable table;
    private final LakeFiles storage;
    private final String deleted;
    private long snapshot = NONE;
    private long deletedRows;
    private final Map<String, DataFile> files = new LinkedHashMap<>();
    private final Map<String, DeleteFile> vectors = new HashMap<>();
    private DeleteFileSet deletes = DeleteFileSet.create();

    /// @param deleted the name of a table of the workbench that nobody else uses
    LakeTable(TableName place, BaseTable table, LakeFiles storage, String deleted) {
        this.place = place;
        this.table = table;
        this.storage = storage;
        this.deleted = deleted;
    }

    TableName place() {
        return place;
    }

    BaseTable iceberg() {
        return table;
    }

    /// The files with rows, by location.
    Map<String, DataFile> files() {
        return files;
    }

    /// The files that say which rows are deleted.
    Collection<DeleteFile> deletes() {
        return deletes;
    }

    /// The rows of a file that its vector marks, if it has one.
    PositionDeleteIndex deletedIn(String file) {
        return Optional.ofNullable(vectors.get(file)).map(this::read).orElseGet(PositionDeleteIndex::empty);
    }

    /// The table of the workbench with the positions of deleted rows.
    String deleted() {
        return deleted;
    }

    /// Whether any row is deleted.
    boolean hasDeleted() {
        return deletedRows > 0;
    }

    /// Reads what has come since.
    void refresh(DuckSession session) {
        table.refresh();
        reload(session);
    }

    /// Takes over what a commit of ours has made of it.
    ///
    /// @param made the snapshot before it, which must be the one that is known
    void committed(DuckSession session, long before, TableIntent intent, DeleteFileSet added) {
        Snapshot now = table.currentSnapshot();
        boolean isNext = now != null && snapshot == before && !intent.replaces() && vectors.isEmpty() && intent.undone().isEmpty();
        if (!isNext) {
            reload(session);
            return;
        }
        intent.removed().forEach(file -> files.remove(file.location()));
        intent.added().forEach(file -> files.put(file.location(), file));
        if (added.stream().anyMatch(ContentFileUtil::isDV)) {
            reload(session);
            return;
        }
        deletes.addAll(added);
        insertPositions(session, added);
        snapshot = now.snapshotId();
    }

    private void reload(DuckSession session) {
        Snapshot now = table.currentSnapshot();
        long id = now == null ? NONE : now.snapshotId();
        boolean isKnown = id == snapshot && id != NONE;
        if (isKnown) {
            return;
        }
        files.clear();
        vectors.clear();
        deletes = DeleteFileSet.create();
        session.run("CREATE OR REPLACE TABLE %s (file VARCHAR, pos BIGINT)".formatted(deleted));
        deletedRows = 0;
        try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
            for (FileScanTask task : tasks) {
                files.put(task.file().location(), task.file().copy());
                for (DeleteFile delete : task.deletes()) {
                    add(task.file(), delete);
                }
            }
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
        insertPositions(session, deletes);
        snapshot = id;
    }

    private void add(DataFile file, DeleteFile delete) {
        if (delete.content() == FileContent.EQUALITY_DELETES) {
            throw foreign("deleted rows by equality");
        }
        DeleteFile copy = delete.copy();
        deletes.add(copy);
        if (ContentFileUtil.isDV(delete)) {
            vectors.put(file.location(), copy);
        }
    }

    private Fault foreign(String what) {
        return IcebergFaults.altered(place.toString(), "Somebody else has %s in %s".formatted(what, place));
    }

    private void insertPositions(DuckSession session, Collection<DeleteFile> more) {
        List<String> parquet = more.stream()
                .filter(file -> file.format() == FileFormat.PARQUET)
                .map(DeleteFile::location)
                .toList();
        if (!parquet.isEmpty()) {
            deletedRows += session.run("INSERT INTO %s SELECT file_path, pos FROM (%s)".formatted(deleted, positions(storage, parquet)));
        }
        for (DeleteFile vector : more) {
            if (ContentFileUtil.isDV(vector)) {
                deletedRows += insertVector(session, vector);
            }
        }
    }

    /// The SQL of a relation with what files of positions hold.
    static String positions(LakeFiles storage, Collection<String> locations) {
        String list = storage.read(locations).stream()
                .map((Path file) -> "'" + ParquetFiles.quoted(file) + "'")
                .collect(Collectors.joining(", "));
        return "SELECT file_path, pos FROM read_parquet([%s])".formatted(list);
    }

    private long insertVector(DuckSession session, DeleteFile vector) {
        List<Long> positions = new ArrayList<>();
        read(vector).forEach(positions::add);
        String file = String.valueOf(vector.referencedDataFile()).replace("'", "''");
        String list = positions.stream().map(String::valueOf).collect(Collectors.joining(", "));
        session.run("INSERT INTO %s SELECT '%s', unnest([%s])".formatted(deleted, file, list));
        return positions.size();
    }

    /// The rows that a vector marks.
    PositionDeleteIndex read(DeleteFile vector) {
        long offset = java.util.Objects.requireNonNull(vector.contentOffset());
        int size = Math.toIntExact(java.util.Objects.requireNonNull(vector.contentSizeInBytes()));
        try (SeekableInputStream in = table.io().newInputFile(vector.location()).newStream()) {
            in.seek(offset);
            return PositionDeleteIndex.deserialize(in.readNBytes(size), vector);
        } catch (IOException e) {
            throw IcebergFaults.of(e, vector.location());
        }
    }
}
