/// A PostgreSQL database as a destination.
///
/// Read [PostgresDestination] first, then [Merge], which brings changes to tables, and [CopyLoad], which brings rows. Every statement names
/// what it means in full. This package depends on `core`, `postgres` and the driver.
@NullMarked
package dev.millrace.destination.postgres;

import org.jspecify.annotations.NullMarked;
