package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/// A column of a table, on the workbench and in files.
///
/// @param name in both
/// @param type on the workbench
/// @param id Iceberg's number of it, by which files know it whatever it is called
/// @param element the number of its elements, if it is a list; 0 if not
record LakeColumn(String name, DuckType type, int id, int element) {

    private static final String JSON = "JSON";

    /// The column's name in a scan of files.
    String scanned() {
        return "f" + id;
    }

    /// The SQL of its values on the workbench, made of those of a scan.
    String fromFile() {
        return IcebergTypes.stored(type).equals(type) ? scanned() : "CAST(%s AS %s)".formatted(scanned(), type.sql());
    }

    /// The SQL of its values in a file, made of those on the workbench.
    String toFile() {
        String quoted = TableName.quote(name);
        return IcebergTypes.stored(type).equals(type) ? quoted : "CAST(%s AS %s) AS %1$s".formatted(quoted, IcebergTypes.stored(type).sql());
    }

    /// What a scan is told of it.
    String forScan() {
        return "%d: {name: '%s', type: '%s', default_value: NULL}".formatted(id, scanned(), IcebergTypes.stored(type).sql());
    }

    /// What a writer of files is told of it.
    String forWriter() {
        String quoted = TableName.quote(name);
        return element == 0 ? "%s: %d".formatted(quoted, id) : "%s: {__duckdb_field_id: %d, element: %d}".formatted(quoted, id, element);
    }

    private Types.NestedField field() {
        Types.NestedField.Builder field = Types.NestedField.optional(name).withId(id).ofType(IcebergTypes.iceberg(type, element));
        return type == DuckType.Plain.JSON ? field.withDoc(JSON).build() : field.build();
    }

    /// The columns of Iceberg's schema.
    static List<LakeColumn> of(Schema schema) {
        List<LakeColumn> columns = new ArrayList<>();
        for (Types.NestedField field : schema.columns()) {
            DuckType type = JSON.equals(field.doc()) ? DuckType.Plain.JSON : IcebergTypes.duck(field.type());
            int element = field.type() instanceof Types.ListType list ? list.elementId() : 0;
            columns.add(new LakeColumn(field.name(), type, field.fieldId(), element));
        }
        return columns;
    }

    /// Iceberg's schema of columns.
    static Schema schema(List<LakeColumn> columns) {
        List<Types.NestedField> fields = new ArrayList<>();
        columns.forEach(column -> fields.add(column.field()));
        return new Schema(fields);
    }
}
