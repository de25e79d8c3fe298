/// What PostgreSQL computes in a comparison, whichever side it is: canonical texts of values and their checksums.
///
/// Read [Digests] and [CanonicalSql] first. This package depends on `core.verify`, `postgres.sql` and the driver.
@NullMarked
package dev.millrace.postgres.verify;

import org.jspecify.annotations.NullMarked;
