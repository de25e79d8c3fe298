package dev.millrace.destination.iceberg;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;

/// What a batch is going to do to a table: remembered with the batch, and carried out behind it, once.
///
/// @param batch its number
/// @param location where the table lies, if it is made
/// @param columns after it
/// @param lastColumn the greatest number that a column ever had
/// @param added files with rows
/// @param deletes files with positions of deleted rows
/// @param removed files with rows that are not the table's any more
/// @param undone files with positions that are replaced
/// @param replaces whether everything that was there before is removed
/// @param erases whether earlier snapshots are removed with what they had
/// @param drops whether the table is dropped
/// @param summary what its snapshot is going to say
record TableIntent(
        long batch,
        TableName place,
        String location,
        Schema columns,
        int lastColumn,
        List<DataFile> added,
        List<DeleteFile> deletes,
        List<DataFile> removed,
        List<DeleteFile> undone,
        boolean replaces,
        boolean erases,
        boolean drops,
        Map<String, String> summary) {

    private static final ObjectMapper JSON = new ObjectMapper();

    TableIntent {
        added = List.copyOf(added);
        deletes = List.copyOf(deletes);
        removed = List.copyOf(removed);
        undone = List.copyOf(undone);
        summary = Map.copyOf(summary);
    }

    /// Whether it is only of metadata.
    boolean hasFiles() {
        return replaces || !added.isEmpty() || !deletes.isEmpty() || !removed.isEmpty() || !undone.isEmpty();
    }

    /// A line of it, as it is remembered.
    ///
    /// @param kind of what it tells
    record Line(String kind, String content) {}

    /// Everything, in lines.
    ///
    /// @param layouts the partitions of files, by number
    List<Line> lines(Function<Integer, PartitionSpec> layouts) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("LOCATION", location));
        lines.add(new Line("COLUMNS", SchemaParser.toJson(columns)));
        lines.add(new Line("LAST_COLUMN", Integer.toString(lastColumn)));
        added.forEach(file -> lines.add(new Line("ADD", ContentFileParser.toJson(file, layouts.apply(file.specId())))));
        deletes.forEach(file -> lines.add(new Line("DELETE", ContentFileParser.toJson(file, layouts.apply(file.specId())))));
        removed.forEach(file -> lines.add(new Line("REMOVE", ContentFileParser.toJson(file, layouts.apply(file.specId())))));
        undone.forEach(file -> lines.add(new Line("UNDO", ContentFileParser.toJson(file, layouts.apply(file.specId())))));
        lines.add(new Line("REPLACES", Boolean.toString(replaces)));
        lines.add(new Line("ERASES", Boolean.toString(erases)));
        lines.add(new Line("DROPS", Boolean.toString(drops)));
        summary.forEach((key, value) -> lines.add(new Line("SUMMARY " + key, value)));
        return lines;
    }

    /// Reads it from its lines.
    ///
    /// @param layouts gives the partitions of files, by number, for a table with these columns
    static TableIntent of(long batch, TableName place, List<Line> lines, Function<Schema, Map<Integer, PartitionSpec>> layouts) {
        Map<String, String> summary = new LinkedHashMap<>();
        lines.stream()
                .filter(line -> line.kind().startsWith("SUMMARY "))
                .forEach(line -> summary.put(line.kind().substring("SUMMARY ".length()), line.content()));
        Schema columns = SchemaParser.fromJson(one(lines, "COLUMNS").orElseThrow());
        Map<Integer, PartitionSpec> specs = layouts.apply(columns);
        return new TableIntent(
                batch,
                place,
                one(lines, "LOCATION").orElseThrow(),
                columns,
                one(lines, "LAST_COLUMN").map(Integer::parseInt).orElseThrow(),
                files(lines, "ADD", specs, DataFile.class),
                files(lines, "DELETE", specs, DeleteFile.class),
                files(lines, "REMOVE", specs, DataFile.class),
                files(lines, "UNDO", specs, DeleteFile.class),
                one(lines, "REPLACES").map(Boolean::parseBoolean).orElseThrow(),
                one(lines, "ERASES").map(Boolean::parseBoolean).orElseThrow(),
                one(lines, "DROPS").map(Boolean::parseBoolean).orElseThrow(),
                summary);
    }

    private static Optional<String> one(List<Line> lines, String kind) {
        return lines.stream().filter(line -> line.kind().equals(kind)).map(Line::content).findFirst();
    }

    private static <T extends ContentFile<T>> List<T> files(
            List<Line> lines, String kind, Map<Integer, PartitionSpec> specs, Class<T> type) {
        return lines.stream()
                .filter(line -> line.kind().equals(kind))
                .map(line -> type.cast(file(line.content(), specs)))
                .toList();
    }

    /// Reads a file's description.
    static ContentFile<?> file(String json, Map<Integer, PartitionSpec> specs) {
        try {
            JsonNode node = JSON.readTree(json);
            return ContentFileParser.fromJson(node, specs);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Invalid description of a file", e);
        }
    }
}
