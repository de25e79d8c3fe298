/// Types at the destination: which one a column gets, and which one holds the values of two.
///
/// Read [TargetTypes] first. This package depends on `core.shape`, `postgres.sql` and the driver.
@NullMarked
package dev.millrace.destination.postgres.type;

import org.jspecify.annotations.NullMarked;
