package dev.millrace.testkit.change;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.List;

/// Writes a shape down: `Shapes.table("public", "orders").column("id", INT4).column("note", TEXT).key("id")`.
///
/// Immutable: every method gives a new one, so that a test can have a shape and the same with one more column.
public final class Shapes {

    public static final SourceType BOOL = scalar(Oid.BOOL, "bool");
    public static final SourceType INT2 = scalar(Oid.INT2, "int2");
    public static final SourceType INT4 = scalar(Oid.INT4, "int4");
    public static final SourceType INT8 = scalar(Oid.INT8, "int8");
    public static final SourceType FLOAT8 = scalar(Oid.FLOAT8, "float8");
    public static final SourceType TEXT = scalar(Oid.TEXT, "text");
    public static final SourceType NUMERIC = scalar(Oid.NUMERIC, "numeric");
    public static final SourceType DATE = scalar(Oid.DATE, "date");
    public static final SourceType TIMESTAMP = scalar(Oid.TIMESTAMP, "timestamp");
    public static final SourceType UUID = scalar(Oid.UUID, "uuid");
    public static final SourceType JSON = scalar(Oid.JSON, "json");
    public static final SourceType INET = scalar(Oid.INET, "inet");

    private final TableName table;
    private final List<Column> columns;
    private final RowIdentity identity;

    private Shapes(TableName table, List<Column> columns, RowIdentity identity) {
        this.table = table;
        this.columns = columns;
        this.identity = identity;
    }

    /// Begins a table without columns and key.
    public static Shapes table(String schema, String table) {
        return new Shapes(new TableName(schema, table), List.of(), new RowIdentity.WholeRow());
    }

    /// Adds a column behind the others.
    public Shapes column(String name, SourceType type) {
        List<Column> more = new ArrayList<>(columns);
        more.add(new Column(name, type));
        return new Shapes(table, more, identity);
    }

    /// Takes a column away; not one of the key, nor one that stands before it.
    public Shapes without(String name) {
        return new Shapes(table, columns.stream().filter(column -> !column.name().equals(name)).toList(), identity);
    }

    /// Gives a column another type.
    public Shapes retyped(String name, SourceType type) {
        List<Column> retyped =
                columns.stream().map(column -> column.name().equals(name) ? new Column(name, type) : column).toList();
        return new Shapes(table, retyped, identity);
    }

    /// Makes these columns the key.
    public Shapes key(String... names) {
        List<String> all = columns.stream().map(Column::name).toList();
        return new Shapes(table, columns, new RowIdentity.Keyed(java.util.stream.Stream.of(names).map(all::indexOf).toList()));
    }

    /// The shape.
    public Shape shape() {
        return new Shape(table, columns, identity);
    }

    /// `numeric(precision, scale)`.
    public static SourceType numeric(int precision, int scale) {
        return new SourceType.Scalar(Oid.NUMERIC, "numeric", (precision << 16 | scale) + 4, true);
    }

    private static SourceType scalar(int oid, String name) {
        return new SourceType.Scalar(oid, name, -1, true);
    }
}
