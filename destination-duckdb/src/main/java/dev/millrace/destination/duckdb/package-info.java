/// A DuckDB file as the destination: no server, one process at a time, everything in one transaction with its position.
///
/// Read [DuckDestination] first, then [DuckMemory] for what it remembers and [Merge] for how changes reach a table. This package depends on
/// the core's ports and on the driver.
@NullMarked
package dev.millrace.destination.duckdb;

import org.jspecify.annotations.NullMarked;
