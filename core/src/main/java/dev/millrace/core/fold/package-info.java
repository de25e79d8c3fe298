/// Folding: many changes of the same rows become the last state of each row, before a destination is touched.
///
/// Read [KeyedFold] for tables with a key and [MultisetFold] for tables without, then [FoldedRow]. Nothing here decodes a value, except
/// the parts of a key. This package depends on `core.change`, `core.shape` and `core.value` only.
@NullMarked
package dev.millrace.core.fold;

import org.jspecify.annotations.NullMarked;
