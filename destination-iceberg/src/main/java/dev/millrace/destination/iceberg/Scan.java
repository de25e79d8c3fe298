package dev.millrace.destination.iceberg;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// The SQL that reads files: every column by its number, under the name [LakeColumn#scanned], and where each row lies.
final class Scan {

    /// The column with the location of a row's file.
    static final String FILE = "\"millrace file\"";
    /// The column with the place of a row in its file.
    static final String POSITION = "\"millrace pos\"";

    private final LakeFiles files;

    Scan(LakeFiles files) {
        this.files = files;
    }

    /// The SQL of a relation with the rows of files, deleted ones included.
    ///
    /// @param columns with numbers of their own
    String of(List<LakeColumn> columns, Collection<String> locations) {
        String names = columns.stream().map(column -> column.scanned() + ", ").collect(Collectors.joining());
        if (locations.isEmpty()) {
            String nothing = columns.stream()
                    .map(column -> "CAST(NULL AS %s) AS %s, ".formatted(IcebergTypes.stored(column.type()).sql(), column.scanned()))
                    .collect(Collectors.joining());
            return "SELECT %sCAST(NULL AS VARCHAR) AS %s, CAST(NULL AS BIGINT) AS %s WHERE false".formatted(nothing, FILE, POSITION);
        }
        List<String> given = List.copyOf(locations);
        List<Path> local = files.read(given);
        String schema = columns.stream().map(LakeColumn::forScan).collect(Collectors.joining(", ", "MAP {", "}"));
        String location = location(given, local);
        String list = local.stream().map(file -> "'" + ParquetFiles.quoted(file) + "'").collect(Collectors.joining(", "));
        return "SELECT %s%s AS %s, file_row_number AS %s FROM read_parquet([%s], schema = %s, filename = true, file_row_number = true)"
                .formatted(names, location, FILE, POSITION, list, schema);
    }

    /// The SQL of a file's location, made of its name here: as a rule what stands before the name says all.
    private String location(List<String> given, List<Path> local) {
        StringBuilder others = new StringBuilder();
        for (int i = 0; i < given.size(); i++) {
            if (!files.location(local.get(i)).equals(given.get(i))) {
                others.append(" WHEN '%s' THEN '%s'".formatted(ParquetFiles.quoted(local.get(i)), given.get(i).replace("'", "''")));
            }
        }
        String usual = files.locationSql("filename");
        return others.isEmpty() ? usual : "CASE filename%s ELSE %s END".formatted(others, usual);
    }
}
