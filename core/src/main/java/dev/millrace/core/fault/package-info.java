/// What goes wrong outside Millrace, whose it is, and what a person can do about it.
///
/// Read [Fault] and [FaultKind] first. Drivers' codes become kinds at the edge, in the modules that know the driver; this package
/// depends on `core.position` only. [Nearest] is for sentences about a name that is not known.
@NullMarked
package dev.millrace.core.fault;

import org.jspecify.annotations.NullMarked;
