package dev.millrace.destination.iceberg;

import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.duckdb.vector.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/// Writes Iceberg's files by DuckDB. Any thread, each with a session of its own.
final class ParquetFiles {

    private static final String FORMAT = "FORMAT parquet, COMPRESSION zstd";

    private final LakeFiles files;

    ParquetFiles(LakeFiles files) {
        this.files = files;
    }

    /// What is written into.
    ///
    /// @param folder location of the data
    /// @param columns of the files
    /// @param layout which partitions there are
    /// @param order in which the rows of a file lie
    record Target(String folder, List<LakeColumn> columns, PartitionSpec layout, SortOrder order) {

        private String newLocation() {
            return "%s/%s.parquet".formatted(folder, UUID.randomUUID());
        }
    }

    /// A file that was written: how many rows it has, its size, and what is known of its values.
    private record Written(Path file, long rows, long bytes, Map<?, ?> statistics) {}

    /// Writes rows; none make no file.
    ///
    /// @param rows the SQL of a relation with the target's columns
    /// @param stream from which they come, if from outside
    List<DataFile> write(DuckSession session, Target target, String rows, Optional<RowStream> stream) {
        String select = "SELECT %s FROM (%s)%s"
                .formatted(
                        target.columns().stream().map(LakeColumn::toFile).collect(Collectors.joining(", ")),
                        rows,
                        Partitions.orderBy(target.order(), LakeColumn.schema(target.columns())));
        String ids = target.columns().stream().map(LakeColumn::forWriter).collect(Collectors.joining(", ", "FIELD_IDS {", "}"));
        return target.layout().isPartitioned()
                ? partitioned(session, target, select, ids, stream)
                : whole(session, target, select, ids, stream);
    }

    private List<DataFile> whole(DuckSession session, Target target, String select, String ids, Optional<RowStream> stream) {
        String location = target.newLocation();
        List<DataFile> made = files.write(location, file -> {
            Written written = copy(session, "COPY (%s) TO '%s' (%s, %s, RETURN_STATS)".formatted(select, quoted(file), FORMAT, ids), stream)
                    .getFirst();
            return written.rows() == 0 ? List.<DataFile>of() : List.of(dataFile(target, location, written, null));
        });
        if (made.isEmpty()) {
            files.remove(location);
        }
        return made;
    }

    /// DuckDB writes a file for each partition into a folder of this machine, from where each goes to its place.
    private List<DataFile> partitioned(DuckSession session, Target target, String select, String ids, Optional<RowStream> stream) {
        List<String> values = Partitions.values(target.layout(), target.columns());
        String keys = IntStream.range(0, values.size()).mapToObj(i -> "\"millrace p%d\"".formatted(i)).collect(Collectors.joining(", "));
        String columns = IntStream.range(0, values.size())
                .mapToObj(i -> "%s AS \"millrace p%d\"".formatted(values.get(i), i))
                .collect(Collectors.joining(", "));
        Path folder = files.newFolder();
        try {
            List<Written> parts = copy(
                    session,
                    "COPY (SELECT *, %s FROM (%s)) TO '%s' (%s, %s, PARTITION_BY (%s), RETURN_STATS)"
                            .formatted(columns, select, quoted(folder.resolve("parts")), FORMAT, ids, keys),
                    stream);
            List<DataFile> made = new ArrayList<>();
            for (Written part : parts) {
                StructLike partition = partition(session, target.layout(), values, part.file());
                String location = target.newLocation();
                files.write(location, file -> move(part.file(), file));
                made.add(dataFile(target, location, part, partition));
            }
            return made;
        } finally {
            discard(folder);
        }
    }

    private static Path move(Path from, Path to) {
        try {
            return Files.move(from, to);
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    private static void discard(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    /// All rows of a file are of one partition, so that the first tells which.
    private static StructLike partition(DuckSession session, PartitionSpec layout, List<String> values, Path file) {
        PartitionData partition = new PartitionData(layout.partitionType());
        return session.queryFirst(
                        "SELECT %s FROM read_parquet('%s') LIMIT 1".formatted(String.join(", ", values), quoted(file)), row -> {
                            for (int i = 0; i < values.size(); i++) {
                                partition.set(i, held(layout.partitionType().fields().get(i).type(), row.getObject(i + 1)));
                            }
                            return partition;
                        })
                .orElseThrow();
    }

    /// A value as Iceberg holds it.
    private static @Nullable Object held(Type type, @Nullable Object value) {
        return switch (value) {
            case java.time.LocalDate date -> (int) date.toEpochDay();
            case java.time.OffsetDateTime time -> Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000_000L), time.getNano() / 1_000);
            case java.sql.Timestamp time -> {
                var local = time.toLocalDateTime().atOffset(java.time.ZoneOffset.UTC);
                yield Math.addExact(Math.multiplyExact(local.toEpochSecond(), 1_000_000L), local.getNano() / 1_000);
            }
            case Number number when type.typeId() == Type.TypeID.LONG -> number.longValue();
            case null, default -> value;
        };
    }

    private static List<Written> copy(DuckSession session, String sql, Optional<RowStream> stream) {
        DuckSession.RowReader<Written> reader = row -> new Written(
                Path.of(row.getString("filename")),
                row.getLong("count"),
                row.getLong("file_size_bytes"),
                (Map<?, ?>) row.getObject("column_statistics"));
        return stream.map(rows -> session.query(rows, sql, reader)).orElseGet(() -> session.query(sql, reader));
    }

    private static DataFile dataFile(Target target, String location, Written written, @Nullable StructLike partition) {
        DataFiles.Builder file = DataFiles.builder(target.layout())
                .withPath(location)
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(written.bytes())
                .withMetrics(FileMetrics.of(written.rows(), target.columns(), written.statistics()));
        if (target.order().isSorted()) {
            file.withSortOrder(target.order());
        }
        return partition == null ? file.build() : file.withPartition(partition).build();
    }

    /// Writes positions of deleted rows, all of them in files of one partition.
    ///
    /// @param positions the SQL of a relation of `file_path` and `pos`, in order
    DeleteFile writePositions(DuckSession session, Target target, StructLike partition, String positions) {
        String location = "%s/%s-deletes.parquet".formatted(target.folder(), UUID.randomUUID());
        return files.write(location, file -> {
            Written written = copy(
                            session,
                            "COPY (%s) TO '%s' (%s, FIELD_IDS {file_path: 2147483546, pos: 2147483545}, RETURN_STATS)"
                                    .formatted(positions, quoted(file), FORMAT),
                            Optional.empty())
                    .getFirst();
            return FileMetadata.deleteFileBuilder(target.layout())
                    .ofPositionDeletes()
                    .withPath(location)
                    .withFormat(FileFormat.PARQUET)
                    .withPartition(partition)
                    .withFileSizeInBytes(written.bytes())
                    .withMetrics(new Metrics(written.rows()))
                    .build();
        });
    }

    /// A file's name within quotes.
    static String quoted(Path file) {
        return file.toString().replace("'", "''");
    }
}
