/// How PostgreSQL's types are kept in DuckDB's columns, and how a column widens.
///
/// Read [DuckType] and [Widening] first. This package runs no statement; it depends on `core.shape` and `core.value` only.
@NullMarked
package dev.millrace.destination.duckdb.type;

import org.jspecify.annotations.NullMarked;
