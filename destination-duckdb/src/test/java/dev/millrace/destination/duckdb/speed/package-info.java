/// Measurements of the destination alone, with rows and changes made in memory; started by hand.
///
/// Read [CopySpeed] and [MergeSpeed] first. They are programs, not tests, and assert nothing.
@NullMarked
package dev.millrace.destination.duckdb.speed;

import org.jspecify.annotations.NullMarked;
