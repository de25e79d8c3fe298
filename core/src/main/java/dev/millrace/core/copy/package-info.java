/// The first copy of a table: the parts that it is read in, how far it has got, and the rows on their way.
///
/// Read [CopyPlan] and [CopyRows] first. This package depends on `core.shape`, `core.position` and `core.change` only.
@NullMarked
package dev.millrace.core.copy;

import org.jspecify.annotations.NullMarked;
