/// How PostgreSQL's types are kept in DuckDB's columns, and how a column widens.
///
/// Read [DuckType] and [Widening] first. This package talks to no database; it depends on `core.shape` only.
@NullMarked
package dev.millrace.destination.duckdb.type;

import org.jspecify.annotations.NullMarked;
