/// What PostgreSQL and its driver report, turned into faults by SQLSTATE.
///
/// Read [PostgresFaults]; it is all there is. This package depends on `core.fault` only.
@NullMarked
package dev.millrace.source.fault;

import org.jspecify.annotations.NullMarked;
