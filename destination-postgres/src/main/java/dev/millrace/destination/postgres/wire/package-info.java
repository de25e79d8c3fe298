/// Rows on their way to the server: in the format of a binary COPY wherever that can be, in that of a text COPY otherwise.
///
/// Read [ColumnWriter] first, then [CopyStream]. This package depends on `core.change`, `core.value` and the driver's COPY only.
@NullMarked
package dev.millrace.destination.postgres.wire;

import org.jspecify.annotations.NullMarked;
