package dev.millrace.core.copy;

import org.jspecify.annotations.Nullable;

/// The rows of one [CopyRange], pulled by a destination.
///
/// Belongs to one thread at a time; a destination may hand it from thread to thread as long as calls do not overlap.
public interface CopyRows {

    /// The next row: field count and fields as `COPY ... (FORMAT binary)` has them (manual, COPY, "Tuples"), to be read by
    /// [dev.millrace.core.change.Tuple#readCopied] from offset 0; null behind the last row. The array is the caller's to keep.
    ///
    /// A failure of the source is thrown as a [dev.millrace.core.fault.Fault]; it must fail the load whole, never look like the end.
    byte @Nullable [] next();
}
