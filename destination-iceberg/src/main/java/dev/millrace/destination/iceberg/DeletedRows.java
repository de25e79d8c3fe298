package dev.millrace.destination.iceberg;

import dev.millrace.destination.duckdb.DuckSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.Pair;
import org.apache.iceberg.util.StructLikeWrapper;

/// Writes down which rows of a table are deleted: as positions in files of Parquet, or as vectors, as the table's version has it.
final class DeletedRows {

    private final ParquetFiles parquet;
    private final FileIO io;

    DeletedRows(ParquetFiles parquet, FileIO io) {
        this.parquet = parquet;
        this.io = io;
    }

    /// What was written, and what it takes the place of.
    record Written(List<DeleteFile> files, List<DeleteFile> undone) {}

    /// Writes positions of version 2.
    ///
    /// @param positions the name of a temporary table of `file` and `pos`
    /// @param files those that the positions are in, at least
    Written positions(DuckSession session, String folder, Map<Integer, PartitionSpec> layouts, Map<String, DataFile> files, String positions) {
        Map<Pair<Integer, StructLikeWrapper>, List<String>> partitions = new LinkedHashMap<>();
        for (String file : session.query("SELECT DISTINCT file FROM " + positions, row -> row.getString(1))) {
            DataFile data = known(files, file);
            PartitionSpec layout = Objects.requireNonNull(layouts.get(data.specId()));
            StructLikeWrapper partition = StructLikeWrapper.forType(layout.partitionType()).set(data.partition());
            partitions.computeIfAbsent(Pair.of(data.specId(), partition), _ -> new ArrayList<>()).add(file);
        }
        List<DeleteFile> written = new ArrayList<>();
        partitions.forEach((partition, members) -> {
            PartitionSpec layout = Objects.requireNonNull(layouts.get(partition.first()));
            String condition = layout.isPartitioned()
                    ? members.stream().map(file -> "'" + file.replace("'", "''") + "'").collect(Collectors.joining(", ", " WHERE file IN (", ")"))
                    : "";
            var target = new ParquetFiles.Target(folder, List.of(), layout, SortOrder.unsorted());
            written.add(parquet.writePositions(
                    session,
                    target,
                    partition.second().get(),
                    "SELECT file AS file_path, pos FROM %s%s ORDER BY file_path, pos".formatted(positions, condition)));
        });
        return new Written(written, List.of());
    }

    /// Writes vectors of version 3, each with what the file's earlier one had.
    ///
    /// @param positions the name of a temporary table of `file` and `pos`
    /// @param files those that the positions are in, at least
    /// @param earlier the rows that are deleted in a file already
    // What is not deprecated makes files for a table that is there; a copy has none before it is published.
    @SuppressWarnings("deprecation")
    Written vectors(
            DuckSession session,
            String folder,
            Map<Integer, PartitionSpec> layouts,
            Map<String, DataFile> files,
            Function<String, PositionDeleteIndex> earlier,
            String positions) {
        String location = "%s/%s-deletes.puffin".formatted(folder, UUID.randomUUID());
        BaseDVFileWriter writer = new BaseDVFileWriter(() -> io.newOutputFile(location), earlier);
        try (writer) {
            session.readEach("SELECT file, pos FROM %s ORDER BY file, pos".formatted(positions), row -> {
                DataFile data = known(files, row.getString(1));
                StructLike partition = data.partition();
                writer.delete(data.location(), row.getLong(2), Objects.requireNonNull(layouts.get(data.specId())), partition);
                return true;
            });
        } catch (IOException e) {
            throw IcebergFaults.of(e, location);
        }
        DeleteWriteResult result = writer.result();
        return new Written(result.deleteFiles(), result.rewrittenDeleteFiles());
    }

    private static DataFile known(Map<String, DataFile> files, String location) {
        DataFile data = files.get(location);
        if (data == null) {
            throw new IllegalStateException("Invalid position: in a file that the table does not have");
        }
        return data;
    }
}
