package dev.millrace.destination.duckdb.vector;

import dev.millrace.destination.duckdb.type.DuckType;

/// Decodes the fields of one column from PostgreSQL's form and writes them into vectors of DuckDB. Chosen once for a statement.
///
/// Reads both forms of its type, since a copy brings binary and a log may bring text. A value that the column cannot hold exactly is
/// reported to [Unfit] and left null. Belongs to one statement.
public abstract class ColumnWriter {

    /// The type of the vector that is written, one of those that a table function may return.
    abstract DuckType vectorType();

    /// The SQL that makes the column's value of the vector's.
    ///
    /// @param vector the name of the vector's column
    public String cast(String vector) {
        return vector;
    }

    /// Writes the first `rows` fields.
    abstract void write(FieldBlock fields, int rows, VectorTarget target);
}
