/// Points in a source's order: log positions, transaction ids, and the snapshots that say which transactions a reader saw.
///
/// Read [Lsn] and [TransactionSnapshot] first. This package depends on nothing.
@NullMarked
package dev.millrace.core.position;

import org.jspecify.annotations.NullMarked;
