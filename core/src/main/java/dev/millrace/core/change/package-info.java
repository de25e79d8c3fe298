/// Changes, packed as PostgreSQL sent them: nothing between the source and a destination's edge decodes a value or makes a row object.
///
/// Read [TableChanges] and [Batch] first, then [Tuple]. This package knows pgoutput's tuple layout and COPY's, and depends only on
/// `core.shape`, `core.position`, `core.spool` and the fence of `core.feed`.
@NullMarked
package dev.millrace.core.change;

import org.jspecify.annotations.NullMarked;
