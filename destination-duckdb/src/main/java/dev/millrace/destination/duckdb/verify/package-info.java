/// The destination's side of a comparison: canonical texts and their checksums, computed by DuckDB.
///
/// Read [DuckSide] and [CanonicalDuckSql] first. This package depends on `core.verify` and the driver's standard interface.
@NullMarked
package dev.millrace.destination.duckdb.verify;

import org.jspecify.annotations.NullMarked;
