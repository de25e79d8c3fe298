/// The two desks of this process: one beside a sync that goes on, one over a file that nobody holds.
///
/// Read [SyncDesk] and [FileDesk] first; both are a [dev.millrace.worker.holder.CopyDesk]. This package depends on `worker` and knows no
/// command and no terminal.
@NullMarked
package dev.millrace.worker.desk;

import org.jspecify.annotations.NullMarked;
