/// Measurements of a PostgreSQL destination beside what PostgreSQL does by itself.
///
/// Read [FirstCopy] and [CatchUp].
@NullMarked
package dev.millrace.benchmarks.warehouse;

import org.jspecify.annotations.NullMarked;
