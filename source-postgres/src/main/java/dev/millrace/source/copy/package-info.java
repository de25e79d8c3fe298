/// The first copy of tables: ranges of blocks, snapshots that sessions share, rows in binary COPY.
///
/// Read [PostgresCopySession] and [CopyPlanner] first. This package depends on `source.catalog`, `postgres.session` and `source.fault`.
@NullMarked
package dev.millrace.source.copy;

import org.jspecify.annotations.NullMarked;
