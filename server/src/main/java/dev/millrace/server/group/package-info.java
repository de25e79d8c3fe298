/// Groups of connections with one destination.
///
/// Read [Groups]; it is all there is. This package depends on `server.state`.
@NullMarked
package dev.millrace.server.group;

import org.jspecify.annotations.NullMarked;
