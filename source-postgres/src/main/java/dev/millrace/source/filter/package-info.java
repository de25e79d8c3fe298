/// Row filters that a user chose: what their values mean at the source, as a condition of SQL, and decided here for rows of the log.
///
/// Read [RowSieve] and [FilterSql] first; that both say the same is tested with PostgreSQL as the oracle. This package depends on `core` and
/// the driver's standard interface.
@NullMarked
package dev.millrace.source.filter;

import org.jspecify.annotations.NullMarked;
