/// The loop that carries changes from a source to a destination, and what it tells while it does.
///
/// Read [SyncRun] first, then [RunEvent]. This package depends on the ports only.
@NullMarked
package dev.millrace.core.run;

import org.jspecify.annotations.NullMarked;
