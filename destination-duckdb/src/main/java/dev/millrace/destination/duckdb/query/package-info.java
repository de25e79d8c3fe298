/// A person's SQL on a session of DuckDB, and its rows as PostgreSQL would print them.
///
/// Read [SqlQuery] first. This package depends on the core's port and the driver's standard interface.
@NullMarked
package dev.millrace.destination.duckdb.query;

import org.jspecify.annotations.NullMarked;
