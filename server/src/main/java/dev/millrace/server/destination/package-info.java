/// Where copies are kept, as people set it up.
///
/// Read [DestinationRecord] first. This package depends on `server.state`.
@NullMarked
package dev.millrace.server.destination;

import org.jspecify.annotations.NullMarked;
