/// The moment at which a session reads: which transactions it sees, and up to where the log tells of them. On a primary PostgreSQL says so; on
/// a standby it has to be found out.
///
/// Read [HeldSnapshot] first. This package depends on `core.position` and the driver.
@NullMarked
package dev.millrace.source.snapshot;

import org.jspecify.annotations.NullMarked;
