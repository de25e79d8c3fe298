/// What a destination's server and the driver report, turned into faults.
///
/// Read [DestinationFaults]. This package depends on `core.fault`, `postgres.fault` and the driver only.
@NullMarked
package dev.millrace.destination.postgres.fault;

import org.jspecify.annotations.NullMarked;
