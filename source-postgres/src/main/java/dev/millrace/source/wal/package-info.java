/// Reads a source's log through a replication slot and makes batches of it: the feed of the log.
///
/// Read [LogReader] first, then [Assembler], which holds what it means to follow a log; [StreamingGear] and [BulkGear] are the two ways
/// in which its messages get here. This package may not depend on how tables are copied; of the catalogue it knows [TableLookup] only.
@NullMarked
package dev.millrace.source.wal;

import org.jspecify.annotations.NullMarked;
