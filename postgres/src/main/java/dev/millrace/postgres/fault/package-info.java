/// What servers and the driver report, as far as it is the same for everybody who speaks to one.
///
/// Read [NotOpened]. This package depends on `core.fault` and the driver only.
@NullMarked
package dev.millrace.postgres.fault;

import org.jspecify.annotations.NullMarked;
