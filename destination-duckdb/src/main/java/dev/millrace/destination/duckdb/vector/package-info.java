/// Rows on their way into DuckDB: a table function that pulls them, and one writer a column that decodes PostgreSQL's bytes into
/// DuckDB's vectors.
///
/// Read [RowFunction] and [ColumnWriter] first, then [RowBlock]. This package knows vectors and no SQL statements beyond the cast of a
/// column; it depends on `core.change`, `core.value`, `core.fold`, `core.copy` and the types beside it.
@NullMarked
package dev.millrace.destination.duckdb.vector;

import org.jspecify.annotations.NullMarked;
